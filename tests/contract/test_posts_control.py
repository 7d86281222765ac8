"""What tests see and do by the controls: posts as they are now, files, and deletions."""
import hashlib
import json
import urllib.request

import pytest

from standin import Standin
from wire import SECONDS

TOKEN = "een-geheim"
CHANNEL = "kanaalkanaalkanaalkanaalka"
WORLD = {
    "bots": [{"username": "bot", "token": TOKEN}],
    "people": [{"username": "anna"}],
    "teams": [{"name": "team", "display_name": "Team"}],
    "channels": [{"id": CHANNEL, "name": "kanaal", "team": "team", "members": ["bot", "anna"]}],
}


@pytest.fixture(name="standin")
def fixture_standin():
    with Standin("11.2", WORLD) as standin:
        yield standin


def ask(standin, method, path, body=None):
    status, _, answer = standin.ask({
        "method": method, "path": f"/api/v4/{path}", "body": body,
        "headers": {"Authorization": f"Bearer {TOKEN}", "Content-Type": "text/plain"}})
    assert status < 300, answer
    return answer


def post(standin, message, **fields):
    body = json.dumps({"channel_id": CHANNEL, "message": message, **fields})
    return json.loads(ask(standin, "POST", "posts", body.encode()))["id"]


def upload(standin, name, content):
    answer = ask(standin, "POST", f"files?channel_id={CHANNEL}&filename={name}", content)
    return json.loads(answer)["file_infos"][0]["id"]


def page(standin, path):
    url = f"http://127.0.0.1:{standin.control_port}/_standin/{path}"
    with urllib.request.urlopen(url, timeout=SECONDS) as answer:
        return answer.headers["Content-Type"], answer.read()


def lines(standin, path):
    return [json.loads(line) for line in page(standin, path)[1].decode().splitlines()]


def posts(standin):
    return lines(standin, "posts?channel=kanaal")


def test_posts_are_shown_as_they_are_now(standin):
    root = post(standin, "eerst", props={"a": 1})
    file = upload(standin, "a.txt", b"abc")
    reply = post(standin, "antwoord", root_id=root, file_ids=[file])
    ask(standin, "PUT", f"posts/{root}/patch", b'{"message": "later"}')
    user = json.loads(ask(standin, "GET", "users/me"))["id"]
    ask(standin, "POST", "reactions", json.dumps(
        {"user_id": user, "post_id": root, "emoji_name": "eyes"}).encode())
    first, second = posts(standin)
    assert (first["id"], first["message"], first["props"]["a"]) == (root, "later", 1)
    assert first["edit_at"] > 0 and first["delete_at"] == 0
    assert first["reactions"] == [{"emoji_name": "eyes", "username": "bot"}]
    assert (second["id"], second["root_id"], second["file_ids"]) == (reply, root, [file])
    assert second["files"] == [{"id": file, "name": "a.txt", "size": 3, "deleted": False,
                                "mime_type": "text/plain; charset=utf-8"}]
    assert [line["file_ids"] for line in lines(standin, "journal")] == [[], [file]]


def test_a_post_that_is_deleted_takes_its_files_along(standin):
    file = upload(standin, "a.txt", b"abc")
    gone = post(standin, "weg", file_ids=[file])
    standin.control("delete", {"post": gone, "user": "anna"})
    only, = posts(standin)
    assert (only["message"], only["files"][0]["deleted"]) == ("weg", True)
    assert only["delete_at"] > 0
    with pytest.raises(AssertionError, match="app.file_info.get"):
        ask(standin, "GET", f"files/{file}/info")
    assert page(standin, f"file?id={file}") == ("text/plain; charset=utf-8", b"abc")


def test_a_share_of_the_roots_is_deleted_by_the_seed(standin):
    roots = [post(standin, f"wortel {number}") for number in range(40)]
    post(standin, "antwoord", root_id=roots[0])
    standin.control("faults", {"seed": 7})
    deleted = standin.control("delete", {"channel": "kanaal", "roots_percent": 30})["deleted"]
    assert 0 < len(deleted) < 40 and set(deleted) < set(roots)
    assert {line["id"] for line in posts(standin) if not line["root_id"] and
            line["delete_at"]} == set(deleted)


def test_of_a_history_that_is_gone_nothing_is_left(standin):
    root = post(standin, "wortel")
    post(standin, "antwoord", root_id=root)
    ask(standin, "PUT", f"posts/{root}/patch", b'{"message": "later"}')
    standin.control("delete", {"channel": "kanaal"})
    later = post(standin, "daarna")
    for query in ("", "?since=1", f"?before={later}"):
        found = json.loads(ask(standin, "GET", f"channels/{CHANNEL}/posts{query}"))
        assert set(found["posts"]) <= {later}
    with pytest.raises(AssertionError, match="app.post.get"):
        ask(standin, "GET", f"posts/{root}")
    assert [line["purged"] for line in posts(standin)] == [True, True, False]


def test_nobody_deletes_what_is_not_there(standin):
    for wanted in ({"post": "x" * 26}, {"channel": "nergens"}, {},
                   {"channel": "kanaal", "user": "niemand"}):
        with pytest.raises(AssertionError, match="400"):
            standin.control("delete", wanted)


def test_a_large_file_comes_back_as_it_was(standin):
    content = hashlib.shake_256(b"groot").digest(25 * 1024 * 1024)
    file = upload(standin, "groot.bin", content)
    assert ask(standin, "GET", f"files/{file}") == content
    assert page(standin, f"file?id={file}") == ("application/octet-stream", content)


def test_a_large_form_is_taken_apart(standin):
    content = hashlib.shake_256(b"groot").digest(25 * 1024 * 1024)
    head = (f'--grens\r\nContent-Disposition: form-data; name="channel_id"\r\n\r\n{CHANNEL}\r\n'
            '--grens\r\nContent-Disposition: form-data; name="files"; filename="groot.bin"\r\n'
            '\r\n')
    status, _, answer = standin.ask({
        "method": "POST", "path": "/api/v4/files",
        "body": head.encode() + content + b"\r\n--grens--\r\n",
        "headers": {"Authorization": f"Bearer {TOKEN}",
                    "Content-Type": "multipart/form-data; boundary=grens"}})
    assert status == 201
    file = json.loads(answer)["file_infos"][0]
    assert file["size"] == len(content)
    assert ask(standin, "GET", f"files/{file['id']}") == content
