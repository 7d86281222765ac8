"""A post that the server alone fails on is a dead letter in the end; in an outage nothing is."""

from broker import wait_until

from harness.records import notification, structured

SECONDS = 60
TEXT = "giftig"

# As recorded of posts with a U+0000 in their text, which no event can bring.
ON_THE_TEXT = {
    "status": 500,
    "id": "app.post.save.app_error",
    "method": "POST",
    "path": "/api/v4/posts",
    "contains": TEXT,
}
ON_EVERYTHING = {"status": 500, "id": "app.post.save.app_error"}


def hasten(stage):
    """Has little time pass until a post is believed to be poison."""
    stage.settings.delivery |= {"poison_attempts": 4, "poison_minutes": 0}
    return stage


def publish_poison(stage, stream, key):
    """Publishes a notification that the server fails on; gives its value."""
    event = notification("zeezicht", key, 0, stage.random)
    event["data"]["text"] = TEXT
    value, headers = structured(event)
    stream.publish(key, value, headers, f"{event['source']}|{event['id']}", sequence=-1)
    return value


def test_a_notification_that_is_poison_is_a_dead_letter_and_its_key_goes_on(make_stage):
    stage = hasten(make_stage())
    stage.standin.trouble(answers=[ON_THE_TEXT])
    worker = stage.worker().start().wait_until_ready()
    stream = stage.stream(keys=20)
    stream.send(20)
    value = publish_poison(stage, stream, "IRES1000")
    stream.send_over(600, 12)
    stream.finish()
    stage.settle(SECONDS, letters=1)
    stage.wait_until_committed(SECONDS)
    metrics = worker.metrics()
    stage.stop_workers()

    [letter] = stage.letters()
    assert stage.judge([letter]).is_clean()
    assert (letter.value, letter.reason) == (value, "server_rejects")
    assert letter.headers["ireserve.http-status"] == "500"
    assert int(letter.headers["ireserve.attempts"]) > 4
    assert "it may be there all the same" in letter.headers["__connect.errors.exception.message"]
    assert metrics['dead_letters_total{reason="server_rejects"}'] == 1
    behind = [record for record in stage.sent() if record.key == "IRES1000"]
    assert max(record.offset for record in behind) > letter.offset, "nothing was behind it"


def test_a_message_that_is_poison_is_a_dead_letter_and_its_conversation_goes_on(make_stage):
    stage = hasten(make_stage(chats=True))
    stage.standin.trouble(answers=[ON_THE_TEXT])
    stage.worker().start().wait_until_ready()
    chats = stage.chats()
    chats.begin("c-poison")
    chats.say("c-poison")
    poison = chats.say("c-poison", text=TEXT)
    chats.say("c-poison")
    chats.say("c-poison")
    chats.play(40, 12)
    chats.finish()
    stage.wait_until_chats_are_done(SECONDS)
    stage.stop_workers()

    chats.conversations["c-poison"].messages.pop(poison)
    verdict = stage.judge_chats(chats)
    assert verdict.is_clean(), str(verdict)
    [letter] = stage.letters()
    assert letter.reason == "server_rejects"
    assert TEXT.encode() in letter.value


def test_an_outage_with_5xx_on_everything_buries_nothing(make_stage):
    """Also what is poison waits until the others show it."""
    stage = hasten(make_stage())
    worker = stage.worker().start().wait_until_ready()
    stream = stage.stream(keys=100)
    stream.send(200)
    stage.standin.wait_for_posts(100, SECONDS)
    stage.standin.trouble(answers=[ON_EVERYTHING])
    value = publish_poison(stage, stream, "IRES5000")
    stream.send(400)

    wait_until(lambda: worker.metrics()["open_breakers"] == 1, SECONDS, "the outage is felt")
    stage.let_pass(8)  # some probes fail
    assert stage.count_letters() == 0
    stage.standin.trouble(answers=[ON_THE_TEXT])
    stream.send_over(600, 12)
    stream.finish()
    stage.settle(SECONDS, letters=1)
    stage.wait_until_committed(SECONDS)
    stage.stop_workers()

    [letter] = stage.letters()
    assert stage.judge([letter]).is_clean()
    assert letter.value == value
