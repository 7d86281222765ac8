"""The plan of faults: the same for a seed, of the size that was asked for, of all kinds."""

import faults
import plan


def test_a_seed_makes_the_same_plan_again():
    assert plan.make("1/1/1", 40) == plan.make("1/1/1", 40)
    assert plan.make("1/1/1", 40) != plan.make("1/1/2", 40)


def test_a_plan_has_as_many_faults_as_were_asked_for():
    for count in (1, 2, 7, 40):
        for seed in range(20):
            assert len(plan.make(seed, count).faults()) == count


def test_every_kind_comes_and_a_worker_is_hit_amid_others_trouble():
    rounds = plan.make("many", 2000).rounds
    assert {f.kind for r in rounds for f in r.faults()} == set(plan.KINDS)
    nested = [r for r in rounds if r.inner]
    assert nested
    assert {plan.KINDS[r.inner.kind].whom for r in nested} == {"worker"}
    assert "worker" not in {plan.KINDS[r.outer.kind].whom for r in nested}


def test_the_inner_fault_begins_while_the_outer_lasts():
    nested = [r for r in plan.make("nested", 300).rounds if r.inner]
    for one in nested:
        begins = [fault for _, fault, begins in one.steps() if begins]
        assert begins == [one.outer, one.inner]
        assert one.steps()[1][1] == one.inner or one.inner.wait == one.outer.last
    assert {one.steps()[-1][1] is one.inner for one in nested} == {True, False}


def test_a_fault_lasts_as_long_as_its_kind_says():
    for fault in plan.make("long", 500).faults():
        kind = plan.KINDS[fault.kind]
        assert kind.shortest <= fault.last <= kind.longest


def test_every_kind_can_be_done_and_mended():
    assert set(faults.BEGINNINGS) == set(faults.ENDINGS)
    assert set(plan.KINDS) == set(faults.BEGINNINGS) | set(faults.TROUBLES)
