"""Web-chats as i-Reserve publishes them, and what they are after all of that."""

import collections
import dataclasses
import functools
import http.server
import itertools
import json
import sys
import threading
import time

import clients

from harness.records import NAMES, ONE_AT_A_TIME, SOURCE, STRUCTURED

TYPE = "nl.ireserve.conversation.{kind}.v1"
WHEN = "2026-11-23T09:16:10Z"
WORDS = "hallo is er nog plek op vrijdag voor twee personen met hond en ontbijt graag laat".split()
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15"
    b"\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0P\x0f\x00\x03\x86\x01\x80Z4}k\x00\x00\x00\x00IEND\xaeB`\x82"
)


class Listener(http.server.ThreadingHTTPServer):
    """Takes it without a word that a worker was killed amid a download."""

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class FileServer:
    """Where attachments come from."""

    def __init__(self):
        stopping = threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):  # noqa: N802, the library's name
                if self.path.endswith(".slow"):
                    self.dribble()
                    return
                found = self.path.endswith(".png")
                body = PNG if found else b"not here"
                self.send_response(200 if found else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def dribble(self):
                """Sends more than anybody waits for, just fast enough not to be given up."""
                self.send_response(200)
                self.send_header("Content-Length", "20000000")
                self.end_headers()
                while not stopping.wait(0.1):
                    try:
                        self.wfile.write(b"x" * 2000)
                    except OSError:
                        return

            def log_message(self, *arguments):
                pass

        self._server = Listener(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._stopping = stopping

    def stop(self):
        """Ends it."""
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()


@dataclasses.dataclass
class Message:
    """A message, as it is after all that was published."""

    sequence: int  # within its conversation
    text: str
    files: int = 0
    deleted: bool = False
    edited: bool = False


@dataclasses.dataclass
class Conversation:
    """A conversation, as it is after all that was published."""

    licence: str
    started: bool = False
    closed: bool = False
    messages: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Act:
    """An event of a conversation that Kafka acknowledged."""

    conversation: str
    kind: str  # the end of its type: "started", "message", …
    message: str  # the id of the message that it is about; "" when it is about none
    partition: int
    offset: int


class Chats:
    """Publishes conversations, and knows what is to be seen of them."""

    def __init__(self, bootstrap_servers, topic, licences, rng, files=None):
        self._topic = topic
        self._licences = licences
        self._random = rng
        self._files = files
        self._producer = clients.producer(bootstrap_servers, linger_ms=5, **ONE_AT_A_TIME)
        self._numbers = collections.Counter()
        self._failed = []
        self._background = None
        self.published = 0
        self.acknowledged = []  # Act, in the order of their acknowledgements
        self.conversations = {}

    def _publish(self, conversation_id, kind, data):
        conversation = self.conversations[conversation_id]
        self._numbers[conversation_id] += 1
        event = {
            "specversion": "1.0",
            "id": f"{conversation_id}/{self._numbers[conversation_id]}",
            "source": SOURCE.format(licence=conversation.licence),
            "type": TYPE.format(kind=kind),
            "time": WHEN,
            "licence": conversation.licence,
            "subject": conversation_id,
            "data": {"conversation_id": conversation_id, **data},
        }
        self.publish(conversation_id, event, (conversation_id, kind, data.get("message_id", "")))

    def publish(self, key, event, what=None):
        """Publishes any event.  `what`: the first members of the Act that it is."""

        def acknowledged(error, message):
            if error:
                self._failed.append(error)
            elif what:
                place = message.partition(), message.offset()
                self.acknowledged.append(Act(*what, *place))

        value = json.dumps(event, ensure_ascii=False).encode()
        self._producer.produce(
            self._topic, value, key, headers=STRUCTURED, on_delivery=acknowledged
        )
        self.published += 1
        self._producer.poll(0)

    def begin(self, conversation_id, started=True):
        """Begins a conversation; without `started` its beginning is never published."""
        licence = self._random.choice(self._licences)
        self.conversations[conversation_id] = Conversation(licence, started)
        if started:
            name = self._random.choice(NAMES)
            page = {"url": "https://zeezicht.nl/boeken", "title": "Boeken"}
            self._publish(
                conversation_id, "started", {"visitor": {"name": name}, "page": page}
            )

    def say(self, conversation_id, text=None, files=0, missing_files=0, slow_files=0):
        """Adds a message; gives its id.  Slow files are to be left out."""
        conversation = self.conversations[conversation_id]
        sequence = len(conversation.messages)
        message_id = f"m-{sequence}"
        text = f"[{sequence}] " + (text or " ".join(self._random.sample(WORDS, 6)))
        attachments = [
            {"url": f"{self._files.url}/{number}.png", "name": f"foto {number}.png"}
            for number in range(files)
        ]
        attachments += [
            {"url": f"{self._files.url}/gone", "name": "weg.pdf"} for _ in range(missing_files)
        ]
        attachments += [
            {"url": f"{self._files.url}/a.slow", "name": "traag.mp4"} for _ in range(slow_files)
        ]
        conversation.messages[message_id] = Message(sequence, text, files)
        conversation.closed = False
        sender = self._random.choice(["visitor", "agent", "system"])
        self._publish(
            conversation_id,
            "message",
            {
                "message_id": message_id,
                "sender": {"role": sender, "name": self._random.choice(NAMES)},
                "text": text,
                "attachments": attachments,
                "sent_at": WHEN,
            },
        )
        return message_id

    def edit(self, conversation_id, message_id, text=None):
        """Edits a message."""
        message = self.conversations[conversation_id].messages[message_id]
        message.text = f"[{message.sequence}] " + (text or "nee, " + self._random.choice(WORDS))
        message.edited = True
        data = {
            "message_id": message_id,
            "sender": {"role": "visitor", "name": "Jan"},
            "text": message.text,
        }
        self._publish(conversation_id, "message-edited", data)

    def delete(self, conversation_id, message_id):
        """Deletes a message."""
        self.conversations[conversation_id].messages[message_id].deleted = True
        self._publish(conversation_id, "message-deleted", {"message_id": message_id})

    def close(self, conversation_id):
        """Closes a conversation."""
        self.conversations[conversation_id].closed = True
        self._publish(conversation_id, "closed", {})

    def play(self, count, seconds):
        """Publishes so many conversations of some 12 events in the background, all of them at once."""

        def publish():
            started = time.monotonic()
            events = list(self.acts(f"c-{number}" for number in range(count)))
            for index, act in enumerate(events):
                due = started + seconds * index / len(events)
                while (early := due - time.monotonic()) > 0:
                    self._producer.poll(early)
                act()

        self._background = threading.Thread(target=publish, daemon=True)
        self._background.start()

    def is_publishing(self):
        """Whether play() goes on."""
        return self._background is not None and self._background.is_alive()

    def serve(self):
        """Takes in acknowledgements; who publishes often need not call it."""
        self._producer.poll(0)

    def acts(self, names):
        """What happens, act by act, each to be called: conversations of those names, which may be
        without end, overlap, each in its own order.
        """
        stories = (self._story(name) for name in names)
        told = list(itertools.islice(stories, 50))
        while told:
            story = self._random.choice(told)
            act = next(story, None)
            if act is None:
                told.remove(story)
                told += itertools.islice(stories, 1)
            else:
                yield act

    def _story(self, name):
        """The acts of one conversation."""
        rng = self._random
        yield functools.partial(self.begin, name, rng.random() < 0.97)
        for sequence in range(rng.randrange(6, 13)):
            files = rng.choice([1, 2]) if rng.random() < 0.1 else 0
            text = "een lang verhaal " * 1500 if rng.random() < 0.03 else None
            yield functools.partial(self.say, name, text, files)
            if rng.random() < 0.05:
                act = rng.choice([self.edit, self.delete])
                yield functools.partial(act, name, f"m-{sequence}")
        yield functools.partial(self.close, name)

    def finish(self):
        """Waits until all is published and acknowledged."""
        if self._background:
            self._background.join()
        left = self._producer.flush(60)
        assert not left and not self._failed, f"{left} not acknowledged; {self._failed[:3]}"
