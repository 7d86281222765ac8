"""The guard against repeats: what a second request with the same pending_post_id gets."""
import json
import sys

import pytest

import plan
import recordings
from plan import control, member
from recordings import VERSIONS
from replay import Replay
from standin import Standin
from worlds import DIRECT, WORLD_5_37, WORLD_11_2, with_more

AREA = "pending-post-id"
SAVING_MS = 2000  # by then all requests of a group have come

WORLDS = {"11.2": with_more(WORLD_11_2, channels=[DIRECT]), "5.37": WORLD_5_37}


def delete(note):
    return lambda replay, _: replay.call(
        "TOKEN", "DELETE", f"/api/v4/posts/{replay.recorded_id(note)}")


def edit(note, message):
    return lambda replay, _: replay.call(
        "TOKEN", "PUT", f"/api/v4/posts/{replay.recorded_id(note)}/patch", {"message": message})


def make_root(replay, exchange):
    wanted = json.loads(exchange["request"]["body"])
    replay.make_post(wanted["root_id"], "TOKEN", channel_id=wanted["channel_id"], message="wortel")


def delete_root(replay, exchange):
    root = json.loads(exchange["request"]["body"])["root_id"]
    replay.call("TOKEN", "DELETE", f"/api/v4/posts/{root}")


STEPS = {
    "bot added to the channel, same key at once: posted": member("geheim", "ireserve-bot", True),
    "repeated after the original was deleted": delete("first, to be deleted"),
    "repeated after an edit: the edited post comes back": edit("first, to be edited", "nieuw"),
    "ttl: repeat after 20.0 s": control("clock", advance_ms=20000),
    "ttl plain: repeat after 29.0 s": control("clock", advance_ms=9000),
    "ttl: repeat after 31.2 s*": control("clock", advance_ms=2200),
    "archived: repeat after the channel was archived":
        control("archive", channel="geheim", archived=True),
    "archived: repeat after it was opened again: the first post":
        control("archive", channel="geheim", archived=False),
    "left: repeat after the bot was taken out of the channel":
        member("geheim", "ireserve-bot", False),
    "left: first, in a private channel": member("directie", "ireserve-bot", True),
    "left: repeat with that key elsewhere*": member("directie", "ireserve-bot", False),
    "root deleted: first, a reply": make_root,
    "root deleted: repeat of the reply": delete_root,
}

REASONS = {
    'two at the same instant, outcome "201+201 twins*':
        "one of 50 pairs; the stand-in does one request after the other and makes no twins",
}

ELSEWHERE = {
    "two at the same instant*": "test_of_two_at_once_one_is_pending",
    "two hanging images: repeat after*": "test_repeats_while_a_post_is_being_saved_are_pending",
    "two hanging images: the first request*":
        "test_repeats_while_a_post_is_being_saved_are_pending",
}

EXCEPT = {
    "pinned and reacted: repeat": ("is_pinned|has_reactions", "on the recorded server somebody did both"),
}


@pytest.mark.parametrize("version", VERSIONS)
def test_repeats_are_answered_as_recorded(version):
    plan.check(sys.modules[__name__], version, WORLDS[version])


def begin(version, *notes):
    """A stand-in, a replay, and the exchanges whose notes begin like these."""
    exchanges = recordings.load(version, AREA)
    standin = Standin(version, WORLDS[version])
    chosen = [each for each in exchanges if each["note"].startswith(notes)]
    assert chosen
    return standin, Replay(standin, WORLDS[version], exchanges), chosen


@pytest.mark.parametrize("version", VERSIONS)
def test_of_two_at_once_one_is_pending(version):
    standin, replay, pair = begin(version, 'two at the same instant, outcome "201+500')
    with standin:
        standin.control("faults", {"save_after_ms": SAVING_MS})
        assert replay.differences_at_once(pair) == []


def test_of_two_at_once_both_may_get_the_same_post():
    standin, replay, pair = begin("11.2", 'two at the same instant, outcome "201+201 same')
    with standin:
        # the second answer is that to the request that came first
        assert [replay.differences(each) for each in reversed(pair)] == [[], []]


def test_repeats_while_a_post_is_being_saved_are_pending():
    standin, replay, some = begin(
        "11.2", "two hanging images: repeat after", "two hanging images: the first request")
    *meanwhile, afterwards = some
    with standin:
        standin.control("faults", {"save_after_ms": SAVING_MS})
        assert replay.differences_at_once(meanwhile) == []
        assert replay.differences(afterwards) == []
        assert standin.post_count() == 1
