"""Connections to the stand-in, and what comes over them."""
import http.client
import socket
import time

SECONDS = 20  # for whatever is waited for


class Wire:
    """Bytes from a file, for http.client; a file of its own per answer would read too far."""

    def __init__(self, file):
        self.file = file

    def makefile(self, *_):
        return self

    def __getattr__(self, name):
        return getattr(self.file, name)

    def close(self):
        """Other answers follow."""


def answers(file, count):
    """Reads answers: [(status, headers, body)]."""
    result = []
    for _ in range(count):
        answer = http.client.HTTPResponse(Wire(file))
        answer.begin()
        result.append((answer.status, answer.getheaders(), answer.read()))
    return result


def connect(standin):
    connection = socket.create_connection(("127.0.0.1", standin.port), SECONDS)
    connection.settimeout(SECONDS)
    return connection


def wait_until(condition):
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
