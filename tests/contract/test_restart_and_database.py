"""What is answered after a restart, and while the database or a table of it is away."""
import json
import sys

import pytest

import plan
from plan import control, in_turn
from recordings import VERSIONS
from worlds import WORLD_5_37, WORLD_11_2_FAULTS

AREA = "restart-and-database"
WORLDS = {"11.2": WORLD_11_2_FAULTS, "5.37": WORLD_5_37}

RESTART = control("restart")
BACK = control("faults", database_away=None)


def away(what):
    return control("faults", database_away=what)


def cold(what):
    return in_turn(BACK, RESTART, away(what))


def make_root(note):
    """The root that a recorded reply names, on the server while it was well."""
    def step(replay, _):
        wanted = json.loads(replay.recorded(note)["request"]["body"])
        replay.make_post(wanted["root_id"], "TOKEN", channel_id=wanted["channel_id"],
                         message="wortel")
    return step


STEPS = {
    "after the restart, same pending_post_id*": RESTART,
    "table posts is gone: POST /posts":
        in_turn(make_root("table posts is gone: reply"), away("posts")),
    "table posts is back: same pending_post_id": BACK,
    "table channels is gone: POST /posts": away("channels"),
    "table channelmembers is gone: POST /posts": away("channelmembers"),
    "table sessions is gone: GET /users/me*": cold("sessions"),
    "table sessions is back: GET /users/me": BACK,
    "right after a start, sessions and useraccesstokens gone: GET*": cold("tokens"),
    "back: GET /users/me": BACK,
    "database refuses every connection: POST /posts": away("database"),
    "database is back: POST /posts, same pending_post_id": BACK,
    "the database hangs (connections open*": away("database"),
    "the database hangs: POST /posts again after 32 s*": BACK,
    "table channelmembers is unreadable, caches cold: POST /posts":
        in_turn(make_root("table channelmembers is unreadable, caches cold: POST a reply"),
                cold("channelmembers")),
    "table channels is unreadable, caches cold: POST /posts": cold("channels"),
    "table users is unreadable, caches cold: POST /posts": cold("users"),
    "table teams is unreadable, caches cold: POST /posts": cold("teams"),
    "table teammembers is unreadable, caches cold: POST /posts": cold("teams"),
    "table roles is unreadable, caches cold: POST /posts": in_turn(BACK, RESTART),
}

KILLED = "needs a server that can be killed; scenario tests cut connections instead"
LOCKED = "the stand-in has no locks; save_after_ms and its own test take their place"
REASONS = {
    "a POST /posts is in flight*": KILLED,
    "a POST /posts waits for its INSERT*": KILLED,
    "a reply is saved but not yet answered*": KILLED,
    "after that SIG*": KILLED,
    "posts in the database after that": KILLED,
    "idle keep-alive connection from before the restart is used again": KILLED,
    "posts made by those two requests": LOCKED,
    "the database hung for 40 s: posts made by those three POSTs":
        "the journal of the stand-in is asked by other tests",
    "table posts is locked: repeat*": LOCKED,
    "table posts was locked for 45 s: the first request": LOCKED,
    "the database hangs: GET channel*": "from a cache of the server that the stand-in has not",
}

EXCEPT = {
    "table sessions is gone*":
        (".message", "the older server adds the words of the database", "5.37"),
}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_server_in_trouble_is_answered_for_as_recorded(version):
    plan.check(sys.modules[__name__], version, WORLDS[version])
