"""What happens to the process itself: signals, descriptors that are used up, a namesake."""

import resource
import signal

from broker import wait_until

SECONDS = 40
TRY_AGAIN = 75
INTERNAL = 70
FEWEST = 3  # descriptors: no new one can be had, whichever are free


def finish(stage):
    """Waits until all is done, stops the workers and judges."""
    stage.settle(SECONDS)
    stage.wait_until_committed(SECONDS)
    stage.stop_workers()
    result = stage.judge()
    assert result.is_clean(), str(result)


def test_a_second_request_to_stop_ends_it_at_once(stage):
    """It waits for a server that does not answer; a drain would wait for the time-out."""
    worker = stage.worker().start().wait_until_ready()
    stage.standin.trouble(hang_percent=100)
    stream = stage.stream(keys=5)
    stream.send(20)
    wait_until(lambda: sum(stage.standin.state()["requests"].values()) > 0, SECONDS, "it posts")
    worker.terminate()
    worker.wait_for_line("draining")
    worker.terminate()
    assert worker.wait(seconds=3) == TRY_AGAIN

    stage.standin.calm()
    worker.start().wait_until_ready()
    finish(stage)


def test_signals_that_mean_nothing_change_nothing(stage):
    """Among them the wish to read the settings again, which are broken by now."""
    worker = stage.worker().start().wait_until_ready()
    (stage.folder / "worker.conf").write_text("kafka = {")
    stream = stage.stream(keys=10)
    stream.send_over(200, 2)
    while stream.is_publishing():
        for number in (signal.SIGHUP, signal.SIGUSR1, signal.SIGPIPE, signal.SIGWINCH):
            worker.signal(number)
        stage.let_pass(0.01)
    stream.finish()
    worker.wait_for_line("state")
    worker.wait_for_line("not_reloaded")
    finish(stage)


def test_descriptors_that_are_used_up_are_waited_for(stage):
    """Neither the server nor the management port can be talked to for a while; then both can."""
    worker = stage.worker().start().wait_until_ready()
    stream = stage.stream(keys=10)
    stream.send(10)
    stage.settle(SECONDS)
    stage.standin.trouble(close_idle_ms=1)
    stage.let_pass(0.5)
    limits = resource.prlimit(worker.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(worker.pid, resource.RLIMIT_NOFILE, (FEWEST, limits[1]))

    def is_hindered():  # once no kept connection is left
        stream.send(1)
        return worker.lines("retrying")

    wait_until(is_hindered, SECONDS, "a post finds no descriptor")
    resource.prlimit(worker.pid, resource.RLIMIT_NOFILE, limits)
    wait_until(lambda: worker.get("/livez")[0] == 200, SECONDS, "the port answers")
    finish(stage)


def test_of_two_with_one_name_one_ends_and_says_why(stage):
    name = {"IRESERVE_KAFKA_GROUP_INSTANCE_ID": "worker-0"}
    first = stage.worker("first", name).start().wait_until_ready()
    stage.stream(keys=10).send(50)
    second = stage.worker("second", name).start()
    assert first.wait(SECONDS) == INTERNAL, first.describe()
    assert "fenced" in first.wait_for_line("kafka_fatal")["why"]
    second.wait_until_ready()
    finish(stage)
