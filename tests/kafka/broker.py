"""One Kafka broker as a process: its ports, its settings file, its life and death."""

import pathlib
import random
import signal
import socket
import subprocess
import time

from installation import LauncherError

STOP_SECONDS = 30


def wait_until(condition, seconds, what, pause=0.02):
    """Waits for a condition; gives its value.  Raises when the deadline passes."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise LauncherError(f"not within {seconds} s: {what}")
        time.sleep(pause)


class Port:
    """A free port below the ephemeral range, kept from other launchers until this process ends.

    A broker that is restarted must find its port free, and a client's own port must never take
    it meanwhile; so it comes from below 32768.  The reservation is an abstract socket name, which
    the kernel drops with the process.
    """

    def __init__(self):
        for _ in range(200):
            self.number = random.SystemRandom().randrange(15000, 32000)
            if self._reserve():
                return
        raise LauncherError("found no free port between 15000 and 32000")

    def _reserve(self):
        self._guard = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._guard.bind(f"\0ireserve-test-port-{self.number}")
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", self.number))
        except OSError:
            self._guard.close()
            return False
        return True

    def release(self):
        """Lets others have it."""
        self._guard.close()

    def is_open(self):
        """Whether somebody listens there."""
        try:
            socket.create_connection(("127.0.0.1", self.number), timeout=1).close()
        except OSError:
            return False
        return True

    def __str__(self):
        return str(self.number)


class Broker:
    """One node: broker and controller in one process, always on the same ports."""

    def __init__(self, kafka, node, folder, settings, flags):
        """Writes the settings file; `folder` is the node's own."""
        self.node = node
        self.process = None
        self._folder = pathlib.Path(folder)
        self._log_file = self._folder / "broker.log"
        settings_file = self._folder / "broker.properties"
        lines = [f"{name}={value}" for name, value in settings.items()]
        settings_file.write_text("\n".join(lines) + "\n")
        self._command = kafka.command("kafka.Kafka", str(settings_file), flags=flags)

    def is_running(self):
        """Whether the process is there; it may not answer yet."""
        return self.process is not None and self.process.poll() is None

    def start(self):
        """Starts the process.  It dies with this one, however this one dies."""
        if self.is_running():
            return
        with open(self._log_file, "ab") as log:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *self._command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                start_new_session=True,  # a Ctrl-C is for the test, which then stops the broker
            )

    def stop(self):
        """Shuts down in order, as for a rolling update."""
        if not self.is_running():
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise LauncherError(f"broker {self.node} did not stop:\n{self.log_tail()}") from None

    def kill(self):
        """Ends it at once, as a crash does."""
        if self.is_running():
            self.process.kill()
            self.process.wait()

    def freeze(self):
        """Lets it do nothing, as a machine that hangs: connections stay, answers do not come."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        """Lets a frozen one go on."""
        self.process.send_signal(signal.SIGCONT)

    def restart(self):
        """Stops and starts; Cluster.wait_until_ready() tells when it answers again."""
        self.stop()
        self.start()

    def log_tail(self):
        """The end of what the broker said, for error messages."""
        return self._log_file.read_text(errors="replace")[-4000:] if self.process else ""
