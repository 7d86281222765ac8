"""Manners of HTTP: what goes over the wire, byte by byte."""
import io
import sys

import pytest

import plan
import recordings
from recordings import VERSIONS
from replay import Replay, expand
from standin import Standin
from wire import answers, connect, wait_until
from worlds import WORLD_5_37, WORLD_11_2_FAULTS

AREA = "http"
WORLDS = {"11.2": WORLD_11_2_FAULTS, "5.37": WORLD_5_37}

WHOLE = "the stand-in handles a request when it is whole"
REASONS = {
    "Content-Length larger than the body (server waits)": WHOLE,
    "Content-Length promises 50 bytes more than the complete JSON*": WHOLE,
    "no Host header": "libmicrohttpd does not mind; curl always sends one",
    "not HTTP at all": "libmicrohttpd hangs up; the worker speaks HTTP",
    "HTTP/2 prior knowledge": "libmicrohttpd hangs up; the worker speaks HTTP/1.1",
}

ELSEWHERE = {
    "client sends a whole POST /posts and closes at once*":
        "test_a_post_is_made_though_the_client_has_gone",
    "client sends all but the last 10 bytes and closes*":
        "test_no_post_is_made_of_a_request_that_is_not_whole",
    "keep-alive connection left idle after one answer":
        "test_an_idle_connection_is_closed_and_takes_no_request_any_more",
}

OWN_REFUSAL = ("^headers|^body|^Content-Type|^Connection", "libmicrohttpd refuses in its own words")
NOT_PACKED = ("content-encoding", "the stand-in compresses nothing; the worker does not ask for it")
EXCEPT = {
    "HTTP/1.0": ("^headers", "libmicrohttpd says that it will close the connection"),
    "header line without a colon": OWN_REFUSAL,
    "1.1 MB of headers": OWN_REFUSAL,
    "Accept-Encoding: gzip (large answer*": NOT_PACKED,
    "Accept-Encoding: gzip, deflate, br (large answer*": NOT_PACKED,
}


def recorded_answers(exchange):
    bytes_ = exchange["response_bytes"]
    count = bytes_.count("HTTP/1.")
    return [{"status": status, "headers": headers, "body": body.decode()}
            for status, headers, body in answers(io.BytesIO(bytes_.encode()), count)]


def send(connection, text):
    try:
        connection.sendall(expand(text).encode("latin-1"))
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused before all was sent


def raw_differences(replay, exchange):
    """Sends the recorded bytes and compares every answer, and whether the server hangs up."""
    with connect(replay.standin) as connection, connection.makefile("rb") as incoming:
        send(connection, exchange["request_bytes"])
        if "then_body_sent" in exchange:
            first = exchange["first_answer"].encode()
            assert incoming.read(len(first)) == first
            send(connection, exchange["then_body_sent"])
        expected = recorded_answers(exchange)
        result = [difference
                  for recorded, answer in zip(expected, answers(incoming, len(expected)))
                  for difference in replay.compare(recorded, *answer)]
        if exchange.get("then", "").startswith("closed") and incoming.read(1) != b"":
            result.append("the connection was not closed")
    return result


def body_of(standin):
    channel = next(each for each in WORLDS[standin.version]["channels"]
                   if each["name"] == "reserveringen")
    return f'{{"channel_id":"{channel["id"]}","message":"http proef"}}'


def post_bytes(standin):
    body = body_of(standin)
    return ("POST /api/v4/posts HTTP/1.1\r\nHost: mattermost.example\r\n"
            "Authorization: Bearer TOKEN\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}")


def raw_exchanges(version):
    return [each for each in recordings.load(version, AREA) if "request_bytes" in each
            and not plan.find(REASONS, each["note"])]


@pytest.mark.parametrize("version", VERSIONS)
def test_requests_are_answered_as_recorded(version):
    plan.check(sys.modules[__name__], version, WORLDS[version])


@pytest.mark.parametrize("version, exchange",
                         [(version, each) for version in VERSIONS
                          for each in raw_exchanges(version)],
                         ids=lambda value: value["note"] if isinstance(value, dict) else value)
def test_bytes_are_answered_as_recorded(version, exchange):
    with Standin(version, WORLDS[version]) as standin:
        replay = Replay(standin, WORLDS[version], [exchange])
        entry = plan.exception(sys.modules[__name__], version, exchange)
        assert plan.left_over(raw_differences(replay, exchange), entry) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_a_post_is_made_though_the_client_has_gone(version):
    with Standin(version, WORLDS[version]) as standin:
        with connect(standin) as connection:
            send(connection, post_bytes(standin))
        wait_until(lambda: standin.post_count() == 1)


@pytest.mark.parametrize("version", VERSIONS)
def test_no_post_is_made_of_a_request_that_is_not_whole(version):
    with Standin(version, WORLDS[version]) as standin:
        with connect(standin) as connection:
            send(connection, post_bytes(standin)[:-10])
            wait_until(lambda: standin.control("state")["connections"] == 1)
        wait_until(lambda: standin.control("state")["connections"] == 0)
        assert standin.post_count() == 0


@pytest.mark.parametrize("version", VERSIONS)
def test_an_idle_connection_is_closed_and_takes_no_request_any_more(version):
    """Recorded after 59.5 s; here after 50 ms."""
    with Standin(version, WORLDS[version]) as standin:
        standin.control("faults", {"close_idle_ms": 50})
        with connect(standin) as connection:
            send(connection, post_bytes(standin))
            answers(connection.makefile("rb"), 1)
            wait_until(lambda: standin.control("state")["connections"] == 0)
            connection.sendall(post_bytes(standin).encode())
            assert connection.recv(1) == b""
        assert standin.post_count() == 1
