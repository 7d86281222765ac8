"""The worker as a process: start, stop, kill, readiness, metrics, log lines."""

import json
import pathlib
import re
import signal
import subprocess
import threading
import urllib.error
import urllib.request

from broker import wait_until

from harness import processes

READY_SECONDS = 40
STOP_SECONDS = 20
PROBE_SECONDS = 5

METRIC = re.compile(r"^(?P<name>[a-z_]+(?:\{[^}]*\})?) (?P<value>\S+)$", re.MULTILINE)


class Worker:
    """One worker that may live several lives; each has its own output file."""

    def __init__(self, name, folder, settings_file, environment=None):
        self.name = name
        self._folder = pathlib.Path(folder)
        self._settings_file = settings_file
        self._environment = environment or {}
        self._process = None
        self._lives = 0
        self.heard = []  # what the management port answered, for the search for secrets

    @property
    def output(self):
        """The file with what the present life says, on stdout and stderr."""
        return self._folder / f"{self.name}.{self._lives}.log"

    @property
    def pid(self):
        """Of the present life."""
        return self._process.pid

    def is_running(self):
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def start(self, through=(), stdout=None):
        """Starts a new life; gives the worker, so that wait_until_ready() can follow.

        `through`: what it is started by; `stdout`: where its log goes instead of into output.
        """
        assert not self.is_running(), f"{self.name} runs already"
        self._lives += 1
        path = processes.program("IRESERVE_MATTERMOST")
        command = [*through, *processes.wrapper(), path, "--settings", str(self._settings_file)]
        self._process = processes.start(
            [*command, "run"], self.output, self._folder, self._environment, stdout=stdout
        )
        return self

    def run(self, *arguments):
        """Runs another subcommand with the same settings to its end; gives it with its output."""
        path = processes.program("IRESERVE_MATTERMOST")
        command = [*processes.wrapper(), path, "--settings", str(self._settings_file), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.heard += [done.stdout, done.stderr]
        return done

    def signal(self, number):
        """Sends a signal."""
        self._process.send_signal(number)

    def freeze(self):
        """Lets it do nothing, as a machine that hangs; kill() works all the same."""
        self.signal(signal.SIGSTOP)

    def thaw(self):
        """Lets a frozen one go on."""
        self.signal(signal.SIGCONT)

    def terminate(self):
        """Asks it to drain; wait() tells how it ended."""
        self._process.terminate()

    def wait(self, seconds=STOP_SECONDS):
        """Waits for its end; gives the exit status."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} runs on after {seconds} s") from None

    def stop(self):
        """Drains and ends; anything but exit code 0 is a failure."""
        self.terminate()
        status = self.wait()
        assert status == 0, f"{self.name} ended with {status}:\n{processes.tail(self.output)}"

    def kill(self):
        """Ends it as a crash does."""
        if self.is_running():
            self._process.kill()
            self._process.wait()

    def lines(self, event=None):
        """The log lines of this life, all or those of one event."""
        parsed = []
        for line in self.output.read_text(errors="replace").splitlines():
            try:
                parsed.append(json.loads(line))
            except ValueError:
                continue  # the last line may be half written; sanitizers write plain text
        return [line for line in parsed if event in (None, line.get("event"))]

    def wait_for_line(self, event, seconds=20):
        """Waits for a log line; gives the first."""
        what = f"{self.name} says {event}"
        return wait_until(lambda: self.lines(event), seconds, what)[0]

    def _management_address(self):
        """Where the management port is; the log names it, as it is a free one."""
        for line in self.lines("started"):
            return line["management"]
        return None

    def get(self, path, headers=None):
        """Asks the management port; gives (status, body), or (0, "") when nobody answers."""
        address = self._management_address()
        if not address:
            return 0, ""
        request = urllib.request.Request(f"http://{address}{path}", headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=PROBE_SECONDS) as answer:
                status, body = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, body = error.code, error.read().decode()
        except OSError:
            return 0, ""
        self.heard.append(body)
        return status, body

    def get_in_background(self, path):
        """Asks, whether or not somebody answers; gives the thread that waits."""
        asking = threading.Thread(target=self.get, args=(path,), daemon=True)
        asking.start()
        return asking

    def is_ready(self):
        """Whether /readyz agrees; an early end is an error, not a "not yet"."""
        if not self.is_running():
            status = self._process.returncode
            raise AssertionError(f"{self.name} ended ({status}):\n{processes.tail(self.output)}")
        return self.get("/readyz")[0] == 200

    def wait_until_ready(self, seconds=READY_SECONDS):
        """Waits until it has joined the group and works; gives the worker."""
        wait_until(self.is_ready, seconds, f"{self.name} is ready")
        return self

    def metrics(self):
        """{name with labels: value}, without the prefix `ireserve_mattermost_`."""
        status, body = self.get("/metrics")
        assert status == 200, f"{self.name}: /metrics answered {status}"
        found = METRIC.finditer(body)
        return {
            match["name"].removeprefix("ireserve_mattermost_"): float(match["value"])
            for match in found
        }

    def outputs(self):
        """The output files of all lives."""
        return sorted(self._folder.glob(f"{self.name}.*.log"))

    def describe(self):
        """For the report of a test that failed."""
        state = "runs" if self.is_running() else "does not run"
        return f"{self.name} {state}, life {self._lives}\n{processes.tail(self.output)}"
