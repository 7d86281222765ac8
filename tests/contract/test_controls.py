"""The controls of the stand-in: which trouble it makes when it is told to, and its journal."""
import contextlib
import http.client
import json
import socket
import urllib.request

import pytest

from standin import Standin
from wire import SECONDS, answers, connect, wait_until

TOKEN = "een-geheim"
CHANNEL = "kanaalkanaalkanaalkanaalka"
WORLD = {
    "bots": [{"username": "bot", "token": TOKEN}],
    "teams": [{"name": "team", "display_name": "Team"}],
    "channels": [{"id": CHANNEL, "name": "kanaal", "team": "team", "members": ["bot"]}],
}


@pytest.fixture(name="standin")
def fixture_standin():
    with Standin("11.2", WORLD) as standin:
        yield standin


def post(standin, message="hoi", key=""):
    body = json.dumps({"channel_id": CHANNEL, "message": message, "pending_post_id": key})
    return standin.ask({"method": "POST", "path": "/api/v4/posts", "body": body.encode(),
                        "headers": {"Authorization": f"Bearer {TOKEN}"}})


def get(standin, path):
    return standin.ask({"method": "GET", "path": path,
                        "headers": {"Authorization": f"Bearer {TOKEN}"}})


def journal(standin, query=""):
    url = f"http://127.0.0.1:{standin.control_port}/_standin/journal{query}"
    with urllib.request.urlopen(url, timeout=SECONDS) as answer:
        return [json.loads(line) for line in answer.read().decode().splitlines()]


def faults(standin, **wanted):
    return standin.control("faults", wanted)


def is_cut(standin):
    """Whether the connection ends without an answer to a post."""
    with contextlib.suppress(http.client.RemoteDisconnected, ConnectionResetError):
        post(standin)
        return False
    return True


def test_the_journal_has_a_line_for_each_post_that_was_accepted(standin):
    post(standin, "een", "sleutel-1")
    post(standin, "een", "sleutel-1")  # a repeat
    post(standin, "x" * 20000)  # refused
    post(standin, "twee", "sleutel-2")
    assert [(line["n"], line["channel"], line["username"], line["message"],
             line["pending_post_id"], line["deleted"]) for line in journal(standin)] == [
        (0, "kanaal", "bot", "een", "sleutel-1", False),
        (1, "kanaal", "bot", "twee", "sleutel-2", False)]
    assert [line["message"] for line in journal(standin, "?from=1")] == ["twee"]
    assert [line["message"] for line in journal(standin, "?limit=1")] == ["een"]


def test_without_the_guard_a_repeat_makes_a_twin(standin):
    faults(standin, dedup_guard=False)
    post(standin, key="sleutel")
    post(standin, key="sleutel")
    assert standin.post_count() == 2


def test_when_it_refuses_nobody_listens_and_open_connections_are_cut(standin):
    with connect(standin) as connection:
        connection.sendall(b"GET /api/v4/system/ping HTTP/1.1\r\nHost: x\r\n\r\n")
        answers(connection.makefile("rb"), 1)
        faults(standin, refuse=True)
        assert connection.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        post(standin)
    faults(standin, refuse=None)
    assert post(standin)[0] == 201


def test_answers_are_given_as_often_as_told_and_nothing_is_processed(standin):
    faults(standin, answers=[{"status": 503, "times": 2}])
    assert [post(standin)[0] for _ in range(3)] == [503, 503, 201]
    assert standin.post_count() == 1


def test_answers_can_be_for_some_requests_only(standin):
    faults(standin, answers=[{"status": 500, "method": "GET", "path": "/api/v4/users"}])
    assert get(standin, "/api/v4/users/me")[0] == 500
    assert get(standin, "/api/v4/system/ping")[0] == 200
    assert post(standin)[0] == 201


