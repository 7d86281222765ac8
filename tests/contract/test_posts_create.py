"""Posting: what is accepted, what comes back, every refusal."""
import sys

import pytest

import plan
from plan import configure, control, in_turn
from recordings import VERSIONS
from worlds import DIRECT, WORLD_5_37, WORLD_11_2, with_more

AREA = "posts-create"

WORLDS = {"11.2": with_more(WORLD_11_2, channels=[DIRECT]), "5.37": WORLD_5_37}


def post_before(replay, _):
    """The channel was not empty."""
    replay.call("TOKEN", "POST", "/api/v4/posts",
                {"channel_id": replay.channel("livechat"), "message": "eerder"})


# Posts of one millisecond do not follow each other.
LATER = control("clock", advance_ms=1)

STEPS = {
    "plain": in_turn(post_before, LATER),
    "priority: urgent, on a root": LATER,
    "setting PostPriority off: urgent": configure(post_priority=False),
    "body of exactly 299999 bytes (MaximumPayloadSizeBytes = 300000)":
        configure(post_priority=True),
    "MaximumPayloadSizeBytes raised to 5000000: props JSON of 760000 runes":
        configure(max_payload_bytes=5000000),
    "image in the text": configure(max_payload_bytes=300000),
}

REASONS = {
    "create_at set by an admin": "no account of the stand-in is an admin; the worker never is",
}

FETCHES_NOTHING = ("metadata[.](images|embeds) is missing", "the stand-in fetches no links")

EXCEPT = {
    "hashtags in text": ("hashtags|channel_mentions", "the stand-in knows no tags"),
    "setting PostPriority off: GET of an older urgent post":
        ("metadata.priority", "the worker never reads a priority"),
    "body of 400000 bytes: the object ends early, white space follows":
        ("headers missing: {'connection': 1}", "the stand-in has read it all"),
    "root_id and a parent_id that differ":
        ("parent_id", "the worker sends none, and newer servers have no such member", "5.37"),
    "image in the text": FETCHES_NOTHING,
    "image in an attachment text": FETCHES_NOTHING,
    "bare link in the text": FETCHES_NOTHING,
    "unsafe_links true (not a string): without effect, no error": FETCHES_NOTHING,
    'unsafe_links "false"': FETCHES_NOTHING,
    "permalink*": ("previewed_post|embeds is missing", "the stand-in looks at no links"),
    "reply_count, last_reply_at, participants, is_following*":
        ("is_following|reply_count|last_reply_at|participants", "the worker sends none of these"),
}


@pytest.mark.parametrize("version", VERSIONS)
def test_posting_is_answered_as_recorded(version):
    plan.check(sys.modules[__name__], version, WORLDS[version])
