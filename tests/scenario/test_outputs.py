"""Whatever becomes of stdout and stderr: deliveries go on, and the worker ends as it should."""

import fcntl
import os

import pytest

SECONDS = 40
RECORDS = 300


@pytest.fixture
def go_through(stage):
    """Has a worker whose log goes somewhere odd deliver records to the end."""
    stage.settings.log_level = "debug"

    def go(**how):
        worker = stage.worker().start(**how)
        stage.stream(keys=20).send(RECORDS)
        stage.settle(SECONDS)
        result = stage.judge()
        assert result.is_clean(), str(result)
        stage.wait_until_committed(SECONDS)
        worker.terminate()
        assert worker.wait() == 0

    return go


def test_a_full_disk_delays_nothing(go_through):
    with open("/dev/full", "wb") as full:
        go_through(stdout=full)


@pytest.fixture
def pipe():
    """Both ends of a pipe that holds no more than a page."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    ends = {"reader": reader, "writer": writer}
    yield ends
    for end in ends.values():
        os.close(end)


def test_a_reader_that_reads_nothing_delays_nothing(go_through, pipe):
    go_through(stdout=pipe["writer"])
    os.set_blocking(pipe["reader"], False)
    assert os.read(pipe["reader"], 4096), "nothing was logged"


def test_a_reader_that_is_gone_delays_nothing(go_through, pipe):
    os.close(pipe.pop("reader"))
    go_through(stdout=pipe["writer"])


def test_closed_streams_delay_nothing(go_through):
    go_through(through=["sh", "-c", 'exec "$@" >&- 2>&-', "sh"])


def test_no_file_is_ever_written(go_through):
    """A write to any would end it: with a disk that is full or read-only it lives as well."""
    with open("/dev/null", "wb") as nowhere:
        go_through(through=["prlimit", "--fsize=0"], stdout=nowhere)
