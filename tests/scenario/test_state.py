"""What the worker remembers: restored before it is used, kept whatever happens, never believed blindly."""

import json
import signal

import clients
import pytest

SECONDS = 60


@pytest.fixture
def stage(make_stage):
    """A stage whose licences mirror their conversations."""
    return make_stage(chats=True)


def state_of(stage):
    """{key: value} of the state topic as compaction would leave it."""
    servers = stage.cluster.bootstrap_servers
    latest = {}
    for message in clients.read_all(servers, stage.settings.state):
        latest[message.key().decode()] = message.value()
    return {key: value.decode() for key, value in latest.items() if value is not None}


def test_what_is_remembered_can_be_read_by_a_person(stage):
    stage.worker().start().wait_until_ready()
    chats = stage.chats()
    chats.begin("c-1")
    chats.say("c-1")
    assert stage.finish_chats(chats, SECONDS).is_clean()
    licence = chats.conversations["c-1"].licence
    value = state_of(stage)[f"thread/{stage.settings.conversations}/{licence}/c-1"]
    [root] = [post for post in stage.standin.posts(stage.mirror) if not post["root_id"]]
    assert value.startswith("v1 ")
    assert f"r={root['id']}" in value.split()
    assert f"c={stage.mirror}" in value.split()
    assert "o=1" in value.split()
    assert len(value) <= 200


def test_a_state_topic_that_would_not_keep_anything_is_refused(stage):
    servers = stage.cluster.bootstrap_servers
    stage.settings.state += "-wrong"
    worker = stage.worker()
    done = worker.run("run")
    assert done.returncode == 78, done.stderr
    assert "topics --create" in done.stderr

    stage.cluster.create_topic(stage.settings.state, 2, cleanup_policy="compact")
    done = worker.run("run")
    assert done.returncode == 78, done.stderr
    assert "partitions" in done.stderr
    assert clients.end_offsets(servers, stage.settings.state) == {0: 0, 1: 0}


def test_a_source_that_was_made_again_is_refused_until_its_state_is_forgotten(stage):
    worker = stage.worker().start().wait_until_ready()
    chats = stage.chats()
    chats.begin("c-1")
    for _ in range(5):
        chats.say("c-1")
    assert stage.finish_chats(chats, SECONDS).is_clean()

    stage.cluster.delete_topic(stage.settings.conversations)
    stage.cluster.create_topic(stage.settings.conversations, stage.partitions)
    again = stage.chats()
    again.begin("c-1")
    again.finish()
    worker.start()
    said = worker.wait_for_line("partition_refused")
    assert "--forget-state" in said["why"]
    stage.let_pass(1)
    assert not worker.lines("already_posted"), "the new topic's records were taken for the old one's"
    worker.terminate()
    worker.wait()

    wait_until_group_is_empty(worker, stage)
    worker.start().wait_until_ready()
    again.say("c-1")
    again.finish()
    stage.wait_until_chats_are_done(SECONDS)
    stage.stop_workers()
    roots = [post for post in stage.standin.posts(stage.mirror) if not post["root_id"]]
    assert len(roots) >= 1


def wait_until_group_is_empty(worker, stage):
    """Has the state forgotten once the broker knows that the worker has left."""
    def forget():
        done = worker.run("topics", "--forget-state", stage.settings.conversations)
        return done.returncode == 0

    from broker import wait_until

    wait_until(forget, SECONDS, "the state is forgotten", pause=0.5)


def test_a_worker_that_was_frozen_does_no_harm(stage):
    """It comes back as a zombie: its partitions are another's, its late writes and posts too."""
    stage.settings.integrations[0].language = "en"
    frozen, heir = stage.worker("frozen"), stage.worker("heir")
    frozen.start().wait_until_ready()
    heir.start().wait_until_ready()
    chats = stage.chats()
    chats.play(40, 20)
    for _ in range(2):
        stage.let_pass(2)
        frozen.signal(signal.SIGSTOP)
        heir.wait_for_line("assigned")
        stage.let_pass(8)
        frozen.signal(signal.SIGCONT)
    verdict = stage.finish_chats(chats, SECONDS)
    assert not (verdict.lost or verdict.disordered or verdict.extra_roots), str(verdict)
    assert len(verdict.twice) <= 2, "no more than what was on the wire"


