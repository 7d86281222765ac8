"""Notifications and conversations, mixed, published at an even pace until told to stop."""

import contextlib
import itertools
import random
import threading
import time

KEYS = 60
CHATS_SHARE = 0.55


class Traffic:
    """Publishes in the background from start() to stop()."""

    def __init__(self, stage, seed, per_second):
        self._random = random.Random(seed)
        self._per_second = per_second
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._error = None
        self.stream = stage.stream(keys=KEYS)
        self.chats = stage.chats()
        self._acts = self.chats.acts(f"c-{number}" for number in itertools.count())

    def start(self):
        """Begins; gives itself."""
        self._thread.start()
        return self

    def check_alive(self):
        """An error that ended it is the caller's."""
        if self._error:
            raise self._error

    def give_up(self):
        """Publishes no more."""
        self._stopping.set()
        self._thread.join()

    def stop(self):
        """Publishes no more, and waits until all is acknowledged."""
        self.give_up()
        self.check_alive()
        self.stream.finish()
        self.chats.finish()

    @contextlib.contextmanager
    def paused(self):
        """Nothing is published meanwhile, so that what was does not change."""
        with self._lock:
            yield

    def _run(self):
        try:
            began = time.monotonic()
            for number in itertools.count():
                late = time.monotonic() - began - number / self._per_second
                if self._stopping.wait(max(0.0, -late)):
                    return
                with self._lock:
                    self._publish_one()
        except Exception as error:
            self._error = error

    def _publish_one(self):
        if self._random.random() < CHATS_SHARE:
            next(self._acts)()
            self.stream.serve()
        else:
            self.stream.send_one()
            self.chats.serve()
