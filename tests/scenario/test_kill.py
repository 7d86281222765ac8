"""kill -9 at any moment: nothing lost, order kept, and twice no more than could be known.

Which posts were made after the last commit, a killed worker cannot tell its successor.  The
server's guard (30 s per `pending_post_id`) catches their repeats; without it they are counted.
"""

import collections

from harness.scale import IS_FULL, SCALE
from harness.stage import place_of


def kill_and_restart(stage, workers):
    """Kills a worker at a random moment and starts it again; gives the places that were in doubt."""
    stage.let_pass(stage.random.uniform(0.2, 1.5))
    victim = stage.random.choice(workers)
    victim.kill()
    in_doubt = stage.judge_commits()
    victim.start()
    victim.wait_until_ready()
    return in_doubt


def run(stage, workers):
    """Kills through a stream of records, heals, drains; gives what was in doubt at the kills."""
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.wait_until_ready()
    stage.trouble_as_usual()
    stream = stage.stream(keys=SCALE.keys)
    stream.send_over(SCALE.records, SCALE.seconds)
    in_doubt = [kill_and_restart(stage, workers)]
    stage.standin.refuse_for(SCALE.refuse_seconds)
    in_doubt += [kill_and_restart(stage, workers) for _ in range(kills_of(workers) - 1)]
    stream.finish()
    stage.standin.calm()
    stage.settle(SCALE.patience)
    stage.wait_until_committed(SCALE.patience)
    stage.stop_workers()
    print(f"kills: {len(in_doubt)}, in doubt at each: {[len(places) for places in in_doubt]}")
    return in_doubt


def kills_of(workers):
    """A takeover costs the session's time unless the worker is known by name: fewer in short."""
    return SCALE.kills if IS_FULL or len(workers) == 1 else SCALE.kills // 2


def test_with_the_guard_of_the_server_nothing_is_twice(stage):
    workers = [stage.worker(f"worker-{number}") for number in range(3 if IS_FULL else 2)]
    run(stage, workers)
    result = stage.judge()
    assert result.is_clean(), str(result)


def test_without_the_guard_twice_is_bounded_by_what_was_not_committed(stage):
    stage.standin.trouble(dedup_guard=False)
    # Known by name, it has its partitions back at once: the kills come in quick succession.
    worker = stage.worker(environment={"IRESERVE_KAFKA_GROUP_INSTANCE_ID": "worker-0"})
    in_doubt = run(stage, [worker])
    result = stage.judge()
    posted = collections.Counter(place_of(post) for post in stage.standin.journal())
    again = posted - collections.Counter(list(posted))
    allowed = collections.Counter(place for places in in_doubt for place in places)
    print(f"posted again: {again.total()}; could not be known: {allowed.total()}")
    assert not (result.lost or result.out_of_order or result.phantom), str(result)
    assert not again - allowed, "a post was repeated that was committed, or without a kill"
