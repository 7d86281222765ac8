"""Workers come and go, the broker restarts, the server makes trouble: nothing lost, nothing twice.

The rule of the numbers: every scenario ends healed and drained before it is judged.
"""

from broker import wait_until

from harness.scale import SCALE


def finish(stage, stream):
    """Heals everything, waits until all is done, stops the workers; gives the judgement."""
    stream.finish()
    stage.standin.calm()
    stage.settle(SCALE.patience)
    stage.wait_until_committed(SCALE.patience)
    stage.stop_workers()
    result = stage.judge()
    assert result.is_clean(), str(result)
    return result


def start_stream(stage):
    """Has the records come in the background."""
    stream = stage.stream(keys=SCALE.keys)
    stream.send_over(SCALE.records, SCALE.seconds)
    return stream


def test_three_workers_join_and_leave(stage):
    workers = [stage.worker(f"worker-{number}") for number in range(3)]
    for worker in workers:
        worker.start().wait_until_ready()
    stage.trouble_as_usual()
    stream = start_stream(stage)
    stage.let_pass(SCALE.seconds / 4)
    stage.standin.refuse_for(SCALE.refuse_seconds)
    moves = 0
    while stream.is_publishing() or moves < 3:
        move(stage, stage.random.choice(workers))
        moves += 1
        stage.let_pass(stage.random.uniform(0.3, 3))
    for worker in workers:
        if not worker.is_running():
            worker.start().wait_until_ready()
    print(f"moves: {moves}")
    finish(stage, stream)


def test_workers_that_stop_while_the_group_rebalances_commit_first(stage):
    """While it does, no commit is accepted: whoever leaves then leaves repeats behind."""
    stage.settings.delivery["drain_ms"] = 25000  # the default: it has to outlast the rebalance
    workers = [stage.worker(f"worker-{number}") for number in range(3)]
    stream = stage.stream(keys=30)
    for _ in range(SCALE.kills):
        for worker in workers[:2]:
            worker.start().wait_until_ready()
        stage.settle(30)
        workers[2].start().wait_for_line("started")
        stream.send(60)
        stage.settle(30)
        stage.stop_workers()
        assert not stage.judge_commits(), "posted and not committed"
    assert stage.judge().is_clean()


def test_a_worker_that_stops_while_it_hands_partitions_over_ends_well(stage):
    """What is on the wire outlasts the drain: the group is left amid a revocation."""
    stage.settings.delivery["drain_ms"] = 1000
    leaver = stage.worker("leaver").start().wait_until_ready()
    heir = stage.worker("heir")
    stage.standin.trouble(hang_percent=100)
    stage.stream(keys=30).send(60)
    wait_until(lambda: leaver.metrics()["in_flight"] > 0, 20, "posts hang")
    heir.start()
    leaver.wait_for_line("revoked")
    leaver.stop()
    stage.standin.calm()
    stage.settle(SCALE.patience)
    stage.stop_workers()
    result = stage.judge()
    assert not (result.lost or result.out_of_order or result.phantom), str(result)


def move(stage, worker):
    """A worker that runs leaves (unless it is the last), one that does not joins."""
    if not worker.is_running():
        worker.start().wait_for_line("started")
    elif sum(other.is_running() for other in stage.workers) > 1:
        worker.stop()


def test_the_broker_stops_and_starts_twice(stage):
    worker = stage.worker().start().wait_until_ready()
    stage.trouble_as_usual()
    stream = start_stream(stage)
    for _ in range(2):
        stage.let_pass(SCALE.seconds / 4)
        stage.cluster.brokers[0].stop()
        stage.let_pass(stage.random.uniform(0.5, 1.5))
        stage.cluster.start()
    stage.standin.refuse_for(SCALE.refuse_seconds)
    finish(stage, stream)
    assert worker.outputs() == [worker.output], "the worker lived through it"
