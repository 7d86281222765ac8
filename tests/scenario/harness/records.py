"""Plausible i-Reserve notifications, each with an id of its own and a number within its key."""

import collections
import dataclasses
import json
import random
import threading
import time
import uuid

import clients

SOURCE = "https://{licence}.i-reserve.nl"
TYPE = "nl.ireserve.notification.v1"
# Of several requests on the wire, those behind one that a broker refused while it came back are out
# of sequence: for librdkafka 2.0 that is the producer's end.
ONE_AT_A_TIME = {"max_in_flight": 1}
STRUCTURED = [("content-type", b"application/cloudevents+json; charset=UTF-8")]

TEXTS = {
    "booking_created": ("Nieuwe boeking", "Familie {name}, {n} nachten, kamer {room}"),
    "booking_cancelled": ("Boeking geannuleerd", "{name} komt niet; kamer {room} is weer vrij"),
    "customer_changed": ("Klant gewijzigd", "{name} heeft een nieuw telefoonnummer"),
    "payment_received": ("Payment received", "{name} paid € {n}25,00 — room {room}"),
}
NAMES = ["De Vries", "Jansen", "O’Brien", "Özdemir", "van ’t Hoff", "García", "Nguyễn", "王"]


@dataclasses.dataclass(frozen=True)
class Sent:
    """A record that Kafka acknowledged."""

    event: str  # "<source>|<id>"
    key: str
    sequence: int  # within the key, from 0
    partition: int
    offset: int


def notification(licence, key, sequence, rng):
    """One event, as i-Reserve publishes it."""
    kind = rng.choice(list(TEXTS))
    title, text = TEXTS[kind]
    name, room, nights = rng.choice(NAMES), rng.randrange(1, 60), rng.randrange(1, 9)
    when = "2026-11-23T09:15:00Z"
    return {
        "specversion": "1.0",
        "id": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        "source": SOURCE.format(licence=licence),
        "type": TYPE,
        "time": when,
        "licence": licence,
        "subject": key,
        "datacontenttype": "application/json",
        "data": {
            "type": kind,
            "title": title,
            "text": f"{text.format(name=name, n=nights, room=room)} (#{sequence})",
            "label": key,
            "url": f"https://{licence}.i-reserve.nl/admin.php?booking={key}",
            "severity": rng.choice(["info", "info", "info", "important"]),
            "fields": [
                {"title": "Aankomst", "value": "2026-12-04", "short": True},
                {"title": "Personen", "value": str(nights), "short": True},
            ],
            "occurred_at": when,
        },
    }


def structured(event):
    """The value and headers of an event in structured mode."""
    return json.dumps(event, ensure_ascii=False).encode(), STRUCTURED


def binary(event):
    """The value and headers of an event in binary mode."""
    attributes = {name: value for name, value in event.items() if name != "data"}
    content_type = attributes.pop("datacontenttype")
    headers = [(f"ce_{name}", value.encode()) for name, value in attributes.items()]
    value = json.dumps(event["data"], ensure_ascii=False).encode()
    return value, [("content-type", content_type.encode()), *headers]


def with_schema_id(event):
    """Structured mode behind the prefix of Confluent's serialisers."""
    value, headers = structured(event)
    return b"\x00\x00\x00\x00\x07" + value, headers


ENCODINGS = [structured, structured, structured, binary, with_schema_id]


class Stream:
    """Publishes notifications, and remembers all that Kafka acknowledged."""

    def __init__(self, bootstrap_servers, topic, licences, keys, seed):
        self._topic = topic
        self._licences = licences
        self._keys = keys
        self._random = random.Random(seed)
        self._next = collections.Counter()
        self._producer = clients.producer(bootstrap_servers, linger_ms=5, **ONE_AT_A_TIME)
        self._failed = []
        self._background = None
        self.sent = []

    def send(self, count):
        """Publishes so many notifications; all must be acknowledged."""
        for _ in range(count):
            self.send_one()
        self.finish()
        return self.sent

    def send_over(self, count, seconds):
        """Publishes in the background, evenly over that time; finish() waits for the end."""

        def publish():
            started = time.monotonic()
            for index in range(count):
                due = started + seconds * index / count
                while (early := due - time.monotonic()) > 0:
                    self._producer.poll(early)
                self.send_one()

        self._background = threading.Thread(target=publish, daemon=True)
        self._background.start()

    def is_publishing(self):
        """Whether send_over() goes on."""
        return self._background is not None and self._background.is_alive()

    def finish(self):
        """Waits until all is published and acknowledged."""
        if self._background:
            self._background.join()
        left = self._producer.flush(60)
        assert not left and not self._failed, f"{left} not acknowledged; {self._failed[:3]}"

    def serve(self):
        """Takes in acknowledgements; who publishes often need not call it."""
        self._producer.poll(0)

    def send_one(self):
        """Publishes one notification; finish() tells whether it was acknowledged."""
        key = f"IRES{1000 + self._random.randrange(self._keys)}"
        licence = self._licences[hash_of(key) % len(self._licences)]
        sequence = self._next[key]
        self._next[key] += 1
        event = notification(licence, key, sequence, self._random)
        value, headers = self._random.choice(ENCODINGS)(event)
        self.publish(key, value, headers, f"{event['source']}|{event['id']}", sequence)

    def publish(self, key, value, headers, event, sequence):
        """Publishes one record and remembers it once it is acknowledged."""

        def acknowledged(error, message):
            if error:
                self._failed.append(error)
                return
            place = message.partition(), message.offset()
            self.sent.append(Sent(event, key, sequence, *place))

        self._producer.produce(
            self._topic, value, key, headers=headers, on_delivery=acknowledged
        )
        self._producer.poll(0)


def hash_of(key):
    """The same for the same key in every run, unlike hash()."""
    return sum(key.encode())
