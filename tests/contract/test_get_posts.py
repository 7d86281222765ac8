"""Reading: posts, threads, and the listing of a channel, page by page or around an anchor."""
import http.client
import json
import re
import sys

import pytest

import plan
from recordings import VERSIONS
from replay import Replay
from standin import Standin
from worlds import WORLD_5_37, WORLD_11_2, with_more

AREA = "get-posts"


def _list_channel(number, suffix):
    return {"id": number, "name": f"lijst-{suffix}", "display_name": "Lijst", "team": "ireserve",
            "members": ["beheer", "anna", "ireserve-bot"]}


THREAD_CHANNEL = {"id": "e3ycw8innbyrjypu13mxc1smmw", "name": "draad", "display_name": "Draad",
                  "team": "ireserve", "members": ["beheer", "anna", "ireserve-bot"]}
OTHERS = {"id": "4pitzdo7h7yadgkecizbt6aobh", "name": "tussen-anderen", "type": "D",
          "display_name": "", "members": ["anna", "bram"]}
WORLDS = {
    "11.2": with_more(WORLD_11_2, channels=[
        _list_channel("pxerhowhefbttr6z7yxa5bzfmo", "1795432570"), OTHERS, THREAD_CHANNEL]),
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


def edit(replay, token, post, message):
    replay.call(token, "PUT", f"/api/v4/posts/{post}/patch", {"message": message})


def delete(replay, post):
    """On the recorded server the admin did it."""
    replay.standin.control("delete", {"post": replay.ids.ours[post], "user": "beheer"})


def know_row(replay, token, row):
    """Has the row that an edit left stand for the recorded one."""
    _, _, body = replay.send({
        "method": "GET", "headers": {"Authorization": f"Bearer {token}"},
        "path": f"/api/v4/channels/{row['channel_id']}/posts?since=1"})
    found = [post["id"] for post in json.loads(body)["posts"].values()
             if post["original_id"] == replay.ids.ours[row["original_id"]]]
    assert len(found) == 1 and replay.ids.agree(row["id"], found[0])


def change_thread(replay, _):
    _, edited, deleted = thread(replay)
    at(replay, edited["edit_at"])
    edit(replay, "TOKEN(anna)", edited["id"], edited["message"])
    at(replay, deleted["delete_at"])
    delete(replay, deleted["id"])
    rows = [row for row in recorded_posts(replay, CHANGED) if row["original_id"]]
    know_row(replay, "TOKEN", rows[0])


def delete_root(replay, _):
    root, _, deleted = thread(replay)
    at(replay, deleted["delete_at"] + 1)
    delete(replay, root["id"])


def make_answer(replay, _):
    """An older reply of the bot that has the word, too, and the others of its thread."""
    reply = json.loads(replay.recorded(SEARCH)["response"]["body"])["posts"]
    reply = min(reply.values(), key=lambda post: post["create_at"])
    make(replay, "TOKEN", {**reply, "id": reply["root_id"], "root_id": "", "message": "wortel"})
    for number in range(reply["reply_count"] - 1):
        make(replay, "TOKEN", {**reply, "id": f"{number:026}", "message": "iets anders"})
    make(replay, "TOKEN", reply)


def recorded_post(replay, word):
    """A post of the long thread, by what it says."""
    posts = json.loads(replay.recorded(WHOLE)["response"]["body"])["posts"].values()
    return next(post for post in posts if post["message"] == word)


def make_above(replay, lower, post):
    """Makes a post of the same moment whose id comes behind: ids decide, and are random."""
    while True:
        at(replay, post["create_at"])
        _, _, body = replay.send({
            "method": "POST", "path": "/api/v4/posts",
            "headers": {"Authorization": "Bearer TOKEN(admin)"},
            "body": json.dumps({name: post[name] for name in ("channel_id", "root_id",
                                                              "message")})})
        made = json.loads(body)["id"]
        if made > replay.ids.ours[lower]:
            assert replay.ids.agree(post["id"], made)
            return
        replay.standin.control("delete", {"post": made})


def make_long_thread(replay, _):
    """The thread, single posts, and ordinary posts for what the server itself wrote."""
    whole = recorded_post(replay, "w")
    for word in ("w", "a1", "a3"):
        make(replay, "TOKEN(admin)", recorded_post(replay, word))
    make_above(replay, recorded_post(replay, "a3")["id"], recorded_post(replay, "a2"))
    for word in ("a4", "a5"):
        make(replay, "TOKEN(admin)", recorded_post(replay, word))
    single = [("k0", K0, 100), ("k1", K1, 100), ("k2", K2, 100), ("k9", K9, 101)]
    for message, post, moment in single:
        make(replay, "TOKEN(admin)", {
            "id": post, "channel_id": whole["channel_id"], "root_id": "", "props": {},
            "message": message, "create_at": whole["create_at"] + moment})
    page = json.loads(replay.recorded("listing: include_deleted=true as admin")["response"]["body"])
    system = sorted(page["posts"].values(), key=lambda post: post["create_at"])
    first = {**system[0], "id": page["prev_post_id"], "create_at": system[0]["create_at"] - 1}
    for post in (first, *system):
        make(replay, "TOKEN(admin)", post)


def edit_a1(replay, exchange):
    since = int(exchange["request"]["path"].rpartition("=")[2])
    at(replay, since + 10)
    edit(replay, "TOKEN(admin)", recorded_post(replay, "a1")["id"], "a1 bewerkt")


def delete_a5(replay, _):
    replay.standin.control("clock", {"advance_ms": 1})
    delete(replay, recorded_post(replay, "a5")["id"])


def change_k0_and_k1(replay, _):
    posts = json.loads(replay.recorded(OLD)["response"]["body"])["posts"]
    at(replay, posts[K0]["edit_at"])
    edit(replay, "TOKEN(admin)", K0, posts[K0]["message"])
    at(replay, posts[K1]["delete_at"])
    delete(replay, K1)
    know_row(replay, "TOKEN", next(row for row in posts.values() if row["original_id"]))


def make_named(channel, message):
    """A post of anna whose id the request names."""
    def step(replay, exchange):
        replay.make_post(json.loads(exchange["request"]["body"])[0], "TOKEN(anna)",
                         channel_id=replay.channel(channel), message=message)
    return step


def make_archived(replay, exchange):
    """An ordinary post for what the server wrote when the channel was archived."""
    post = json.loads(exchange["response"]["body"])[0]
    replay.standin.control("archive", {"channel": "oud", "archived": False})
    make(replay, "TOKEN(admin)", post)
    replay.standin.control("archive", {"channel": "oud", "archived": True})


def archive_the_thread(replay, _):
    page = json.loads(replay.recorded("archived: listing")["response"]["body"])
    make(replay, "TOKEN(admin)", page["posts"][page["order"][0]])
    replay.standin.control("archive", {"channel": "draad", "archived": True})


def name_many(replay, exchange):
    """The recording tells how many ids there were, not which."""
    body = exchange["request"]["body"]
    first, unknown = re.fullmatch(r'\["(\w+)", (\d+) unknown ids\]', body).groups()
    exchange["request"]["body"] = json.dumps([first, *(f"u{n:025}" for n in range(int(unknown)))])


def make_elsewhere(channel):
    """A post of somebody else, whose id is in the path of the request."""
    def step(replay, exchange):
        replay.call("TOKEN(anna)", "POST", "/api/v4/posts",
                    {"channel_id": replay.channel(channel), "message": "eerder"})
        replay.standin.control("clock", {"advance_ms": 1})
        replay.make_post(exchange["request"]["path"].split("/")[4], "TOKEN(anna)",
                         channel_id=replay.channel(channel), message="openbaar")
    return step


SEARCH = "search by words"
WHOLE = "thread of 5 replies (w, a1 .. a5; a2 and a3 have the same create_at): everything"
OLD = "since: k0 edited, k1 deleted, both years old"
K0, K1 = "k5gbqu3ati8qifyg61t9w1ptww", "fb6yaynhfbdodnkq8thiyydkqa"
K2, K9 = "hdsjr996fbyjjxap15so81idce", "qd9u3n4drb835jr8xppk5sckyc"
CHANGED = "since before the edit and the delete: edited row, history row, deleted row"
STEPS = {
    "default": make_list,
    "listing after p7: root and replies": make_thread,
    CHANGED: change_thread,
    "post in a private channel the bot is not in": make_elsewhere("directie"),
    "post in a public channel the bot is not in": make_elsewhere("geheim"),
    "search by words": make_answer,
    "admin deletes the root": delete_root,
    "thread of 5 replies*": make_long_thread,
    "thread, updatesOnly=true&fromUpdateAt=(*": edit_a1,
    "thread after a5 was deleted": delete_a5,
    "since: k0 edited, k1 deleted, both years old": change_k0_and_k1,
    "ids: one unreadable (DM of others): empty list": make_named("tussen-anderen", "besloten"),
    "ids: public channel the bot is not in": make_named("geheim", "openbaar"),
    "ids: archived channel": make_archived,
    "ids: 1000 (999 unknown)": name_many,
    "ids: 1001": name_many,
    "archived: GET post": archive_the_thread,
}

ADMIN = "no account of the stand-in is an admin"
LONG = "needs all that was posted on the recorded server before"
COLLAPSED = "the worker does not collapse threads"
CHANCE = "without a direction the order is left to chance"
REASONS = {
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
    "thread, perPage=2": CHANCE,
    "thread, collapsedThreads*": COLLAPSED,
    "listing: collapsedThreads*": COLLAPSED,
    "post: deleted, include_deleted=true as admin": ADMIN,
    "listing: include_deleted=true as admin": ADMIN,
    "admin deletes the root": "done by a control of the stand-in",
}
ELSEWHERE = {
    "thread, refused? perPage=-1": "test_a_page_of_fewer_than_none_cuts_the_connection",
}
ONE_MOMENT = (r"order\[", "posts of one moment come in no order", "5.37")
NO_ORDER = (r"order\[", "the posts of a thread come in no order")
ROWS = (r"order\[", "a post and the row that its edit left are of one moment, and come in no order")
EXCEPT = {
    "since = exact create_at of the ties minus 1": ONE_MOMENT,
    "since in seconds (a unit mistake)": ONE_MOMENT,
    "since with per_page=1 (ignored)": ONE_MOMENT,
    "thread by root": (*NO_ORDER, "5.37"),
    "thread by reply": (*NO_ORDER, "5.37"),
    "thread: perPage=1 (newer servers page; here ignored)": (*NO_ORDER, "5.37"),
    "thread of 5 replies*": NO_ORDER,
    OLD: ROWS,
    CHANGED: (*ROWS, "5.37"),
    "since: what a deleted thread looks like": (*ROWS, "5.37"),
}


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_read_is_answered_as_recorded(version):
    plan.check(sys.modules[__name__], version, WORLDS[version])


def test_a_page_of_fewer_than_none_cuts_the_connection():
    with Standin("11.2", WORLDS["11.2"]) as standin:
        replay = Replay(standin, WORLDS["11.2"], [])
        replay.make_post("w" * 26, "TOKEN", channel_id=replay.channel("livechat"), message="w")
        with pytest.raises(http.client.RemoteDisconnected):
            replay.call("TOKEN", "GET", f"/api/v4/posts/{'w' * 26}/thread?perPage=-1")
