"""Discovery: who the bot is, and which teams and channels there are for it."""
import sys

import pytest

import plan
from plan import control, member
from recordings import VERSIONS
from worlds import DIRECT, SECOND_TEAM, WORLD_5_37, WORLD_11_2, with_more

AREA = "get-discovery"


def _channel(number, name, **more):
    return {"id": number, "name": f"{name}-4715b51e", "display_name": name, "team": "ireserve",
            "members": ["beheer", "ireserve-bot"], **more}


def direct_later(replay, _):
    """The bot makes a channel for itself and anna."""
    replay.standin.control("setup", {"channels": [DIRECTS[replay.standin.version]]})


DIRECTS = {
    "11.2": DIRECT,
    "5.37": {"id": "edb4ei9k5tg7tp5xnb17sbb4se", "type": "D", "display_name": "",
             "name": "oyxnnyuodtftjccqz1ar8ydgfy__xg7p4ryycfg3xjdp3h337etpre",
             "members": ["ireserve-bot", "anna"]},
}

WORLDS = {
    "11.2": with_more(
        WORLD_11_2, teams=[SECOND_TEAM],
        bots=[{"id": "y5fefuwpai8sbeiedm91fmuo9a", "username": "leeg",
               "token": "TOKEN(empty bot)"}],
        channels=[
            _channel("pqu7yjjwbtrwdmtrjezzj6tbge", "annulering", type="P"),
            _channel("qmtq57cum3rstqtamttd6jpq4y", "boekingen"),
            _channel("fpwh1itccbn99qsazrxyhtga9y", "chat"),
            {"id": "4pitzdo7h7yadgkecizbt6aobh", "name": "tussen-anderen", "type": "D",
             "members": ["anna", "bram"]},
            {"id": "abweomt133yj7ex6wck65cjqmr", "type": "D", "display_name": "",
             "name": "5x6ebbtbp3rmdgdcpe4maxoosa__y5fefuwpai8sbeiedm91fmuo9a",
             "members": ["leeg", "beheer"]}]),
    "5.37": with_more(
        WORLD_5_37,
        teams=[{**SECOND_TEAM, "id": "6bzmmfjuab8qukm919e3qougwr"}]),
}


STEPS = {
    "users/me of a bot": control("members", team="tweede", user="ireserve-bot", **{"in": True}),
    "a DM channel can be made by the bot": direct_later,
    "bot tries to join a public channel by itself": member("geheim", "ireserve-bot", True),
}


@pytest.mark.parametrize("version", VERSIONS)
def test_what_there_is_is_answered_as_recorded(version):
    plan.check(sys.modules[__name__], version, WORLDS[version])
