"""The checker can fail: each kind of mistake is found, and only that kind."""

import pytest

from harness.checker import Letter, check
from harness.records import Sent

SENT = [
    Sent("s|a0", "a", 0, partition=0, offset=10),
    Sent("s|a1", "a", 1, partition=0, offset=12),
    Sent("s|a2", "a", 2, partition=0, offset=13),
    Sent("s|b0", "b", 0, partition=1, offset=7),
]


def posts(*events, part=1):
    return [{"props": {"ireserve": {"event": f"s|{event}", "part": part}}} for event in events]


def letter(partition, offset):
    return Letter(partition, offset, "bad_data", headers={}, value=b"")


def wrong(result):
    """The kinds of mistake that were found."""
    kinds = ("lost", "twice", "out_of_order", "phantom")
    return {kind: getattr(result, kind) for kind in kinds if getattr(result, kind)}


def test_all_posted_once_in_order_is_clean():
    result = check(SENT, posts("a0", "b0", "a1", "a2"))
    assert result.is_clean()
    assert (result.produced, result.posted, result.dead_lettered) == (4, 4, 0)


def test_order_counts_within_a_key_only():
    assert check(SENT, posts("b0", "a0", "a1", "a2")).is_clean()


def test_a_missing_post_is_lost():
    result = check(SENT, posts("a0", "a1", "b0"))
    assert wrong(result) == {"lost": ["s|a2"]}
    assert not result.is_clean()


def test_a_second_post_is_twice():
    result = check(SENT, posts("a0", "a1", "a1", "a2", "b0"))
    assert wrong(result) == {"twice": ["s|a1"]}
    assert not result.is_clean()


def test_a_repeat_after_a_later_record_is_twice_and_not_disorder():
    result = check(SENT, posts("a0", "a1", "a2", "a0", "b0"))
    assert wrong(result) == {"twice": ["s|a0"]}


def test_a_later_record_that_comes_first_is_disorder():
    result = check(SENT, posts("a0", "a2", "a1", "b0"))
    assert wrong(result) == {"out_of_order": ["s|a1"]}
    assert not result.is_clean()


def test_a_dead_letter_is_not_lost():
    result = check(SENT, posts("a0", "a1", "a2"), [letter(1, 7)])
    assert result.is_clean()
    assert result.dead_lettered == 1


@pytest.mark.parametrize("letters", [[letter(0, 12)], [letter(1, 7), letter(1, 7)]])
def test_posted_and_buried_or_buried_twice_is_twice(letters):
    journal = posts("a0", "a1", "a2")
    if len(letters) == 1:
        journal += posts("b0")
    assert list(wrong(check(SENT, journal, letters))) == ["twice"]


def test_a_post_that_nobody_sent_is_a_phantom():
    result = check(SENT, posts("a0", "a1", "a2", "b0", "x9"))
    assert wrong(result) == {"phantom": ["s|x9"]}
    assert not result.is_clean()


def test_a_post_without_its_mark_is_a_phantom():
    result = check(SENT, [*posts("a0", "a1", "a2", "b0"), {"props": "{}"}])
    assert wrong(result) == {"phantom": ["None"]}


def test_a_dead_letter_of_no_record_is_a_phantom():
    result = check(SENT, posts("a0", "a1", "a2", "b0"), [letter(5, 5)])
    assert wrong(result) == {"phantom": ["None"]}


def test_parts_of_one_event_are_not_repeats():
    journal = [*posts("a0"), *posts("a0", part=2), *posts("a1", "a2", "b0")]
    assert check(SENT, journal).is_clean()


def test_a_result_tells_counts_and_examples():
    text = str(check(SENT, posts("a0", "a1", "a1", "b0")))
    assert "produced 4, posted 3" in text
    assert "lost 1" in text and "lost: s|a2" in text
    assert "twice 1" in text and "twice: s|a1" in text
