"""Calls of libc that fail: memory, sockets, connections that come in, stdout.

Whatever fails, the worker goes on or ends on purpose, and after a restart nothing is lost, twice or
out of order: so nothing was committed before it was done.  Each number of an allocation is a case of
its own; the short form tries some of them, SCENARIO_SCALE=full all.
"""

import collections
import errno
import os
import signal
import time

import pytest
from broker import wait_until

from harness import checker, faults, processes
from harness.scale import IS_FULL

SECONDS = 30
SAMPLES = 16

# What a worker says when it ends on purpose: common/must.
ON_PURPOSE = "this must hold and does not"


class Scene:
    """A few records of every kind; each time it is played they are others."""

    def __init__(self, stage):
        self.stage = stage
        self.chats = stage.chats()
        self.stream = stage.stream(keys=3)
        self.played = 0

    def play(self):
        """Publishes."""
        self.played += 1
        name = f"c-{self.played}"
        self.stream.send(3)
        self.chats.begin(name)
        self.chats.say(name, files=1, missing_files=1)
        edited = self.chats.say(name)
        deleted = self.chats.say(name)
        self.chats.edit(name, edited)
        self.chats.delete(name, deleted)
        self.chats.close(name)
        self.chats.finish()

    def is_done(self):
        """Whether everything is done and committed."""
        return self.stage.committed() == self.stage.ends() and self.stage.chats_are_done()

    def judge_commits(self):
        """No notification below the commit is without its post; judge() tells of conversations."""
        committed = self.stage.committed()  # first: a post that comes later does no harm
        posted = {checker.event_and_part(post)[0] for post in self.stage.standin.journal()}
        below = [record for record in self.stage.sent() if record.offset < committed[record.partition]]
        early = [record for record in below if record.event not in posted]
        assert not early, f"committed before they were done: {early[:3]}"

    def judge(self):
        """Nothing is lost, twice or out of order, and nothing was given up."""
        result = self.stage.judge()  # to which the posts of conversations are phantoms
        assert not (result.lost or result.twice or result.out_of_order), str(result)
        verdict = self.stage.judge_chats(self.chats)
        assert verdict.is_clean(), str(verdict)
        assert self.stage.letters() == []


@pytest.fixture
def control(tmp_path):
    """The shim's file."""
    return faults.Faults(tmp_path)


@pytest.fixture
def worker(make_stage, control):
    """A worker with the shim, ready; known by name, so that it has its partitions back at once."""
    stage = make_stage(chats=True, partitions=1)
    name = {"IRESERVE_KAFKA_GROUP_INSTANCE_ID": "worker-0"}
    made = stage.worker(environment={**control.environment(), **name})
    made.stage = stage
    return made.start().wait_until_ready()


def judge_end(worker, what):
    """It ended on purpose, as it does when memory is used up; anything else is a bug."""
    status = worker.wait()
    said = processes.tail(worker.output)
    assert status == -signal.SIGABRT and ON_PURPOSE in said, f"{what}: ended with {status}\n{said}"


def go_through(worker, scene, control, number, times):
    """Plays the scene while an allocation fails; says what became of the worker."""
    control.arm(faults.ALLOCATION, number, times, errno.ENOMEM)
    scene.play()
    worker.get("/metrics")
    what = f"allocation {number}"
    wait_until(lambda: not worker.is_running() or scene.is_done(), SECONDS, f"{what}: an end")
    control.disarm()
    place = control.place
    if worker.is_running():
        return "went on" if control.failed else "was not reached", place
    judge_end(worker, f"{what} at {place}")
    scene.judge_commits()
    worker.start().wait_until_ready()
    wait_until(scene.is_done, SECONDS, f"{what} at {place}: everything is done after a restart")
    return "ended on purpose", place


def numbers_up_to(count):
    """All numbers, or some that are as far from each other as can be."""
    if IS_FULL:
        return range(1, count + 1)
    return sorted({1 + index * (count - 1) // (SAMPLES - 1) for index in range(SAMPLES)})


def test_each_allocation_may_fail(worker, control):
    scene = Scene(worker.stage)
    scene.play()
    wait_until(scene.is_done, SECONDS, "everything is done")
    control.arm(faults.ALLOCATION)
    scene.play()
    worker.get("/metrics")
    wait_until(scene.is_done, SECONDS, "everything is done")
    control.disarm()
    count = control.seen
    assert count > 100, "the shim sees nothing: is it the first library?"

    outcomes = collections.Counter()
    for number in numbers_up_to(count):
        outcome, place = go_through(worker, scene, control, number, times=1)
        outcomes[outcome] += 1
        print(f"allocation {number} of {count}, {place}: {outcome}")
    print(dict(outcomes))
    assert outcomes["ended on purpose"] > 0
    worker.stop()
    scene.judge()


def test_memory_that_stays_used_up_ends_it_on_purpose(worker, control):
    scene = Scene(worker.stage)
    for number in (1, 40):
        outcome, _ = go_through(worker, scene, control, number, times=faults.FOR_EVER)
        assert outcome == "ended on purpose"
    worker.stop()
    scene.judge()


def test_descriptors_that_are_used_up_are_waited_for(worker, control):
    """No new connection to the server can be made for a while: it is tried again."""
    scene = Scene(worker.stage)
    worker.stage.standin.trouble(close_idle_ms=1)
    scene.play()
    wait_until(scene.is_done, SECONDS, "everything is done")
    control.arm(faults.SOCKET, 1, 5, errno.EMFILE)
    scene.play()
    wait_until(scene.is_done, SECONDS, "everything is done")
    assert control.failed == 5
    worker.stop()
    scene.judge()


def seconds_of_work(worker):
    """How long the process has computed."""
    with open(f"/proc/{worker.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_who_asks_the_management_port_in_vain_hinders_nobody(worker, control):
    """There is no descriptor for a connection that came: it is taken later, and costs nothing."""
    scene = Scene(worker.stage)
    control.arm(faults.ACCEPT, 1, faults.FOR_EVER, errno.EMFILE)
    asking = worker.get_in_background("/livez")
    wait_until(lambda: control.failed > 0, SECONDS, "a connection is not taken")
    scene.play()
    wait_until(scene.is_done, SECONDS, "everything is done")
    before, began = seconds_of_work(worker), time.monotonic()
    worker.stage.let_pass(2)
    share = (seconds_of_work(worker) - before) / (time.monotonic() - began)
    control.disarm()
    assert share < 0.5, f"it turns in vain: {share:.0%} of a processor"
    asking.join()
    wait_until(lambda: worker.get("/livez")[0] == 200, SECONDS, "the port answers again")
    worker.stop()
    scene.judge()


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EPIPE, errno.EIO])
def test_a_log_that_cannot_be_written_delays_nothing(worker, control, error):
    scene = Scene(worker.stage)
    control.arm(faults.OUTPUT, 1, faults.FOR_EVER, error)
    scene.play()
    wait_until(scene.is_done, SECONDS, "everything is done")
    assert control.failed > 0
    assert worker.metrics()["log_lines_dropped_total"] > 0
    control.disarm()
    worker.stop()
    scene.judge()
