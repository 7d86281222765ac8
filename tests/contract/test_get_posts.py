"""Reading: posts, threads, and the listing of a channel, page by page or around an anchor."""
import json
import re
import sys

import pytest

import plan
from recordings import VERSIONS
from worlds import WORLD_5_37, WORLD_11_2, with_more

AREA = "get-posts"


def _list_channel(number, suffix):
    return {"id": number, "name": f"lijst-{suffix}", "display_name": "Lijst", "team": "ireserve",
            "members": ["beheer", "anna", "ireserve-bot"]}


OTHERS = {"id": "4pitzdo7h7yadgkecizbt6aobh", "name": "tussen-anderen", "type": "D",
          "display_name": "", "members": ["anna", "bram"]}
WORLDS = {
    "11.2": with_more(WORLD_11_2, channels=[
        _list_channel("pxerhowhefbttr6z7yxa5bzfmo", "1795432570"), OTHERS]),
    "5.37": with_more(WORLD_5_37, channels=[
        _list_channel("kuygsihgkfnp3m4b49sfazb1qr", "1795427659")]),
}


def recorded_posts(replay, note):
    """The posts of a recorded listing, oldest first; those of one moment by their text."""
    posts = json.loads(replay.recorded(note)["response"]["body"])["posts"].values()
    return sorted(posts, key=lambda post: (post["create_at"], post["message"]))


def at(replay, moment):
    now = replay.standin.control("clock", {"stopped": True})["now"]
    replay.standin.control("clock", {"advance_ms": moment - now})


def make(replay, token, post):
    """Makes a recorded post at its moment."""
    at(replay, post["create_at"])
    replay.make_post(post["id"], token, channel_id=post["channel_id"], message=post["message"],
                     props=post["props"], root_id=replay.ids.translate(post["root_id"]))


def make_list(replay, _):
    """The posts of the admin; ordinary ones stand for those that the server itself wrote."""
    for exchange in replay.exchanges:
        answer = exchange.get("response", {})
        if '"type":"system_' in answer.get("body", ""):
            answer["body"] = re.sub('"type":"system_[a-z_]+"', '"type":""', answer["body"])
            if replay.standin.version == "11.2":
                answer["body"] = answer["body"].replace(
                    '"pending_post_id":"","reply', '"pending_post_id":"","remote_id":"","reply')
    for post in recorded_posts(replay, "default"):
        make(replay, "TOKEN(admin)", post)


def thread(replay):
    """The root, the reply that is edited, and the reply that is deleted, as recorded then."""
    rows = recorded_posts(replay, CHANGED)
    return sorted((row for row in rows if not row["original_id"]),
                  key=lambda row: row["create_at"])


def make_thread(replay, _):
    root, edited, deleted = thread(replay)
    make(replay, "TOKEN(anna)", root)
    make(replay, "TOKEN(anna)", {**edited, "message": "antwoord 1"})
    make(replay, "TOKEN", {**deleted, "message": "antwoord 2 (bot)", "props": {}})


def change_thread(replay, _):
    _, edited, deleted = thread(replay)
    at(replay, edited["edit_at"])
    replay.call("TOKEN(anna)", "PUT", f"/api/v4/posts/{edited['id']}/patch",
                {"message": edited["message"]})
    at(replay, deleted["delete_at"])
    replay.call("TOKEN", "DELETE", f"/api/v4/posts/{deleted['id']}")


def delete_root(replay, _):
    root, _, _ = thread(replay)
    replay.call("TOKEN(anna)", "DELETE", f"/api/v4/posts/{root['id']}")


def make_elsewhere(channel):
    """A post of somebody else, whose id is in the path of the request."""
    def step(replay, exchange):
        replay.call("TOKEN(anna)", "POST", "/api/v4/posts",
                    {"channel_id": replay.channel(channel), "message": "eerder"})
        replay.standin.control("clock", {"advance_ms": 1})
        replay.make_post(exchange["request"]["path"].split("/")[4], "TOKEN(anna)",
                         channel_id=replay.channel(channel), message="openbaar")
    return step


CHANGED = "since before the edit and the delete: edited row, history row, deleted row"
STEPS = {
    "default": make_list,
    "listing after p7: root and replies": make_thread,
    CHANGED: change_thread,
    "post in a private channel the bot is not in": make_elsewhere("directie"),
    "post in a public channel the bot is not in": make_elsewhere("geheim"),
    "admin deletes the root": delete_root,
    "DM of others: GET post": make_elsewhere("tussen-anderen"),
}

HISTORY = "the stand-in keeps no rows of what was edited"
PAGES = "the stand-in does not page threads"
DELETED = "the stand-in shows nothing that was deleted, to nobody"
LONG = "needs all that was posted on the recorded server before"
REASONS = {
    CHANGED: HISTORY,
    "since: what a deleted thread looks like": HISTORY,
    "post: edit-history row": HISTORY,
    "include_deleted=true as a bot": DELETED,
    "listing: archived channel": LONG,
    "after a deleted anchor that has newer posts": LONG,
    "before a deleted anchor, per_page=1": LONG,
    "before an anchor of another channel, per_page=1": LONG,
    "page of 1 (a reply): the whole thread comes along in posts": LONG,
    "the same with skipFetchThreads=true*": LONG,
    "after= with*": LONG,
    "since= with*": LONG,
    "since: a bot post with props*": LONG,
    "GET /posts/{id} of one reply: nothing else comes along": LONG,
    "thread: perPage=1": PAGES,
    "thread of 5 replies*": PAGES,
    "thread, *": PAGES,
    "thread after a5 was deleted": PAGES,
    "thread: ETag": PAGES,
    "thread: If-None-Match": PAGES,
    "post: ETag": PAGES,
    "post: If-None-Match": PAGES,
    "post: deleted, include_deleted=true*": DELETED,
    "listing: include_deleted=true as admin": DELETED,
    "listing: since and include_deleted as a bot": DELETED,
    "listing: collapsedThreads*": PAGES,
    "listing: since is negative": LONG,
    "listing: since with a fraction": LONG,
    "listing: page=1 of since (ignored)": LONG,
    "ties*": LONG,
    "since: k0 edited, k1 deleted, both years old": HISTORY,
    "after a deleted anchor (k1)": LONG,
    "before the history row of k0": HISTORY,
    "ids: GET is no route": "a route that the worker does not call",
    "archived*": LONG,
    "admin deletes the root": "the author does it: no account of the stand-in is an admin",
}
ONE_MOMENT = (r"order\[", "posts of one moment come in no order", "5.37")
NO_ORDER = (r"order\[", "the posts of a thread come in no order", "5.37")
EXCEPT = {
    "since = exact create_at of the ties minus 1": ONE_MOMENT,
    "since in seconds (a unit mistake)": ONE_MOMENT,
    "since with per_page=1 (ignored)": ONE_MOMENT,
    "thread by root": NO_ORDER,
    "thread by reply": NO_ORDER,
    "thread: perPage=1 (newer servers page; here ignored)": NO_ORDER,
}


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_read_is_answered_as_recorded(version):
    plan.check(sys.modules[__name__], version, WORLDS[version])
