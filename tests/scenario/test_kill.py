"""kill -9 at any moment: nothing lost, nothing twice, order kept, whatever the server guards.

What was posted after the last commit, a killed worker tells its successor by the state topic; what
it had no time to tell is looked for in the channel, once for each that was on the wire.
"""

from harness.scale import IS_FULL, SCALE


def kill_and_restart(stage, workers):
    """Kills a worker at a random moment and starts it again; gives what was posted and not committed."""
    stage.let_pass(stage.random.uniform(0.2, 1.5))
    victim = stage.random.choice(workers)
    victim.kill()
    uncommitted = stage.judge_commits()
    victim.start()
    victim.wait_until_ready()
    return len(uncommitted)


def run(stage, workers):
    """Kills through a stream of records, heals, drains."""
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.wait_until_ready()
    stage.trouble_as_usual()
    stream = stage.stream(keys=SCALE.keys)
    stream.send_over(SCALE.records, SCALE.seconds)
    uncommitted = [kill_and_restart(stage, workers)]
    stage.standin.refuse_for(SCALE.refuse_seconds)
    uncommitted += [kill_and_restart(stage, workers) for _ in range(kills_of(workers) - 1)]
    stream.finish()
    stage.standin.calm()
    stage.settle(SCALE.patience)
    stage.wait_until_committed(SCALE.patience)
    stage.stop_workers()
    print(f"kills: {len(uncommitted)}, posted and not committed at each: {uncommitted}")


def kills_of(workers):
    """A takeover costs the session's time unless the worker is known by name: fewer in short."""
    return SCALE.kills if IS_FULL or len(workers) == 1 else SCALE.kills // 2


def test_with_the_guard_of_the_server_nothing_is_twice(stage):
    workers = [stage.worker(f"worker-{number}") for number in range(3 if IS_FULL else 2)]
    run(stage, workers)
    result = stage.judge()
    assert result.is_clean(), str(result)


def test_without_the_guard_nothing_is_twice_either(stage):
    stage.standin.trouble(dedup_guard=False)
    # Known by name, it has its partitions back at once: the kills come in quick succession.
    worker = stage.worker(environment={"IRESERVE_KAFKA_GROUP_INSTANCE_ID": "worker-0"})
    run(stage, [worker])
    result = stage.judge()
    assert result.is_clean(), str(result)
