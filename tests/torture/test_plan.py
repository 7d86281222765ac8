"""The plan of faults: the same for a seed, of the size that was asked for, of all kinds."""

import itertools

import faults
import plan


def worker_of(fault, workers):
    """Which worker a fault befalls; None: none of them."""
    return fault.target % workers if plan.KINDS[fault.kind].whom == "worker" else None


def test_a_seed_makes_the_same_plan_again():
    assert plan.make("1/1/1", 40, 3) == plan.make("1/1/1", 40, 3)
    assert plan.make("1/1/1", 40, 3) != plan.make("1/1/2", 40, 3)


def test_a_plan_has_as_many_faults_as_were_asked_for():
    for count in (1, 2, 7, 40):
        for seed in range(20):
            assert len(plan.make(seed, count, 3).faults()) == count


def test_every_kind_comes_and_a_worker_is_hit_amid_others_trouble():
    rounds = plan.make("many", 2000, 3).rounds
    assert {f.kind for r in rounds for f in r.faults()} == set(plan.KINDS)
    of_others = [r for r in rounds if r.inner and plan.KINDS[r.outer.kind].whom != "worker"]
    assert {plan.KINDS[f.kind].whom for r in of_others for f in r.inner} == {"worker"}
    of_workers = [r for r in rounds if r.inner and plan.KINDS[r.outer.kind].whom == "worker"]
    assert {r.outer.kind for r in of_workers} == {"freeze for 3 s", "freeze for 10 s"}
    assert {f.kind for r in of_workers for f in r.inner} == set(plan.KINDS)


def test_who_is_frozen_is_left_alone_meanwhile():
    for workers in (2, 3, 4):
        for one in plan.make("frozen", 500, workers).rounds:
            frozen = worker_of(one.outer, workers)
            if frozen is not None:
                assert frozen not in [worker_of(fault, workers) for fault in one.inner]
    alone = plan.make("alone", 500, 1).rounds
    assert not [r for r in alone if r.inner and plan.KINDS[r.outer.kind].whom == "worker"]


def test_inner_faults_begin_while_the_outer_lasts_one_after_the_other():
    nested = [r for r in plan.make("nested", 1000, 3).rounds if r.inner]
    for one in nested:
        begun = [(due, fault) for due, fault, begins in one.steps() if begins]
        assert [fault for _, fault in begun] == one.faults()
        assert all(due <= one.outer.last for due, _ in begun)
        for former, latter in itertools.pairwise(one.inner):
            assert former.wait + former.last <= latter.wait
    assert {one.steps()[-1][1] is one.outer for one in nested} == {True, False}
    assert max(len(one.inner) for one in nested) > 1


def test_a_fault_lasts_as_long_as_its_kind_says():
    for fault in plan.make("long", 500, 3).faults():
        kind = plan.KINDS[fault.kind]
        assert kind.shortest <= fault.last <= kind.longest


def test_every_kind_can_be_done_and_mended():
    assert set(faults.BEGINNINGS) == set(faults.ENDINGS)
    assert set(plan.KINDS) == set(faults.BEGINNINGS) | set(faults.TROUBLES)
