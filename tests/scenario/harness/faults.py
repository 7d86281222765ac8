"""Has calls of libc fail inside of a worker: the other side of tests/faults/shim.c."""

import mmap
import os
import struct

from harness import processes

SIZE = 4096
NUMBERS = struct.Struct("=6Q")  # kind, first, times, error, seen, failed
PLACE = slice(NUMBERS.size, NUMBERS.size + 256)

ALLOCATION, SOCKET, ACCEPT, OUTPUT = 1, 2, 3, 4
FOR_EVER = 2**63


class Faults:
    """What is to fail; the file outlives the worker, and so does what is counted in it."""

    def __init__(self, folder):
        self._path = folder / "faults"
        self._path.write_bytes(bytes(SIZE))
        with open(self._path, "r+b") as file:
            self._memory = mmap.mmap(file.fileno(), SIZE)

    def environment(self):
        """What a worker needs to be started with."""
        # The shim stands before the sanitizers; what the loader allocates looks like a leak to them.
        options = [os.environ.get("ASAN_OPTIONS", ""), "verify_asan_link_order=0", "detect_leaks=0"]
        return {
            "LD_PRELOAD": processes.program("FAULTS_SHIM"),
            "FAULTS_CONTROL": str(self._path),
            "ASAN_OPTIONS": ":".join(filter(None, options)),
        }

    def arm(self, kind, first=0, times=1, error=0):
        """Counts calls from now on, and has the `first` and those behind it fail."""
        self._memory[PLACE] = bytes(256)
        self._memory[: NUMBERS.size] = NUMBERS.pack(0, first, times, error, 0, 0)
        self._memory[:8] = struct.pack("=Q", kind)

    def disarm(self):
        """Lets everything succeed again."""
        self._memory[:8] = bytes(8)

    @property
    def seen(self):
        """Calls since arm()."""
        return NUMBERS.unpack(self._memory[: NUMBERS.size])[4]

    @property
    def failed(self):
        """How many of them failed."""
        return NUMBERS.unpack(self._memory[: NUMBERS.size])[5]

    @property
    def place(self):
        """Where the first that failed was made: object+offset, for addr2line."""
        return bytes(self._memory[PLACE]).rstrip(b"\0").decode()
