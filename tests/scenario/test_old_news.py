"""Old news: dropped and counted, or marked with when it happened, as the settings say."""

from harness.records import notification, structured

SECONDS = 60
LONG_AGO = "2020-03-04T05:06:07+01:00"
IN_WORDS = "(van 4 maart 2020 04:06 UTC)"


def publish(stage, stream, kind, occurred_at):
    """Publishes a notification of that type; gives its name."""
    event = notification("zeezicht", "IRES1", 0, stage.random)
    event["data"]["type"] = kind
    event["data"]["occurred_at"] = occurred_at
    value, headers = structured(event)
    name = f"{event['source']}|{event['id']}"
    stream.publish("IRES1", value, headers, name, sequence=-1)
    return name


def test_old_notifications_are_dropped_or_say_when_they_happened(make_stage):
    stage = make_stage()
    stage.settings.old_news = [("booking_created", 3600, "drop"), ("*", 3600, "mark")]
    worker = stage.worker().start().wait_until_ready()
    stream = stage.stream()
    dropped = publish(stage, stream, "booking_created", LONG_AGO)
    marked = publish(stage, stream, "customer_changed", LONG_AGO)
    fresh = publish(stage, stream, "booking_created", "2999-01-01T00:00:00Z")
    stream.finish()
    stage.wait_until_committed(SECONDS)
    metrics = worker.metrics()
    stage.stop_workers()

    posts = {post["props"]["ireserve"]["event"]: post["message"] for post in stage.standin.journal()}
    assert posts.keys() == {marked, fresh}
    assert IN_WORDS in posts[marked].splitlines()[0]
    assert "UTC" not in posts[fresh]
    assert metrics[f'records_total{{topic="{stage.topic}",outcome="too_old"}}'] == 1
    [line] = worker.lines("not_sent")
    assert line["id"] == dropped
    assert "old_news" in line["why"]


def test_old_messages_of_conversations_say_when_they_were_sent(make_stage):
    stage = make_stage(chats=True)
    stage.settings.old_news = [("conversation", 60, "mark")]
    stage.worker().start().wait_until_ready()
    chats = stage.chats()
    chats.begin("c-1", started=False)
    event = {
        "specversion": "1.0",
        "id": "c-1/1",
        "source": "urn:x",
        "type": "nl.ireserve.conversation.message.v1",
        "licence": "zeezicht",
        "data": {
            "conversation_id": "c-1",
            "message_id": "m-1",
            "sender": {"role": "visitor", "name": "Jan"},
            "text": "Hallo",
            "sent_at": LONG_AGO,
        },
    }
    chats.publish("c-1", event)
    chats.finish()
    stage.wait_until_chats_are_done(SECONDS)
    stage.stop_workers()
    posts = [post["message"] for post in stage.standin.posts(stage.mirror)]
    assert len(posts) == 2, "a root and a reply"
    assert all(IN_WORDS in post.splitlines()[0] for post in posts)
