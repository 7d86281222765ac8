"""A worker that cannot prove that its partitions are its own posts nothing: others may have them.

It is stopped for longer than its session, and for less; its broker is stopped.  Each worker has a
bot of its own here, so that the journal tells who posted what.
"""

import datetime
import signal
import time

from broker import wait_until

from harness import checker

RECORDS = 240
SESSION_MS = 6000
MARGIN_MS = 1000


def start(stage, *names):
    """Workers, each with a bot of its own, and a server that keeps them busy for a while."""
    stage.settings.delivery["in_flight_per_server"] = 2
    stage.standin.trouble(latency_ms=100)
    workers = []
    for name in names:
        for integration in stage.settings.integrations:
            integration.bot_token_file = add_bot(stage, f"{name}-{integration.licence}")
        workers.append(stage.worker(name).start())
    for worker in workers:
        worker.wait_until_ready()
    return workers


def add_bot(stage, username):
    """A bot that may post everywhere; gives the file with its token."""
    token = stage.secret(f"bot-token-{username}")
    stage.standin.set_up(bots=[{"username": username, "token": token.text}])
    for channel in stage.channels.values():
        stage.standin.set_member(channel, username, True)
    return token.file


def wait_until_shared(stage, workers):
    """Waits until each worker has its share of the partitions."""
    share = stage.partitions // len(workers)

    def is_shared():
        return all(worker.metrics()["assigned_partitions"] == share for worker in workers)

    wait_until(is_shared, 30, "each worker has its share", pause=0.2)


def send(stage):
    """Publishes more than is posted at once; gives the stream when posting has begun."""
    stream = stage.stream(keys=60)
    stream.send(RECORDS)
    stage.standin.wait_for_posts(20, 30)
    return stream


def finish(stage, doubtful=()):
    """Waits until all is done, stops the workers; nothing is lost, twice or out of order.

    `doubtful`: posts of a worker that it could not commit.  The server's guard against repeats
    goes by the bot, so another worker's repeat of them is let in here.
    """
    stage.standin.calm()
    stage.settle(60)
    stage.wait_until_committed(60)
    stage.stop_workers()
    result = stage.judge()
    excused = {checker.event_and_part(post)[0] for post in doubtful}
    assert not (result.lost or result.out_of_order or result.phantom), str(result)
    assert set(result.twice) <= excused, str(result)


def posts_of(stage, worker):
    """What a worker posted so far."""
    bots = [f"{worker.name}-{licence}" for licence in stage.licences()]
    return [post for post in stage.standin.journal() if post["username"] in bots]


def moment_of(line):
    """When a log line was written, in milliseconds since 1970."""
    return datetime.datetime.fromisoformat(line["time"]).timestamp() * 1000


def test_a_worker_that_was_stopped_for_longer_than_its_session_posts_nothing_of_others(stage):
    frozen, heir = workers = start(stage, "frozen", "heir")
    wait_until_shared(stage, workers)
    send(stage)
    before = len(heir.lines("assigned"))
    frozen.signal(signal.SIGSTOP)
    stopped = time.monotonic()
    wait_until(lambda: len(heir.lines("assigned")) > before, 20, "another has its partitions")
    print(f"another had its partitions after {time.monotonic() - stopped:.1f} s")
    done = list(posts_of(stage, frozen))
    stage.let_pass(10 - (time.monotonic() - stopped))
    assert len(stage.standin.journal()) < RECORDS, "there is nothing left that it could post"

    frozen.signal(signal.SIGCONT)
    lapsed = frozen.wait_for_line("lease_lapsed")
    regained = frozen.wait_for_line("lease_regained")
    print(f"{lapsed['why']}; regained after {regained['lapsed_ms']} ms")
    assert frozen.metrics()["lease_lapses_total"] == 1
    assert frozen.metrics()["lease_held"] == 1
    assert heir.metrics()["lease_lapses_total"] == 0
    finish(stage, done)
    late = posts_of(stage, frozen)[len(done) :]
    early = [post for post in late if post["create_at"] < moment_of(regained)]
    print(f"posts of the stopped one: {len(done)}, and later: {len(late)}")
    assert not early, f"posted without a lease: {early}"


def test_a_worker_that_was_stopped_for_less_than_its_session_goes_on(stage):
    frozen, other = workers = start(stage, "frozen", "other")
    wait_until_shared(stage, workers)
    before = [worker.metrics()["rebalances_total"] for worker in workers]
    send(stage)
    frozen.signal(signal.SIGSTOP)
    stage.let_pass(2)
    frozen.signal(signal.SIGCONT)
    finish_at = len(posts_of(stage, frozen)) + 20
    wait_until(lambda: len(posts_of(stage, frozen)) >= finish_at, 20, "it goes on")
    assert [worker.metrics()["rebalances_total"] for worker in workers] == before
    assert [worker.metrics()["lease_lapses_total"] for worker in (frozen, other)] == [0, 0]
    finish(stage)


def test_a_worker_whose_broker_is_frozen_stops_posting_before_its_session_ends(stage):
    [worker] = start(stage, "worker")
    send(stage)
    broker = stage.cluster.brokers[0].process
    broker.send_signal(signal.SIGSTOP)
    stopped = time.time() * 1000
    try:
        worker.wait_for_line("lease_lapsed")
        assert worker.metrics()["lease_held"] == 0
        wait_until(lambda: worker.metrics()["in_flight"] == 0, 10, "nothing is on the wire")
        done = len(stage.standin.journal())
        stage.let_pass(3)
    finally:
        broker.send_signal(signal.SIGCONT)
    posts = list(stage.standin.journal())
    print(f"posts: {done}; the last {posts[-1]['create_at'] - stopped:.0f} ms after the freeze")
    assert len(posts) == done < RECORDS
    assert posts[-1]["create_at"] < stopped + SESSION_MS - MARGIN_MS
    worker.wait_for_line("lease_regained", 40)
    finish(stage)
