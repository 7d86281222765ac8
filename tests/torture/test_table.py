"""The table tells what was found; anything that is wrong is a failure."""

import collections

import pytest

import table


def findings(**wrong):
    """Two faults, and what is wrong."""
    made = table.Findings(
        records=collections.Counter(notifications=10, conversations=20),
        faults=collections.Counter({"kill": 2}),
        first_post=[(0.5, "kill"), (2.25, "TERM")],
    )
    for name, items in wrong.items():
        made.add(name, items)
    return made


def row(text, name):
    """The words of the row of that name."""
    (line,) = [line for line in text.splitlines() if line.strip().startswith(name)]
    return line.split()


def test_nothing_wrong_is_clean():
    assert findings().is_clean()
    assert findings().summary() == "clean"


@pytest.mark.parametrize("name", table.COUNTS)
def test_anything_wrong_is_a_failure(name):
    made = findings(**{name: ["x", "y"]})
    assert not made.is_clean()
    assert name.replace("_", " ") + " 2" in made.summary()
    assert "2" in row(table.render(made, {}), table.label(name))


def test_the_same_record_is_counted_once():
    made = findings(premature=["x"])
    made.add("premature", ["x", "y"])
    assert made.wrong["premature"] == ["x", "y"]


def test_a_recovery_that_takes_long_is_told_and_no_failure():
    made = findings()
    assert not made.is_late()
    made.first_post.append((table.LATE + 0.1, "broker: kill"))
    assert made.is_late() and made.is_clean()
    assert row(table.render(made, {}), "worst recovery  ")[2] == "8.1"


def test_amid_others_troubles_a_recovery_may_take_a_session_more():
    made = findings()
    made.first_amid.append((table.LATE + 0.1, "kill"))
    assert not made.is_late()
    made.first_amid.append((table.LATE_AMID + 0.1, "kill + TERM"))
    assert made.is_late() and made.is_clean()
    assert row(table.render(made, {}), "worst recovery amid others")[4] == "14.1"


def test_ends_of_workers_are_told_and_no_failure():
    made = findings()
    other = findings()
    other.ends["restarts"] += 1
    made.merge(other)
    made.merge(other)
    assert made.is_clean()
    assert row(table.render(made, {}), "restarts")[1] == "2"
    assert row(table.render(made, {}), "aborts")[1] == "0"


def test_batches_add_up():
    made = findings(lost=["x"])
    made.merge(findings(lost=["x"]))
    text = table.render(made, {"seed": 7})
    assert row(text, "seed") == ["seed", "7"]
    assert row(text, "records: conversations")[-1] == "40"
    assert row(text, "kill") == ["kill", "4"]
    assert row(text, "lost")[1] == "2"
    assert "2.2 s" in text and "TERM" in text


def test_what_zero_supports_is_told():
    assert '< 3/300 = 1 % per fault' in table.rule_of_three(300)
    assert "nothing is shown" in table.rule_of_three(0)
