"""Rate limits: who shares a limit, what is told of it, and what is refused."""
import sys

import pytest

import plan
from plan import configure, control, in_turn
from recordings import VERSIONS
from worlds import WORLD_5_37, WORLD_11_2_FAULTS

AREA = "rate-limit"
WORLDS = {"11.2": WORLD_11_2_FAULTS, "5.37": WORLD_5_37}


def limit(per_second=2, burst=5, **by):
    return configure(rate_limit={"per_second": per_second, "burst": burst, **by})


def ask_for_life(replay, _):
    """On the recorded server somebody asked whether it was up again."""
    replay.send({"method": "GET", "path": "/api/v4/system/ping", "headers": {}})


def exhaust(replay, _):
    for _ in range(6):
        ask_for_life(replay, _)


STEPS = {
    "by address, PerSec=2 MaxBurst=5: request 1, at once":
        in_turn(control("clock", stopped=True), limit(by_address=True), ask_for_life),
    "after waiting Retry-After (1 s)": control("clock", advance_ms=1000),
    "by user, PerSec=2 MaxBurst=5: request 1, at once":
        in_turn(limit(by_user=True), ask_for_life),
    "by address and user: request 1, at once": limit(by_address=True, by_user=True),
    "the default numbers*": in_turn(limit(10, 100, by_address=True), ask_for_life),
    "by user, limited: the same request after that*": limit(by_user=True),
    "switched off again: no such headers": limit(0),
    "by address, TrustedProxyIPHeader=X-Forwarded-For: limited without that header":
        in_turn(limit(by_address=True), configure(proxy_header="X-Forwarded-For"), exhaust),
}


@pytest.mark.parametrize("version", VERSIONS)
def test_limits_are_answered_as_recorded(version):
    plan.check(sys.modules[__name__], version, WORLDS[version])
