"""
What a recording needs around its exchanges, in the order in which they happened.

A plan has, by the note of an exchange:
  STEPS     what is done before it: on the recorded server the admin did it, or time passed
  REASONS   why it is not replayed
  ELSEWHERE the test that replays it, when it is another one
  EXCEPT    differences that are let pass, as (pattern, reason) or, when it is for one version of
            the server only, (pattern, reason, version)
A note that ends in "*" stands for all that begin like that.
"""
import re

import recordings
from replay import Replay
from standin import Standin

# What the stand-in plays of /api/v4: what the worker calls, and its tests.
PLAYED = [re.compile(pattern) for pattern in (
    r"POST /posts", r"(GET|DELETE) /posts/[^/]+", r"GET /posts/[^/]+/thread",
    r"PUT /posts/[^/]+/patch", r"POST /posts/ids", r"GET /posts/[^/]+/(reactions|files/info)",
    r"POST /reactions", r"DELETE /users/[^/]+/posts/[^/]+/reactions/[^/]+", r"POST /files",
    r"GET /files/[^/]+(/info)?", r"POST /teams/[^/]+/posts/search", r"GET /channels/[^/]+(/posts|/members/me)?", r"GET /users/me",
    r"GET /users/me/(teams|channels)", r"GET /users/me/teams/[^/]+/channels",
    r"GET /teams/[^/]+/channels/name/[^/]+", r"GET /teams/name/[^/]+(/channels/name/[^/]+)?",
    r"GET /config/client", r"GET /system/ping",
)]

# What is answered before anybody looks for a route.
ANY_ROUTE = (301, 429)


# Steps.
def control(name, **body):
    return lambda replay, _: replay.standin.control(name, body)


def configure(**settings):
    return control("setup", config=settings)


def member(channel, user, within):
    return control("members", channel=channel, user=user, **{"in": within})


def in_turn(*steps):
    def step(replay, exchange):
        for each in steps:
            each(replay, exchange)
    return step


def find(table, note):
    """The entry of a table for a note, or None."""
    if note in table:
        return table[note]
    for pattern, value in table.items():
        if pattern.endswith("*") and note.startswith(pattern[:-1]):
            return value
    return None


def is_stale(pattern, notes):
    """Whether an entry of a table stands for no exchange."""
    if pattern.endswith("*"):
        return not any(note.startswith(pattern[:-1]) for note in notes)
    return pattern not in notes


def reason_not_played(exchange):
    """Why the stand-in is not asked for the route of an exchange, or None."""
    request = exchange.get("request")
    if not request or not request["path"].startswith("/api/v4/"):
        return None
    recorded = exchange.get("response", {})
    if recorded.get("status") in ANY_ROUTE or request["method"] == "HEAD":
        return None
    if "api.context.404.app_error" in recorded.get("body", ""):
        return None
    route = f"{request['method']} {request['path'][len('/api/v4'):].partition('?')[0]}"
    if any(pattern.fullmatch(route) for pattern in PLAYED):
        return None
    return "a route that the worker does not call"


def reason(plan, exchange):
    """Why an exchange is not replayed, or None."""
    return find(getattr(plan, "REASONS", {}), exchange["note"]) or reason_not_played(exchange)


def exception(plan, version, exchange):
    """What is let pass of an exchange, or None."""
    found = find(getattr(plan, "EXCEPT", {}), exchange["note"])
    return found if found and version in (found[2:] or recordings.VERSIONS) else None


def left_over(differences, entry):
    """The differences that an entry of EXCEPT, or None, does not let pass."""
    if not entry:
        return differences
    left = [each for each in differences if not re.search(entry[0], each)]
    return left if len(left) < len(differences) else left + [f"needs no exception for {entry[0]}"]


def run(plan, replay, exchanges):
    """Replays a recording; gives what differs, one line each."""
    differences = []
    for exchange in exchanges:
        note = exchange["note"]
        step = find(getattr(plan, "STEPS", {}), note)
        if step:
            step(replay, exchange)
        elsewhere = find(getattr(plan, "ELSEWHERE", {}), note)
        if elsewhere or reason(plan, exchange) or "request" not in exchange:
            continue
        found = left_over(replay.differences(exchange),
                          exception(plan, replay.standin.version, exchange))
        differences += [f"{note}: {each}" for each in found]
    return differences


def check(plan, version, world):
    """Replays the recording of a plan against a stand-in of its own: nothing may differ."""
    exchanges = recordings.load(version, plan.AREA)
    with Standin(version, world) as standin:
        differences = run(plan, Replay(standin, world, exchanges), exchanges)
    assert not differences, "answered differently:\n" + "\n".join(differences)