def test_429_comes_as_from_the_limiter(standin):
    faults(standin, answers=[{"status": 429, "retry_after": 3}])
    status, headers, body = post(standin)
    assert (status, body) == (429, b"limit exceeded\n")
    assert dict(headers)["Retry-After"] == "3"
    assert dict(headers)["X-Ratelimit-Reset"] == "3"


def test_503_comes_as_from_a_proxy_unless_told_otherwise(standin):
    faults(standin, answers=[{"status": 503}])
    assert b"<html>" in post(standin)[2]
    faults(standin, answers=[{"status": 503, "json": True, "id": "eigen.fout"}])
    assert json.loads(post(standin)[2])["id"] == "eigen.fout"


def test_latency_comes_after_the_processing(standin):
    faults(standin, latency_ms=60 * 1000)
    with connect(standin) as connection:
        connection.sendall(raw_post())
        wait_until(lambda: standin.post_count() == 1)
        connection.setblocking(False)
        with pytest.raises(BlockingIOError):
            connection.recv(1)


def raw_post():
    body = json.dumps({"channel_id": CHANNEL, "message": "hoi"})
    return (f"POST /api/v4/posts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


def test_a_connection_can_be_cut_before_the_processing(standin):
    faults(standin, cut_before_percent=100)
    assert is_cut(standin)
    assert standin.post_count() == 0


def test_a_connection_can_be_cut_after_a_post_was_accepted(standin):
    faults(standin, cut_after_accept_percent=100)
    assert is_cut(standin)
    assert standin.post_count() == 1


def test_a_post_can_be_accepted_and_another_status_told(standin):
    faults(standin, accept_then_status={"status": 500, "percent": 100})
    assert post(standin)[0] == 500
    assert standin.post_count() == 1


def test_an_answer_can_be_half_of_its_json(standin):
    faults(standin, bad_json_percent=100)
    status, _, body = post(standin)
    assert status == 201
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)
    assert standin.post_count() == 1


def test_a_hung_request_is_neither_processed_nor_answered(standin):
    faults(standin, hang_percent=100)
    with connect(standin) as connection:
        connection.sendall(raw_post())
        wait_until(lambda: standin.control("state")["connections"] == 1)
        connection.settimeout(0.2)
        with pytest.raises(socket.timeout):
            connection.recv(1)
    assert standin.post_count() == 0


def test_an_answer_can_come_byte_by_byte(standin):
    faults(standin, drip_ms=1)
    status, _, body = post(standin)
    assert status == 201
    assert json.loads(body)["message"] == "hoi"


def test_an_answer_can_go_on_for_ever(standin):
    faults(standin, endless_body=True)
    with connect(standin) as connection, connection.makefile("rb") as incoming:
        connection.sendall(raw_post())
        assert len(incoming.read(4 * 1024 * 1024)) == 4 * 1024 * 1024


def test_every_token_can_be_refused(standin):
    faults(standin, bad_token=True)
    assert post(standin)[0] == 401
    faults(standin, bad_token=None)
    assert post(standin)[0] == 201


def test_a_redirection_leads_to_another_host(standin):
    faults(standin, redirect=True)
    status, headers, _ = post(standin)
    assert status == 302
    assert dict(headers)["Location"] == "http://elsewhere.example/api/v4/posts"


def test_the_dice_fall_the_same_way_for_the_same_seed(standin):
    faults(standin, answers=[{"status": 500, "percent": 50}])

    def statuses():
        faults(standin, seed=42)
        return [get(standin, "/api/v4/system/ping")[0] for _ in range(40)]

    first = statuses()
    assert set(first) == {200, 500}
    assert statuses() == first


@pytest.mark.parametrize("wanted", [{"nonsense": 1}, {"refuse": 1}, {"answers": [{"status": 1}]},
                                    {"database_away": "moon"}, {"latency_ms": "much"}])
def test_a_switch_that_does_not_exist_changes_nothing(standin, wanted):
    before = faults(standin)
    with pytest.raises(AssertionError, match="400"):
        faults(standin, bad_token=True, **wanted)
    assert faults(standin) == before
