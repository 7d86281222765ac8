"""The checks can fail: each mistake is found, and only that mistake."""

import pytest
from harness.conversations import Act, Conversation, Message
from harness.records import Sent

import checks

CONVERSATIONS = {
    "c-1": Conversation(
        "zeezicht",
        started=True,
        closed=True,
        messages={
            "m-0": Message(0, "[0] nee, vrijdag", edited=True),
            "m-1": Message(1, "[1] twee", deleted=True),
        },
    )
}
ACTS = [
    Act("c-1", "started", "", partition=2, offset=0),
    Act("c-1", "message", "m-0", partition=2, offset=1),
    Act("c-1", "message-edited", "m-0", partition=2, offset=2),
    Act("c-1", "message", "m-1", partition=2, offset=3),
    Act("c-1", "message-deleted", "m-1", partition=2, offset=4),
    Act("c-1", "closed", "", partition=2, offset=5),
]
SENT = [
    Sent("s|a0", "a", 0, partition=0, offset=10),
    Sent("s|a1", "a", 1, partition=0, offset=11),
]


def post(identity, message=None, part=1, **changes):
    """A post of the conversation: its root, unless a message is named."""
    mark = {"conversation": "c-1"} | ({"message": message, "part": part} if message else {})
    texts = {"m-0": "Jan: [0] nee, vrijdag", "m-1": "Jan: [1] twee"}
    fine = {
        "id": identity,
        "root_id": "root" if message else "",
        "props": {"ireserve": mark},
        "delete_at": 0,
        "create_at": 1000,
        "pending_post_id": identity,
        "message": texts.get(message, ""),
        "reactions": [] if message else [{"emoji_name": "lock"}],
    }
    return fine | changes


ROOT = post("root")
FIRST = post("first", "m-0")
SECOND = post("second", "m-1", delete_at=1)


def notification(event, **changes):
    """A notification's post."""
    fine = {
        "root_id": "",
        "props": {"ireserve": {"event": event, "part": 1}},
        "create_at": 1000,
        "pending_post_id": event,
    }
    return fine | changes


def undone(posts, acts=ACTS):
    """The kinds of acts of which nothing is to be seen, with their messages."""
    seen = checks.Seen().read(posts)
    return [
        (act.kind, act.message) for act in checks.undone_acts(acts, CONVERSATIONS, posts, seen)
    ]


def test_a_conversation_that_is_all_there_is_done():
    assert undone([ROOT, FIRST, SECOND]) == []


@pytest.mark.parametrize(
    ("posts", "expected"),
    [
        ([FIRST, SECOND], [("started", ""), ("closed", "")]),
        ([ROOT | {"reactions": []}, FIRST, SECOND], [("closed", "")]),
        ([ROOT, SECOND], [("message", "m-0"), ("message-edited", "m-0")]),
        ([ROOT, FIRST | {"message": "Jan: [0] hallo"}, SECOND], [("message-edited", "m-0")]),
        ([ROOT, FIRST, SECOND | {"delete_at": 0}], [("message-deleted", "m-1")]),
        ([ROOT, FIRST], [("message", "m-1")]),
    ],
)
def test_an_act_of_which_nothing_is_seen_is_not_done(posts, expected):
    assert undone(posts) == expected


def test_another_conversation_does_not_count():
    others = [
        one | {"props": {"ireserve": one["props"]["ireserve"] | {"conversation": "c-2"}}}
        for one in [ROOT, FIRST, SECOND]
    ]
    assert ("started", "") in undone(others) and ("message", "m-0") in undone(others)


def test_a_notification_without_a_post_is_not_done():
    seen = checks.Seen().read([notification("s|a0")])
    assert checks.undone_notifications(SENT, seen) == [SENT[1]]
    seen.read([notification("s|a0"), notification("s|a1")])
    assert checks.undone_notifications(SENT, seen) == []


def test_what_is_not_done_is_premature_below_the_commit_and_not_above():
    assert checks.below(SENT, {0: 11}) == [SENT[0]]
    assert checks.not_below(SENT, {0: 11}) == [SENT[1]]
    assert checks.below(SENT, {0: 12}) == SENT
    assert checks.below(SENT, {0: 10, 1: 99}) == []


def test_where_nothing_was_committed_nothing_is_premature():
    assert checks.below(SENT, {0: None}) == []
    assert checks.not_below(SENT, {}) == SENT


def test_a_repeat_is_told_with_its_evidence():
    again = notification("s|a0", create_at=9000, pending_post_id="another")
    (found,) = checks.repeats([notification("s|a0"), notification("s|a1"), again])
    assert (found["after_ms"], found["same_key"]) == (8000, False)
    assert found["what"][0] == "s|a0"


def test_parts_of_a_message_and_roots_of_other_threads_are_not_repeats():
    parts = [ROOT, FIRST, post("more", "m-0", part=2), FIRST | {"root_id": "another"}]
    assert checks.repeats(parts) == []
    assert len(checks.repeats([*parts, FIRST | {"id": "again"}])) == 1
