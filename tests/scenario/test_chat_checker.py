"""The checker of conversations can fail: each kind of mistake is found, and only that kind."""

import pytest

from harness.chat_checker import judge
from harness.conversations import Conversation, Message


def conversation(**changes):
    """Two messages, and closed."""
    messages = {"m-0": Message(0, "[0] hallo"), "m-1": Message(1, "[1] nog plek")}
    return Conversation(**{"licence": "x", "started": True, "closed": True, "messages": messages} | changes)


def post(identity, message=None, root="root", part=1, **changes):
    mark = {"conversation": "c-1"} | ({"message": message, "part": part} if message else {})
    lock = [] if message else [{"emoji_name": "lock", "username": "bot"}]
    texts = {"m-0": "Jan: [0] hallo", "m-1": "Jan: [1] nog plek"}
    fine = {
        "id": identity,
        "root_id": root if message else "",
        "props": {"ireserve": mark},
        "delete_at": 0,
        "message": texts.get(message, ""),
        "file_ids": [],
        "reactions": lock,
    }
    return fine | changes


ROOT = post("root")
FIRST = post("first", "m-0")
SECOND = post("second", "m-1")


def wrong(posts, **changes):
    """The kinds of mistake that were found."""
    verdict = judge({"c-1": conversation(**changes)}, posts)
    assert verdict.is_clean() == (not any(v for v in vars(verdict).values() if isinstance(v, list)))
    return {name for name, value in vars(verdict).items() if isinstance(value, list) and value}


def test_a_whole_thread_is_clean():
    assert wrong([ROOT, FIRST, SECOND]) == set()


@pytest.mark.parametrize(
    ("mistake", "posts"),
    [
        ({"lost"}, [ROOT, FIRST]),
        ({"twice"}, [ROOT, FIRST, FIRST | {"id": "again"}, SECOND]),
        ({"disordered"}, [ROOT, SECOND, FIRST]),
        ({"orphaned"}, [ROOT, FIRST, post("second", "m-1", root="another")]),
        ({"extra_roots"}, [ROOT, post("another"), FIRST, SECOND]),
        ({"wrong_text"}, [ROOT, FIRST, SECOND | {"message": "Jan: [1] plek"}]),
        ({"wrong_files"}, [ROOT, FIRST, SECOND | {"file_ids": ["one"]}]),
        ({"wrong_mark"}, [ROOT | {"reactions": []}, FIRST, SECOND]),
    ],
)
def test_a_mistake_is_found(mistake, posts):
    assert wrong(posts) == mistake


def test_what_was_deleted_has_to_be_gone():
    messages = {"m-0": Message(0, "[0] hallo", deleted=True)}
    assert wrong([ROOT, FIRST], messages=messages) == {"not_deleted"}
    assert wrong([ROOT, FIRST | {"delete_at": 1}], messages=messages) == set()


def test_a_thread_that_was_lost_and_healed_is_clean():
    gone = {"delete_at": 1}
    healed = [ROOT | gone, FIRST | gone, post("new"), post("second", "m-1", root="new")]
    assert wrong(healed) == set()
