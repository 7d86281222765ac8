"""What became of every record: the one judge of lost, twice and out of order.

Compares what Kafka acknowledged with the stand-in's journal and the dead letters.  A record is done
when its post was accepted or its dead letter is there; both, or either twice, is twice.
"""

import collections
import dataclasses
import json


@dataclasses.dataclass
class Letter:
    """A dead letter."""

    partition: int
    offset: int
    reason: str
    headers: dict
    value: bytes


@dataclasses.dataclass
class Result:
    """Events by what went wrong with them; all empty when all is well."""

    produced: int
    posted: int
    dead_lettered: int
    lost: list
    twice: list
    out_of_order: list
    phantom: list

    def is_clean(self):
        """Whether every record was done exactly once and in order."""
        return not (self.lost or self.twice or self.out_of_order or self.phantom)

    def __str__(self):
        counts = [f"{name} {value}" for name, value in self._counts().items()]
        examples = [
            f"  {name}: {', '.join(map(str, value[:3]))}"
            for name, value in vars(self).items()
            if isinstance(value, list) and value
        ]
        return "\n".join([", ".join(counts), *examples])

    def _counts(self):
        return {
            name.replace("_", " "): len(value) if isinstance(value, list) else value
            for name, value in vars(self).items()
        }


def read_letters(messages):
    """Dead letters from the messages of their topic."""
    letters = []
    for message in messages:
        headers = dict(message.headers() or [])
        text = {name: (value or b"").decode() for name, value in headers.items()}
        letters.append(
            Letter(
                partition=int(text["__connect.errors.partition"]),
                offset=int(text["__connect.errors.offset"]),
                reason=text["ireserve.reason"],
                headers=text,
                value=message.value(),
            )
        )
    return letters


def event_and_part(post):
    """("<source>|<id>", part) of an accepted post; (None, None) when it does not say."""
    props = post["props"]
    if isinstance(props, str):
        props = json.loads(props)
    mark = props.get("ireserve") or {}
    return mark.get("event"), mark.get("part")


def check(sent, journal, letters=()):
    """Judges.  `sent`: records.Sent; `journal`: accepted posts in order; `letters`: Letter."""
    parts = collections.Counter(event_and_part(post) for post in journal)
    known = {record.event: record for record in sent}
    by_place = {(record.partition, record.offset): record.event for record in sent}
    buried = collections.Counter(
        by_place.get((letter.partition, letter.offset)) for letter in letters
    )
    posted = {event for event, _ in parts}
    twice = {event for (event, _), count in parts.items() if count > 1}
    twice |= {event for event, count in buried.items() if count > 1 or event in posted}
    return Result(
        produced=len(sent),
        posted=len(posted & known.keys()),
        dead_lettered=len(letters),
        lost=sorted(known.keys() - posted - buried.keys()),
        twice=sorted(event for event in twice if event in known),
        out_of_order=find_disorder(known, journal),
        phantom=sorted(str(event) for event in (posted | buried.keys()) - known.keys()),
    )


def find_disorder(known, journal):
    """Events whose first post came after the first post of a later record of the same key."""
    newest = {}
    seen = set()
    wrong = []
    for post in journal:
        event, _ = event_and_part(post)
        record = known.get(event)
        if record is None or event in seen:
            continue
        seen.add(event)
        if record.sequence < newest.get(record.key, -1):
            wrong.append(event)
        newest[record.key] = max(record.sequence, newest.get(record.key, -1))
    return wrong
