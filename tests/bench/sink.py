"""What the benchmarks share: plausible events, and the stand-in for Mattermost that takes them."""

import json
import subprocess
import time
import urllib.request


def event(number, licence="bench", kind="booking_created"):
    """A plausible notification, some 700 bytes."""
    label = f"IRES{3000 + number % 7000}"
    return json.dumps({
        "specversion": "1.0", "id": f"bench-{number}", "source": "https://zeezicht.i-reserve.nl",
        "type": "nl.ireserve.notification.v1", "time": "2026-11-23T09:15:00Z", "licence": licence,
        "subject": label, "datacontenttype": "application/json",
        "data": {"type": kind, "title": "Nieuwe boeking",
                 "text": f"Familie De Vries, 2 nachten, kamer {number % 40}. Graag een kinderbedje, late aankomst.",
                 "label": label, "url": f"https://zeezicht.i-reserve.nl/admin.php?booking={number}",
                 "severity": "info",
                 "fields": [{"title": "Aankomst", "value": "2026-12-04", "short": True},
                            {"title": "Personen", "value": "4", "short": True}],
                 "occurred_at": "2026-11-23T09:15:00Z"}}).encode()


class Sink:
    """The stand-in for Mattermost as a process of its own."""

    def __init__(self, program, folder, setup):
        file = folder / "setup.json"
        file.write_text(json.dumps(setup))
        self.process = subprocess.Popen([program, "--setup", str(file)], stdout=subprocess.PIPE)
        ports = json.loads(self.process.stdout.readline())
        self.url = f"http://127.0.0.1:{ports['port']}"
        self._control = f"http://127.0.0.1:{ports['control_port']}/_standin"

    def _tell(self, what, **body):
        data = json.dumps(body).encode()
        urllib.request.urlopen(urllib.request.Request(f"{self._control}/{what}", data=data)).read()

    def trouble(self, **faults):
        """Switches faults on; None switches one off."""
        self._tell("faults", **faults)

    def set_member(self, channel, user, is_in):
        """Takes an account into a channel or out of it."""
        self._tell("members", **{"channel": channel, "user": user, "in": is_in})

    def posts(self):
        """How many posts there are."""
        return json.load(urllib.request.urlopen(f"{self._control}/state"))["posts"]

    def journal(self):
        """All accepted posts, in order."""
        posts = []
        while lines := urllib.request.urlopen(
                f"{self._control}/journal?from={len(posts)}").read().splitlines():
            posts += [json.loads(line) for line in lines]
        return posts

    def stop(self):
        """Ends the process."""
        self.process.terminate()
        self.process.wait()


def wait_until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"gave up waiting: {what}")
        time.sleep(0.002)
