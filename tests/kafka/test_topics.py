"""The command `topics`, and what it makes of real brokers."""

import json
import os
import re
import subprocess
import time

import clients
import pytest
from confluent_kafka import Consumer
from confluent_kafka.admin import ConfigResource
from launcher import Cluster

NOTIFICATIONS, CONVERSATIONS = "ireserve.notifications", "ireserve.conversations"
REPLIES = "ireserve.conversation-replies"
LETTERS, STATE = "ireserve.mattermost.dead-letters", "ireserve.mattermost.state"
SOURCES, OWN = [NOTIFICATIONS, CONVERSATIONS], [REPLIES, LETTERS, STATE]
GROUP = "ireserve-mattermost"


@pytest.fixture(scope="module")
def broker():
    """One that would create any topic that a client asks about in the wrong way."""
    with Cluster(settings={"auto.create.topics.enable": "true"}) as started:
        yield started


@pytest.fixture
def cluster(broker):
    """Without topics."""
    for name in [*SOURCES, *OWN]:
        if name in broker.admin.list_topics(timeout=10).topics:
            broker.delete_topic(name)
    return broker


@pytest.fixture
def topics(cluster, tmp_path):
    """Runs the command."""
    return lambda *arguments: run(cluster.bootstrap_servers, tmp_path, *arguments)


def run(bootstrap_servers, folder, *arguments, properties=""):
    settings = folder / "worker.conf"
    settings.write_text(
        f'kafka = {{ bootstrap_servers = "{bootstrap_servers}"; {properties} }};\n'
        "integrations = ();\n"
    )
    command = [os.environ["IRESERVE_MATTERMOST"], "--settings", str(settings), "topics"]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=60)


def create_sources(cluster):
    cluster.create_topic(NOTIFICATIONS, partitions=6)
    cluster.create_topic(CONVERSATIONS, partitions=3)


def findings(done):
    """{topic: finding} of --json."""
    return {finding["topic"]: finding for finding in json.loads(done.stdout)["topics"]}


def states(done):
    return {topic: finding["state"] for topic, finding in findings(done).items()}


def configs(cluster, topic):
    resource = ConfigResource(ConfigResource.Type.TOPIC, topic)
    (future,) = cluster.admin.describe_configs([resource]).values()
    return {name: entry.value for name, entry in future.result(30).items()}


def partitions(cluster, topic):
    return len(cluster.admin.list_topics(timeout=10).topics[topic].partitions)


def test_where_nothing_is_all_is_missing_and_looking_creates_nothing(cluster, topics):
    done = topics("--json")
    assert done.returncode == 1
    assert states(done) == dict.fromkeys([*SOURCES, *OWN], "missing")
    assert [line.split(":")[1] for line in topics().stdout.splitlines()] == [" missing"] * 5
    assert not cluster.admin.list_topics(timeout=10).topics


def test_nothing_is_created_before_the_topics_that_the_worker_reads(cluster, topics):
    cluster.create_topic(NOTIFICATIONS, partitions=6)
    done = topics("--create", "--json")
    assert done.returncode == 1
    assert findings(done)[STATE]["fix"].endswith(f"--create, once {CONVERSATIONS} exists")
    assert list(cluster.admin.list_topics(timeout=10).topics) == [NOTIFICATIONS]


def test_create_makes_what_is_missing_once(cluster, topics):
    create_sources(cluster)
    done = topics("--create", "--json")
    assert (done.returncode, set(states(done).values())) == (0, {"fine"})
    assert re.findall(r"^created (\S+):", done.stderr, re.MULTILINE) == OWN
    assert partitions(cluster, STATE) == 6
    made = configs(cluster, STATE)
    assert made["cleanup.policy"] == "compact"
    assert made["segment.ms"] == "3600000"
    assert int(configs(cluster, LETTERS)["max.message.bytes"]) == 65536 + int(
        configs(cluster, NOTIFICATIONS)["max.message.bytes"]
    )
    done = topics("--create")
    assert (done.returncode, done.stderr) == (0, "")
    assert all(": fine: " in line for line in done.stdout.splitlines())


def test_create_leaves_alone_what_is_there(cluster, topics):
    create_sources(cluster)
    cluster.create_topic(STATE, partitions=2, cleanup_policy="delete")
    done = topics("--create", "--json")
    assert done.returncode == 1
    assert states(done)[STATE] == "wrong"
    assert STATE not in done.stderr
    assert partitions(cluster, STATE) == 2
    assert configs(cluster, STATE)["cleanup.policy"] == "delete"


def test_too_few_partitions_and_no_compaction_are_wrong(cluster, topics):
    create_sources(cluster)
    topics("--create")
    cluster.delete_topic(STATE)
    cluster.create_topic(STATE, partitions=5)
    done = topics("--json")
    assert done.returncode == 1
    finding = findings(done)[STATE]
    assert finding["state"] == "wrong"
    assert finding["seen"].startswith("5 partitions, 1 replica, cleanup.policy=delete")
    assert "at least 6 partitions" in finding["wanted"]
    assert "cleanup.policy=compact" in finding["wanted"]


