"""
Which recordings are covered, and why others are not: prints COVERAGE.md.

  python3 tests/contract/covered.py > tests/contract/COVERAGE.md
"""
import importlib
import sys

import plan
import recordings
from recordings import VERSIONS

AREAS = ["posts-create", "pending-post-id", "auth", "rate-limit", "http", "get-discovery",
         "get-posts", "edit-delete", "files", "reactions-ephemeral", "restart-and-database"]

# Recordings that were not copied at all.
UNUSED = {
    "link-fetches": "the stand-in fetches nothing; save_after_ms plays a server that is slow",
    "mentions": "replayed against our own rendering: tests/recorded, unit.defuse",
    "outgoing-webhooks": "the worker takes no webhooks yet",
    "outgoing-webhooks-slow": "the worker takes no webhooks yet",
    "settings-and-scale": "long threads and long listings, which the worker does not read yet",
}

TABLES = ("STEPS", "REASONS", "ELSEWHERE", "EXCEPT")


def plan_of(area):
    return importlib.import_module("test_" + area.replace("-", "_"))


def table(area, name):
    return getattr(plan_of(area), name, {})


def is_covered(area, exchange):
    """Whether a test replays an exchange that no reason was given for."""
    return ("request" in exchange or "request_bytes" in exchange or
            plan.find(table(area, "ELSEWHERE"), exchange["note"]) is not None)


def not_replayed(version, area):
    """[(note, reason)] of what is not replayed; the reason may be missing."""
    result = []
    for exchange in recordings.load(version, area):
        reason = plan.reason(plan_of(area), exchange)
        if reason or not is_covered(area, exchange):
            result.append((exchange["note"], reason))
    return result


def replayed_partly(version, area):
    """[(note, reason)] of what is replayed, but for something."""
    skipped = {note for note, _ in not_replayed(version, area)}
    result = []
    for exchange in recordings.load(version, area):
        found = plan.exception(plan_of(area), version, exchange)
        if found and exchange["note"] not in skipped:
            result.append((exchange["note"], found[1]))
    return result


def grouped(pairs):
    """Lines of notes under their reasons."""
    reasons = {}
    for note, reason in pairs:
        reasons.setdefault(reason, []).append(note)
    for reason, notes in reasons.items():
        yield f"- {reason}:"
        yield from (f"  - {note}" for note in dict.fromkeys(notes))


def page():
    yield "# Which recorded exchanges the stand-in is held to"
    yield ""
    yield "Printed by covered.py; contract.coverage fails when this is not what it prints."
    yield ""
    yield "| recording | version | exchanges | replayed | of these but for something | not |"
    yield "|---|---|---|---|---|---|"
    for area in AREAS:
        for version in VERSIONS:
            count = len(recordings.load(version, area))
            absent = len(not_replayed(version, area))
            partly = len(replayed_partly(version, area))
            yield f"| {area} | {version} | {count} | {count - absent} | {partly} | {absent} |"
    yield ""
    yield "## Recordings that are not used"
    yield ""
    yield from (f"- {name}: {reason}" for name, reason in UNUSED.items())
    for area in AREAS:
        for version in VERSIONS:
            yield from section(version, area)


def section(version, area):
    absent, partly = not_replayed(version, area), replayed_partly(version, area)
    if absent:
        yield from ("", f"## {area}, {version}: not replayed", "")
        yield from grouped(absent)
    if partly:
        yield from ("", f"## {area}, {version}: replayed, but for something", "")
        yield from grouped(partly)


if __name__ == "__main__":
    sys.stdout.write("\n".join(page()) + "\n")
