"""Who is let in: tokens, accounts, teams; and what unknown routes and odd paths get."""
import sys

import pytest

import plan
from plan import control, member
from recordings import VERSIONS
from worlds import SECOND_CHANNEL, SECOND_TEAM, WORLD_5_37, WORLD_11_2, with_more

AREA = "auth"

def _more(world, owned_id, owned_name, **lists):
    tokens = [{"username": "ander-bot", "token": f"TOKEN({name})"}
              for name in ("revoked", "disabled", "new")]
    owned = {"id": owned_id, "username": owned_name, "token": "TOKEN(owned bot)"}
    return with_more(world, bots=[*tokens, owned], **lists)


WORLDS = {
    "11.2": _more(WORLD_11_2, "sduqtjsqg3rntxyc7y69bidnwa", "bot-van-beheer1795433140",
                  teams=[SECOND_TEAM], channels=[SECOND_CHANNEL]),
    "5.37": _more(WORLD_5_37, "6g44jtgfcpdn9gmigneajtnxgr", "bot-van-beheer1795429641"),
}


def owned_bot(active):
    def step(replay, _):
        name = replay.world["bots"][-1]["username"]
        replay.standin.control("users", {"user": name, "active": active})
    return step


STEPS = {
    "it is revoked by the admin": control("tokens", token="TOKEN(revoked)", active=False),
    "the bot's other token still works": control("tokens", token="TOKEN(revoked)", active=True),
    "disabled (not revoked) token": control("tokens", token="TOKEN(disabled)", active=False),
    "enabled again": control("tokens", token="TOKEN(disabled)", active=True),
    "admin disables the bot": control("users", user="ander-bot", active=False),
    "admin enables the bot": control("users", user="ander-bot", active=True),
    "admin removes bot2 from the team":
        control("members", team="ireserve", user="ander-bot", **{"in": False}),
    "added to the team again":
        control("members", team="ireserve", user="ander-bot", **{"in": True}),
    "added to the channel again: POST /posts": member("livechat", "ander-bot", True),
    "that second admin is deactivated*": owned_bot(False),
    "the bot is enabled by hand": owned_bot(True),
    "the admin archives that team": control("archive", team="tweede", archived=True),
    "team open again: POST": control("archive", team="tweede", archived=False),
}

BY_CONTROL = "done by a control of the stand-in"
REASONS = {
    "it is revoked by the admin": BY_CONTROL,
    "admin disables the bot": BY_CONTROL,
    "admin enables the bot": BY_CONTROL,
    "admin removes bot2 from the team": BY_CONTROL,
    "added to the team again": BY_CONTROL,
    "that second admin is deactivated*": BY_CONTROL,
    "owner active again": "changes nothing for the bot, whose owner the stand-in does not know",
    "the bot is enabled by hand": BY_CONTROL,
    "the admin archives that team": BY_CONTROL,
    "path outside the API: /": "the stand-in has no web page",
    "white space after the token": "libmicrohttpd leaves it in; the worker sends none",
    "channel made private": "the stand-in has no such control",
}

EXCEPT = {
    "API v3": ("^headers|^Content-Type", "outside the API: a page's headers"),
    "API root": ("^headers|^Content-Type", "outside the API: a page's headers"),
    "localised message: Accept-Language nl": (".message", "the stand-in speaks English only"),
    "a bot made by a second admin works": ("first_name", "the bot was given another name"),
    "after that: the same token works": ("first_name", "the bot was given another name"),
    "channel made private: type P": (".type", "the stand-in has no such control"),
}


@pytest.mark.parametrize("version", VERSIONS)
def test_who_is_let_in_is_answered_as_recorded(version):
    plan.check(sys.modules[__name__], version, WORLDS[version])
