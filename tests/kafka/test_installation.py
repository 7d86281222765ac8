"""The cache of jars: fetched once, whole or not at all, also by two test runs at once."""

import os
import pathlib
import subprocess
import sys

import installation
import pytest

# A Maven that takes its jars from the installation that is there already, and notes each call.
FAKE_MVN = """#!/bin/sh
echo called >>"$CALLS"
for word; do case "$word" in -DoutputDirectory=*) folder=${word#-DoutputDirectory=} ;; esac; done
mkdir -p "$folder" && cp -s "$JARS"/*.jar "$folder"/
exit "$STATUS"
"""

INSTALL = "import installation; print(installation.install().folder)"


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """An empty cache, and a Maven that needs no network."""
    real = installation.install().folder
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "mvn").write_text(FAKE_MVN)
    (programs / "mvn").chmod(0o755)
    settings = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "CALLS": str(tmp_path / "calls"),
        "JARS": str(real / "jars"),
        "STATUS": "0",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "PYTHONPATH": str(pathlib.Path(installation.__file__).parent),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def start_install():
    return subprocess.Popen([sys.executable, "-c", INSTALL], stdout=subprocess.PIPE, text=True)


def left_in_cache(environment):
    return sorted(path.name for path in (environment / "cache" / "ireserve-mattermost").iterdir())


def test_two_at_once_fetch_once(environment):
    runs = [start_install(), start_install()]
    folders = {run.communicate(timeout=60)[0].strip() for run in runs}
    assert folders == {str(installation.cache_folder() / f"kafka-{installation.kafka_version()}")}
    assert (environment / "calls").read_text() == "called\n"


def test_a_fetch_that_fails_leaves_nothing_and_is_tried_again(environment, monkeypatch):
    monkeypatch.setenv("STATUS", "1")
    with pytest.raises(installation.LauncherError, match="mvn failed"):
        installation.install()
    assert left_in_cache(environment) == ["kafka.lock"]

    monkeypatch.setenv("STATUS", "0")
    installed = installation.install()
    assert list((installed.folder / "jars").glob("kafka-clients-*.jar"))


def test_the_version_is_one_that_the_tests_were_written_for():
    assert installation.kafka_version().startswith("4.1.")
