"""The stand-in for Mattermost as a process: its switchboard and its journal, the ground truth."""

import json
import pathlib
import subprocess
import threading
import urllib.error
import urllib.request

from broker import wait_until

from harness import processes

CONTROL_SECONDS = 30  # it answers at once, but for a machine that is busy


class StandinError(Exception):
    """The stand-in did not do what it was told."""


class Standin:
    """One server.  It is never killed, so its journal survives whatever happens to the workers."""

    def __init__(self, folder):
        """Starts it; it listens when this returns."""
        self._output = pathlib.Path(folder) / "standin.log"
        command = [processes.program("MATTERMOST_STANDIN")]
        self._process = processes.start(command, self._output, folder, stdout=subprocess.PIPE)
        line = self._process.stdout.readline()
        if not line:
            raise StandinError(f"the stand-in did not start:\n{processes.tail(self._output)}")
        told = json.loads(line)
        self.port = told["port"]
        self._control_port = told["control_port"]
        self._journal = []
        self._refusal = None

    @property
    def url(self):
        """What an integration's `server_url` is set to."""
        return f"http://127.0.0.1:{self.port}"

    def _control(self, name, body=None):
        """Asks the control port; a body makes it a POST."""
        url = f"http://127.0.0.1:{self._control_port}/_standin/{name}"
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(url, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=CONTROL_SECONDS) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            raise StandinError(f"{name}: {error.code} {error.read().decode()}") from None

    def set_up(self, **what):
        """Makes bots, teams and channels; gives their ids."""
        return json.loads(self._control("setup", what))

    def trouble(self, **faults):
        """Switches faults on; None switches one off."""
        self._control("faults", faults)

    def refuse_for(self, seconds):
        """Refuses connections for a while; the caller goes on meanwhile."""
        self.trouble(refuse=True)
        self._refusal = threading.Timer(seconds, self.trouble, kwargs={"refuse": False})
        self._refusal.daemon = True
        self._refusal.start()

    def calm(self):
        """Switches all faults off that hinder deliveries."""
        if self._refusal:
            self._refusal.cancel()
            self._refusal.join()
        self.trouble(
            refuse=None,
            answers=None,
            latency_ms=None,
            cut_before_percent=None,
            cut_after_accept_percent=None,
            close_idle_ms=None,
            hang_percent=None,
            bad_token=None,
            drip_ms=None,
        )

    def set_member(self, channel, user, is_in):
        """Takes an account into a channel or out of it."""
        self._control("members", {"channel": channel, "user": user, "in": is_in})

    def state(self):
        """Counts of requests and connections, and the faults in force."""
        return json.loads(self._control("state"))

    def posts(self, channel):
        """All posts of a channel as they are now, deleted ones too, oldest first."""
        lines = self._control(f"posts?channel={channel}").splitlines()
        return [json.loads(line) for line in lines]

    def delete(self, **what):
        """Somebody deletes posts; gives their ids."""
        return json.loads(self._control("delete", what))

    def archive(self, channel, archived):
        """Archives a channel, or opens it again."""
        self._control("archive", {"channel": channel, "archived": archived})

    def journal(self):
        """All accepted posts so far, in order."""
        while True:
            lines = self._control(f"journal?from={len(self._journal)}").splitlines()
            if not lines:
                return self._journal
            self._journal.extend(json.loads(line) for line in lines)

    def wait_for_posts(self, count, seconds):
        """Waits until so many posts were accepted; gives them."""
        what = f"{count} posts are accepted"
        return wait_until(lambda: len(self.journal()) >= count and self._journal, seconds, what)

    def stop(self):
        """Ends the process."""
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    def describe(self):
        """For the report of a test that failed."""
        return f"posts accepted: {len(self._journal)}\n{processes.tail(self._output)}"
