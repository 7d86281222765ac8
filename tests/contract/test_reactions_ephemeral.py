"""Reactions: which names there are, who may react where, and what a post tells of them."""
import json
import sys

import pytest

import plan
from plan import configure, in_turn
from recordings import VERSIONS
from worlds import WORLD_5_37, WORLD_11_2

AREA = "reactions-ephemeral"
WORLDS = {"11.2": WORLD_11_2, "5.37": WORLD_5_37}


def wanted_post(exchange):
    return json.loads(exchange["request"]["body"])["post_id"]


def make(token, channel, message="reageer"):
    """The post that the request reacts to."""
    def step(replay, exchange):
        replay.make_post(wanted_post(exchange), token, channel_id=replay.channel(channel),
                         message=message)
    return step


def deleted(replay, exchange):
    make("TOKEN(anna)", "livechat")(replay, exchange)
    replay.call("TOKEN(anna)", "DELETE", f"/api/v4/posts/{wanted_post(exchange)}")


def in_an_archived_channel(replay, exchange):
    replay.standin.control("archive", {"channel": "intern", "archived": False})
    make("TOKEN(anna)", "intern")(replay, exchange)
    replay.standin.control("archive", {"channel": "intern", "archived": True})


STEPS = {
    "reaction :white_check_mark:": make("TOKEN(anna)", "livechat", "reageer hier op"),
    "post in a channel the bot is not in": make("TOKEN(anna)", "directie"),
    "post in a public channel the bot is not in": make("TOKEN(anna)", "geheim"),
    "reaction on a deleted post": deleted,
    "emoji name envelope_with_arrow": make("TOKEN(anna)", "livechat"),
    "on its own post": make("TOKEN", "livechat"),
    "in an archived channel": in_an_archived_channel,
    "UniqueEmojiReactionLimitPerPost=3: :one:":
        in_turn(lambda replay, exchange: wanted_post(exchange) in replay.ids.ours or
                make("TOKEN(anna)", "livechat")(replay, exchange), configure(max_reactions=3)),
}

ROLE = "the stand-in gives nobody a role; the worker posts where it is a member"
REASONS = {
    "role system_post_all*": ROLE,
    "ephemeral post*": "a route that the worker does not call",
}



@pytest.mark.parametrize("version", VERSIONS)
def test_reactions_are_answered_as_recorded(version):
    plan.check(sys.modules[__name__], version, WORLDS[version])
