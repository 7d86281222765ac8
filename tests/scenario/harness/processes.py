"""Programs under test: they die with the test, and all that they say is kept."""

import os
import shlex
import subprocess


def program(variable):
    """The path of a program under test, which CTest tells by a variable."""
    path = os.environ.get(variable)
    if not path:
        raise RuntimeError(f"${variable} is not set; CTest sets it to the program under test")
    if not os.access(path, os.X_OK):
        raise RuntimeError(f"${variable}: {path} is not a program; is it built?")
    return path


def wrapper():
    """What workers run under, such as valgrind: the words of $SCENARIO_WRAPPER."""
    return shlex.split(os.environ.get("SCENARIO_WRAPPER", ""))


def start(command, output, folder, environment=None, **options):
    """Starts a program whose stderr goes to a file, and its stdout, too, unless told otherwise."""
    stdout = options.pop("stdout", None)
    with open(output, "ab") as file:
        return subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *command],
            stdin=subprocess.DEVNULL,
            stdout=file if stdout is None else stdout,
            stderr=file,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
            **options,
        )


def tail(path, lines=40):
    """The end of a file, for error messages; empty when there is none."""
    if not path.exists():
        return ""
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