def test_a_partition_that_comes_back_is_not_taken_for_one_made_again(stage):
    """Its log has grown meanwhile: what this worker saw of its end when it had it is of no use."""
    first = stage.worker("first").start().wait_until_ready()
    chats = stage.chats()
    names = [f"c-{number}" for number in range(12)]
    for name in names:
        chats.begin(name)
    chats.finish()
    stage.wait_until_chats_are_done(SECONDS)
    second = stage.worker("second").start().wait_until_ready()
    second.wait_for_line("restored")
    for name in names:
        chats.say(name)
    chats.finish()
    stage.wait_until_chats_are_done(SECONDS)
    second.stop()
    for name in names:
        chats.say(name)
    verdict = stage.finish_chats(chats, SECONDS)
    assert verdict.is_clean(), str(verdict)
    assert not first.lines("partition_refused")


def test_a_marker_that_came_late_costs_a_restart_and_no_partition(stage):
    """Of an owner who was gone when Kafka took it: to read, it is that of the next owner."""
    worker = stage.worker().start().wait_until_ready()
    chats = stage.chats()
    chats.begin("c-1")
    chats.finish()
    stage.wait_until_chats_are_done(SECONDS)
    producer = clients.producer(stage.cluster.bootstrap_servers)
    for number in range(stage.partitions):
        key = f"epoch/{stage.settings.conversations}/{number}"
        producer.produce(stage.settings.state, b"v1", key, partition=number)
    assert not producer.flush(SECONDS)
    worker.wait_for_line("superseded")
    chats.say("c-1")
    said = worker.wait_for_line("orphaned")
    assert said["topic"] == stage.settings.conversations
    assert worker.wait() == 75, worker.describe()

    worker.start().wait_until_ready()
    verdict = stage.finish_chats(chats, SECONDS)
    assert verdict.is_clean(), str(verdict)


def event(kind, conversation, number, **data):
    """Any event of a conversation."""
    return {
        "specversion": "1.0",
        "id": f"odd-{number}",
        "source": "https://zeezicht.i-reserve.nl",
        "type": f"nl.ireserve.conversation.{kind}.v1",
        "licence": "zeezicht",
        "data": {"conversation_id": conversation, **data},
    }


def test_what_is_odd_has_an_outcome_that_is_seen_and_hinders_nobody(stage):
    worker = stage.worker().start().wait_until_ready()
    chats = stage.chats()
    sender = {"role": "visitor", "name": "Jan"}
    visitor = {"visitor": {"name": "Jan"}}
    odd = [
        ("other", event("message", "c-1", 1, message_id="m", sender=sender, text="wrong key")),
        ("c-1", event("started", "c-1", 2, **visitor)),
        ("c-1", event("started", "c-1", 3, **visitor)),
        ("c-1", event("message-edited", "c-1", 4, message_id="x", sender=sender, text="unseen")),
        ("c-1", event("message-deleted", "c-1", 5, message_id="nobody")),
        ("c-1", event("closed", "c-1", 6)),
        (
            "c-1",
            event(
                "message", "c-1", 7, message_id="m-7", sender=sender, text="",
                attachments=[
                    {"name": "foto.png"}, {"url": "ftp://x/y"}, 5,
                    {"url": "https://me:secret@other.example/x?t=secret"},
                ],
                sent_at="2001-01-01T00:00:00Z",
            ),
        ),
    ]  # fmt: skip
    for key, what in odd:
        chats.publish(key, what)
    chats.begin("c-2")
    chats.say("c-2")
    verdict = stage.finish_chats(chats, SECONDS)
    assert verdict.is_clean(), str(verdict)

    posts = [p for p in stage.standin.posts(stage.mirror) if "c-1" in json.dumps(p["props"])]
    texts = [post["message"] for post in posts if post["root_id"]]
    assert len([post for post in posts if not post["root_id"]]) == 1
    assert len(texts) == 2
    assert "unseen" in texts[0]
    assert "foto.png" in texts[1]
    reasons = [letter.reason for letter in stage.letters()]
    assert reasons == ["wrong_key"]
    assert len(worker.lines("already_posted")) == 2
    hosts = [line.get("host") for line in worker.lines("attachment_left_out")]
    assert hosts == [None, None, None, "other.example"]
