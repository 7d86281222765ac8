"""Records that cannot be delivered: they block nobody else, and are never skipped silently."""

import json

import pytest
from broker import wait_until

from harness.records import STRUCTURED, notification

LETTERS_SECONDS = 30


def unreadable(rng):
    """{reason: (value, headers)} of records that can never become a post."""
    event = notification("zeezicht", "IRES1", 0, rng)
    without_id = {name: value for name, value in event.items() if name != "id"}
    without_text = {**event, "data": {"type": "booking_created"}}
    stranger = {**event, "licence": "nobody"}
    deep = b'{"specversion":"1.0","id":"1","source":"s","type":"t","data":' + b"[" * 100
    return {
        "tombstone": (None, STRUCTURED),
        "empty_value": (b"", STRUCTURED),
        "not_json": (b'{"specversion": "1.0", \xff', STRUCTURED),
        "not_json (deep)": (deep + b"]" * 100 + b"}", STRUCTURED),
        "bad_envelope": (json.dumps(without_id).encode(), STRUCTURED),
        "bad_data": (json.dumps(without_text).encode(), STRUCTURED),
        "unknown_licence": (json.dumps(stranger).encode(), STRUCTURED),
    }


def publish_unreadable(stage, stream, key="IRES1000"):
    """Publishes each of them between good ones; gives {reason: value}."""
    kinds = unreadable(stage.random)
    for name, (value, headers) in kinds.items():
        stream.send(5)
        stream.publish(key, value, headers, f"unreadable|{name}", sequence=-1)
    stream.send(5)
    return {name: value for name, (value, _) in kinds.items()}


def test_a_record_that_cannot_be_read_blocks_nobody(stage):
    worker = stage.worker().start().wait_until_ready()
    stream = stage.stream(keys=10)
    values = publish_unreadable(stage, stream)
    stage.settle(LETTERS_SECONDS, letters=len(values))
    metrics = worker.metrics()
    stage.stop_workers()

    letters = stage.letters()
    result = stage.judge(letters)
    assert result.is_clean(), str(result)
    assert stage.committed() == stage.ends()
    expected = sorted((name.partition(" ")[0], value or b"") for name, value in values.items())
    assert sorted((letter.reason, letter.value or b"") for letter in letters) == expected
    assert metrics['dead_letters_total{reason="not_json"}'] == 2
    assert metrics['dead_letters_total{reason="tombstone"}'] == 1


def test_a_dead_letter_keeps_its_record_and_says_why(stage):
    stage.worker().start().wait_until_ready()
    headers = [*STRUCTURED, ("trace", b"abc"), ("nothing", None)]
    stream = stage.stream()
    stream.publish("key", b"{", headers, "unreadable|1", 0)
    stream.finish()
    stage.settle(LETTERS_SECONDS, letters=1)
    stage.stop_workers()

    [letter] = stage.letters()
    [record] = stage.sent()
    assert letter.value == b"{"
    assert letter.headers["trace"] == "abc"
    assert letter.headers["__connect.errors.topic"] == stage.topic
    assert (letter.partition, letter.offset) == (record.partition, record.offset)
    assert letter.headers["ireserve.scope"] == "record"
    assert letter.headers["__connect.errors.exception.message"]


def test_a_post_that_the_server_refuses_for_good_is_a_dead_letter(stage):
    worker = stage.worker().start().wait_until_ready()
    error = "api.context.invalid_body_param.app_error"
    stage.standin.trouble(answers=[{"status": 400, "times": 1, "id": error, "method": "POST"}])
    stage.stream(keys=1).send(3)
    stage.settle(LETTERS_SECONDS, letters=1)
    stage.stop_workers()

    [letter] = stage.letters()
    assert stage.judge([letter]).is_clean()
    assert letter.reason == "refused_by_server"
    assert letter.headers["ireserve.http-status"] == "400"
    assert error in letter.headers["__connect.errors.exception.message"]
    assert len(worker.lines("dead_lettered")) == 1


def test_a_record_that_is_too_large_for_the_dead_letters_is_cut(make_stage):
    """In the order in which it is least missed, and only as far as it has to be."""
    stage = make_stage(dead_letters=False)
    stage.create_dead_letters(max_message_bytes=3000)
    long = "x" * 3000
    records = {
        None: ("key", b"{", STRUCTURED),
        "value": ("key", b"{" + long.encode(), STRUCTURED),
        "value, headers": ("key", b"{", [*STRUCTURED, ("long", long.encode())]),
        "value, headers, key": (long, b"{", STRUCTURED),
    }
    stage.worker().start().wait_until_ready()
    stream = stage.stream()
    for name, (key, value, headers) in records.items():
        stream.publish(key, value, headers, f"unreadable|{name}", 0)
    stream.finish()
    stage.settle(LETTERS_SECONDS, letters=len(records))
    stage.stop_workers()

    letters = stage.letters()
    assert stage.judge(letters).is_clean()
    left_out = {letter.headers.get("ireserve.left-out") for letter in letters}
    assert left_out == records.keys()


# How the topic refuses, and how that is mended.
REFUSALS = {
    "missing": (lambda stage: None, lambda stage: stage.create_dead_letters()),
    "full": (
        lambda stage: stage.create_dead_letters(max_message_bytes=20),
        lambda stage: stage.cluster.configure_topic(stage.dead_letters, max_message_bytes=1048588),
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_dead_letter_topic_that_refuses_blocks_the_partition_and_says_so(make_stage, refusal):
    refuse, mend = REFUSALS[refusal]
    stage = make_stage(dead_letters=False, partitions=2)
    refuse(stage)
    stream = stage.stream(keys=10)
    stream.send(20)
    stream.publish("IRES1000", b"{", STRUCTURED, "unreadable|1", sequence=-1)
    stream.send(20)
    bad = next(record for record in stream.sent if record.event == "unreadable|1")

    worker = stage.worker().start()
    said = worker.wait_for_line("dead_letter_refused")
    assert (said["topic"], said["partition"], said["offset"]) == (
        stage.topic,
        bad.partition,
        bad.offset,
    )
    assert said["level"] == "error" and said["why"]
    wait_until(lambda: worker.metrics()["dead_letters_refused_total"] >= 1, 20, "it is counted")
    wait_for_the_other_keys(stage, stream, bad)
    restart(worker)
    worker.wait_for_line("dead_letter_refused")
    assert stage.committed()[bad.partition] <= bad.offset, "the record was skipped"

    mend(stage)
    stage.settle(LETTERS_SECONDS, letters=1)
    stage.stop_workers()
    result = stage.judge(stage.letters())
    assert result.is_clean(), str(result)
    assert stage.committed() == stage.ends()


def wait_for_the_other_keys(stage, stream, bad):
    """The other keys' records pass, also those of the same partition."""
    others = {record.event for record in stream.sent if record.key != bad.key}

    def passed():
        journal = stage.standin.journal()
        return others <= {post["props"]["ireserve"]["event"] for post in journal}

    wait_until(passed, 20, "the records of other keys are posted")


def restart(worker):
    """A restart is no way around it."""
    worker.stop()
    worker.start()
