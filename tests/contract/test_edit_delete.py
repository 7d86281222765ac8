"""Editing and deleting: what is changed, what goes along, and who may."""
import json
import sys

import pytest

import plan
from plan import control, in_turn, member
from recordings import VERSIONS
from worlds import WORLD_5_37, WORLD_11_2

AREA = "edit-delete"
WORLDS = {"11.2": WORLD_11_2, "5.37": WORLD_5_37}
TOKENS = {"bot": "TOKEN", "anna": "TOKEN(anna)"}


def path_id(exchange):
    return exchange["request"]["path"].split("/")[4].partition("?")[0]


def make(author, channel, message, **fields):
    """A post whose id is in the path of the request."""
    def step(replay, exchange):
        replay.make_post(path_id(exchange), TOKENS[author], channel_id=replay.channel(channel),
                         message=message, **fields)
    return step


def root_and_reply(root_note, reply_note, reply_author):
    """A root of the bot and a reply to it, whose ids are in the paths of those requests."""
    def step(replay, _):
        root = path_id(replay.recorded(root_note))
        channel = replay.channel("livechat")
        replay.make_post(root, TOKENS["bot"], channel_id=channel, message="wortel 2")
        replay.make_post(path_id(replay.recorded(reply_note)), TOKENS[reply_author],
                         channel_id=channel, message="antwoord", root_id=replay.ids.ours[root])
    return step


def deleted_by_anna(replay, exchange):
    make("anna", "livechat", "weg")(replay, exchange)
    replay.call(TOKENS["anna"], "DELETE", f"/api/v4/posts/{path_id(exchange)}")


def reply_whose_root_is_gone(replay, exchange):
    root = "w" * 26
    replay.make_post(root, TOKENS["anna"], channel_id=replay.channel("livechat"), message="wortel")
    make("bot", "livechat", "antwoord", root_id=replay.ids.ours[root])(replay, exchange)
    replay.call(TOKENS["anna"], "DELETE", f"/api/v4/posts/{root}")


def uploads(author, number):
    """The file that the request names, by its number in the list."""
    def step(replay, exchange):
        wanted = json.loads(exchange["request"]["body"])["file_ids"][number]
        replay.make_file(wanted, TOKENS[author], replay.channel("livechat"))
    return step


def edit(**fields):
    return lambda replay, exchange: replay.call(
        "TOKEN", "PUT", f"/api/v4/posts/{path_id(exchange)}/patch", fields)


STEPS = {
    "patch message only: props are kept":
        make("bot", "livechat", "eerste tekst",
             props={"ireserve": {"event": "e|9", "part": 1}, "keep": "me"}),
    "bot patches a post of somebody else": make("anna", "livechat", "van anna"),
    "bot deletes its root: the reply of anna goes too":
        root_and_reply("bot deletes its root: the reply of anna goes too", "GET the reply", "anna"),
    "bot deletes its reply":
        root_and_reply("root after that: reply_count", "bot deletes its reply", "bot"),
    "archived channel: patch own post":
        in_turn(make("bot", "intern", "x"), control("archive", channel="intern", archived=True)),
    "unarchived: the bot is still a member": control("archive", channel="intern", archived=False),
    "removed from the channel: patch own post": member("intern", "ireserve-bot", False),
    "props as a whole, sent again*": make("bot", "livechat", "met alles"),
    "U+0000 in props": edit(message="tweede"),
    "file_ids: add a file": uploads("bot", 0),
    "file_ids: add another (both listed)": uploads("bot", 1),
    "file_ids: a file of anna": uploads("anna", 1),
    "own reply after somebody deleted its root: patch": reply_whose_root_is_gone,
    "a deleted post of somebody else: delete": deleted_by_anna,
    "delete: post in a private channel the bot is not in": make("anna", "directie", "geheim"),
}

ADMIN = "no account of the stand-in is an admin"
REASONS = {
    "GET a deleted post with include_deleted (admin)": ADMIN,
    "PostEditTimeLimit=1, post is older*": "the stand-in has no such setting",
    "GET after the restore": "the worker restores nothing",
    "DELETE with permanent=true*": "the worker deletes nothing for good",
    "the deleted row, seen by the admin*": ADMIN,
}
LINKS = ("channel_mentions", "the stand-in links no channels")
EXCEPT = {
    "channel mention in an edit": LINKS,
    "file_ids: *": LINKS,
    "GET after the patches of file_ids": LINKS,
}


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_changed_is_answered_as_recorded(version):
    plan.check(sys.modules[__name__], version, WORLDS[version])
