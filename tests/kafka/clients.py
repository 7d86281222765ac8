"""Small Kafka clients for tests: quiet, quick to reconnect, with deadlines."""

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

from broker import wait_until

NO_LEADER = (KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE)
QUICK = {"reconnect.backoff.ms": 20, "reconnect.backoff.max.ms": 200, "log_level": 0}


def producer(bootstrap_servers, **properties):
    """An idempotent producer; `linger_ms=…` sets properties."""
    dotted = {name.replace("_", "."): value for name, value in properties.items()}
    return Producer(
        {
            "bootstrap.servers": bootstrap_servers,
            "enable.idempotence": True,
            "topic.metadata.propagation.max.ms": 2000,  # then a missing topic is an error
            **QUICK,
            **dotted,
        }
    )


def produce(bootstrap_servers, topic, records, seconds=60):
    """Sends (key, value) pairs, all acknowledged; gives the (partition, offset) of each."""
    sent = []
    client = producer(bootstrap_servers)
    for key, value in records:
        client.produce(topic, value, key, on_delivery=lambda *report: sent.append(report))
    client.flush(seconds)
    failed = [error for error, _ in sent if error]
    if failed or len(sent) != len(records):
        raise AssertionError(f"{len(records)} sent, {len(sent)} reported, failed: {failed[:3]}")
    return [(message.partition(), message.offset()) for _, message in sent]


def end_offsets(bootstrap_servers, topic, seconds=30):
    """{partition: offset of the next record} of a topic; waits for leaders that are elected now."""
    client = Consumer({"bootstrap.servers": bootstrap_servers, "group.id": "unused", **QUICK})
    ends = {}

    def all_told():
        try:
            for number in client.list_topics(topic, timeout=10).topics[topic].partitions:
                place = TopicPartition(topic, number)
                ends[number] = client.get_watermark_offsets(place, timeout=10)[1]
        except KafkaException as error:
            if not error.args[0].retriable() and error.args[0].code() not in NO_LEADER:
                raise
            return False
        return True

    try:
        wait_until(all_told, seconds, f"{topic} tells its ends")
    finally:
        client.close()
    return ends


def committed_offsets(bootstrap_servers, group, topic, partitions):
    """{partition: committed offset} of a group; None where nothing was committed."""
    client = Consumer({"bootstrap.servers": bootstrap_servers, "group.id": group, **QUICK})
    try:
        wanted = [TopicPartition(topic, number) for number in range(partitions)]
        answer = client.committed(wanted, timeout=10)
        return {p.partition: p.offset if p.offset >= 0 else None for p in answer}
    finally:
        client.close()


def read_all(bootstrap_servers, topic, seconds=30):
    """All messages of a topic from its beginning to its present end."""
    ends = end_offsets(bootstrap_servers, topic)
    client = Consumer({"bootstrap.servers": bootstrap_servers, "group.id": "unused", **QUICK})
    client.assign([TopicPartition(topic, number, 0) for number in ends])
    messages = []
    missing = {number for number, end in ends.items() if end > 0}

    def all_read():
        for message in client.consume(1000, timeout=0.05):
            if message.error():
                continue
            messages.append(message)
            if message.offset() + 1 >= ends[message.partition()]:
                missing.discard(message.partition())
        return not missing

    try:
        wait_until(all_read, seconds, f"{topic} is read to its end")
    finally:
        client.close()
    return messages


def parked(bootstrap_servers, topic):
    """{(topic, partition, offset)} of the records that stand in a state topic until they are done."""
    standing = {}
    for message in read_all(bootstrap_servers, topic):
        key = (message.key() or b"").decode()
        if key.startswith("parked/"):
            source, partition, offset = key.removeprefix("parked/").rsplit("/", 2)
            standing[source, int(partition), int(offset)] = message.value() is not None
    return {place for place, stands in standing.items() if stands}
