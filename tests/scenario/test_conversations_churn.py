"""Many conversations while workers come and go, people delete roots and the server makes trouble."""

import pytest
from harness.scale import IS_FULL, SCALE


@pytest.fixture
def stage(make_stage):
    """A stage whose licences mirror their conversations."""
    return make_stage(chats=True)


def make_trouble(stage, chats, disturb, seconds=SCALE.seconds, is_enough=lambda: True):
    """Publishes conversations over so long, and disturbs until then and until it is enough."""
    stage.trouble_as_usual()
    chats.play(SCALE.chats, seconds)
    archived = deleted = 0
    while chats.is_publishing() or not is_enough():
        disturb()
        stage.let_pass(stage.random.uniform(0.3, 3 if IS_FULL else 1))
        stage.standin.delete(channel=stage.mirror, roots_percent=0.5 if IS_FULL else 5)
        deleted += 1
        if not archived:
            stage.standin.archive(stage.mirror, True)
            stage.let_pass(5 if IS_FULL else 1)
            stage.standin.archive(stage.mirror, False)
            archived = 1
    chats.finish()
    stage.standin.calm()
    print(f"published {chats.published}, roots deleted {deleted} times")


def judge(stage, chats):
    """Waits until all is done, stops the workers; gives the judgement."""
    for worker in stage.workers:
        if not worker.is_running():
            worker.start().wait_until_ready()
    return stage.finish_chats(chats, SCALE.patience)


def test_workers_join_and_leave(stage):
    workers = [stage.worker(f"worker-{number}") for number in range(3)]
    for worker in workers:
        worker.start().wait_until_ready()

    def move():
        worker = stage.random.choice(workers)
        if not worker.is_running():
            worker.start().wait_for_line("started")
        elif sum(other.is_running() for other in workers) > 1:
            worker.stop()

    chats = stage.chats()
    make_trouble(stage, chats, move)
    verdict = judge(stage, chats)
    assert verdict.is_clean(), str(verdict)


def test_workers_are_killed(stage):
    workers = [stage.worker(f"worker-{number}") for number in range(2)]
    for worker in workers:
        worker.start().wait_until_ready()
    kills = []

    def kill():
        if len(kills) < SCALE.kills:
            victim = stage.random.choice(workers)
            victim.kill()
            kills.append(victim.name)
            victim.start().wait_until_ready()

    chats = stage.chats()
    make_trouble(stage, chats, kill, 2 * SCALE.seconds, lambda: len(kills) >= SCALE.kills)
    verdict = judge(stage, chats)
    print(f"kills: {len(kills)}")
    assert verdict.is_clean(), str(verdict)