def test_the_fix_mends(cluster, topics):
    """What the commands say is done to the topic as they say it."""
    create_sources(cluster)
    topics("--create")
    cluster.delete_topic(STATE)
    cluster.create_topic(STATE, partitions=6, min_insync_replicas=2)
    fix = findings(topics("--json"))[STATE]["fix"]
    begin = f"kafka-configs.sh --bootstrap-server {cluster.bootstrap_servers} --alter "
    assert fix.startswith(f"{begin}--entity-type topics --entity-name {STATE} --add-config ")
    changes = dict(pair.split("=") for pair in fix.rpartition(" ")[2].split(","))
    assert changes["min.insync.replicas"] == "1"
    cluster.configure_topic(STATE, **{name.replace(".", "_"): changes[name] for name in changes})
    assert topics().returncode == 0


def test_a_broker_that_is_away_is_named(tmp_path):
    done = run("127.0.0.1:1", tmp_path)
    assert (done.returncode, done.stdout) == (69, "")
    assert re.fullmatch(r"topics: .*127\.0\.0\.1:1 does not answer: .*\n", done.stderr)


def test_three_brokers_keep_three_replicas_of_what_is_ours(tmp_path):
    with Cluster(brokers=3) as cluster:
        create_sources(cluster)
        servers = cluster.bootstrap_servers
        assert run(servers, tmp_path, "--create").returncode == 0
        found = cluster.admin.list_topics(timeout=10).topics
        for name in OWN:
            assert all(len(part.replicas) == 3 for part in found[name].partitions.values())
            assert configs(cluster, name)["min.insync.replicas"] == "2"
        cluster.delete_topic(STATE)
        cluster.create_topic(STATE, partitions=6, replication=2, min_insync_replicas=2)
        assert "3 replicas" in findings(run(servers, tmp_path, "--json"))[STATE]["wanted"]


def write_state(cluster, records):
    client = clients.producer(cluster.bootstrap_servers)
    for partition, key, value in records:
        client.produce(STATE, value, key, partition)
    assert client.flush(30) == 0


def live_keys(cluster):
    """The (partition, key) pairs whose last record is not a tombstone."""
    last = {}
    for message in clients.read_all(cluster.bootstrap_servers, STATE):
        last[message.partition(), message.key().decode()] = message.value()
    return {place for place, value in last.items() if value is not None}


def test_forget_state_removes_what_is_remembered_of_one_topic(cluster, topics):
    create_sources(cluster)
    topics("--create")
    kinds = ("thread/{}/zeezicht/c-1", "epoch/{}/3", "parked/{}/3/42", "done/{}/IRES1")
    ours = [(3, kind.format(CONVERSATIONS)) for kind in kinds]
    ours += [(1, f"thread/{CONVERSATIONS}/zeezicht/c-{number}") for number in range(1000)]
    others = [(3, kind.format(NOTIFICATIONS)) for kind in kinds]
    others += [(0, "cursor/zeezicht/channel"), (3, f"thread/{CONVERSATIONS}.old/zeezicht/c-1")]
    write_state(cluster, [(*place, b"v1") for place in [*ours, *others, *ours]])

    done = topics("--forget-state", CONVERSATIONS)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{STATE}: 1004 keys of {CONVERSATIONS} removed\n"
    assert live_keys(cluster) == set(others)
    end = clients.end_offsets(cluster.bootstrap_servers, STATE)
    done = topics("--forget-state", CONVERSATIONS)
    assert (done.returncode, done.stdout) == (0, f"{STATE}: 0 keys of {CONVERSATIONS} removed\n")
    assert clients.end_offsets(cluster.bootstrap_servers, STATE) == end


def test_forget_state_refuses_while_a_worker_runs(cluster, topics):
    create_sources(cluster)
    topics("--create")
    write_state(cluster, [(0, f"epoch/{CONVERSATIONS}/0", b"v1")])
    member = Consumer({"bootstrap.servers": cluster.bootstrap_servers, "group.id": GROUP})
    member.subscribe([CONVERSATIONS])
    try:
        deadline = time.monotonic() + 30
        while not member.assignment():
            assert time.monotonic() < deadline
            member.poll(0.05)
        done = topics("--forget-state", CONVERSATIONS)
    finally:
        member.close()
    assert done.returncode == 75
    assert done.stderr == f"topics: group {GROUP} has 1 member: stop all workers first\n"
    assert live_keys(cluster) == {(0, f"epoch/{CONVERSATIONS}/0")}
    assert topics("--forget-state", CONVERSATIONS).returncode == 0


def test_forget_state_refuses_a_topic_that_the_worker_does_not_read(topics):
    for topic in (STATE, "nobodys"):
        done = topics("--forget-state", topic)
        assert done.returncode == 64
        assert topic in done.stderr


def test_forget_state_without_a_state_topic_says_so(topics):
    done = topics("--forget-state", CONVERSATIONS)
    assert done.returncode == 1
    assert STATE in done.stderr


def test_wrong_words_are_a_matter_of_usage(topics):
    assert topics("--crate").returncode == 64
    assert topics("--create", "--forget-state", CONVERSATIONS).returncode == 64


def test_a_password_is_not_told(tmp_path):
    password = tmp_path / "password"
    password.write_text("canary-5f0c1d6e0b7b\n")
    password.chmod(0o600)
    login = (
        'properties = [ "security.protocol=SASL_PLAINTEXT", "sasl.mechanism=PLAIN",'
        ' "sasl.username=worker", "debug=all" ];'
        f' property_files = [ "sasl.password={password}" ];'
    )
    with Cluster(sasl_user=("worker", "another")) as cluster:
        done = run(cluster.sasl_bootstrap_servers, tmp_path, properties=login)
    assert done.returncode == 69
    assert "uthentication" in done.stderr
    assert "canary" not in done.stdout + done.stderr
