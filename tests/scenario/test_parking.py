"""A channel or server that is closed: its records are set aside, and nobody else waits for it."""

import signal

from broker import wait_until

CLOSED = "payment_received"


def set_members(stage, is_in):
    """Has all bots out of one channel, or in it again."""
    for licence in stage.licences():
        stage.standin.set_member(stage.channels[CLOSED], licence, is_in)


def start(stage, name, **parking):
    """A worker with a window that is soon full."""
    stage.settings.delivery["window"] = 50
    stage.settings.parking = parking
    return stage.worker(name).start().wait_until_ready()


def test_who_comes_later_delivers_what_was_set_aside(stage):
    worker = start(stage, "first")
    set_members(stage, False)
    stage.stream(keys=100).send(800)
    stage.wait_until_committed(60)
    metrics = worker.metrics()
    parked = stage.parked()
    assert len(parked) == metrics["parked_records"] > 150
    assert metrics["parked_routes"] >= 1
    assert metrics["waiting_records"] == 0
    worker.kill()

    second = start(stage, "second")
    wait_until(lambda: second.metrics()["parked_records"] == len(parked), 30, "all are taken over")
    set_members(stage, True)
    second.signal(signal.SIGHUP)
    stage.settle(30)
    wait_until(lambda: not stage.parked(), 10, "nothing is parked any more")
    assert second.metrics()["parked_records"] == 0
    stage.stop_workers()
    assert stage.judge().is_clean()


def test_a_hand_over_hands_them_over(stage):
    start(stage, "first")
    set_members(stage, False)
    stage.stream(keys=50).send(300)
    stage.wait_until_committed(60)
    parked = len(stage.parked())
    stage.stop_workers()
    set_members(stage, True)

    start(stage, "second")
    stage.settle(60)
    wait_until(lambda: not stage.parked(), 60, "nothing is parked any more")
    assert parked > 0
    stage.stop_workers()
    assert stage.judge().is_clean()


def test_when_no_room_is_left_partitions_wait_and_say_so(stage):
    worker = start(stage, "worker", max_records=20)
    set_members(stage, False)
    stream = stage.stream(keys=100)
    stream.send(800)
    worker.wait_for_line("parking_full")
    wait_until(lambda: worker.metrics()["parked_records"] == 20, 30, "the room is used")
    assert stage.committed() != stage.ends()
    set_members(stage, True)
    worker.signal(signal.SIGHUP)
    stage.settle(60)
    stage.wait_until_committed(30)
    stage.stop_workers()
    assert stage.judge().is_clean()
