"""The launcher keeps its word: brokers answer, keep their data, and never outlive a test."""

import json
import os
import pathlib
import signal
import subprocess
import sys

import clients
import installation
import launcher
import pytest
from broker import wait_until
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

LAUNCHER = pathlib.Path(launcher.__file__)


@pytest.fixture(scope="module")
def cluster():
    with launcher.Cluster(sasl_user=("worker", "right")) as started:
        yield started


def values(cluster, topic):
    return [message.value() for message in clients.read_all(cluster.bootstrap_servers, topic)]


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in pathlib.Path(f"/proc/{pid}/status").read_text()


def start_program(temporary, *arguments):
    command = [sys.executable, str(LAUNCHER), *arguments]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    return process, json.loads(process.stdout.readline())


def test_a_record_goes_in_and_comes_out(cluster):
    cluster.create_topic("in-and-out", partitions=6)
    sent = clients.produce(cluster.bootstrap_servers, "in-and-out", [("key", "value")])
    assert len(sent) == 1
    assert values(cluster, "in-and-out") == [b"value"]


def test_a_stopped_broker_keeps_its_data_and_its_port(cluster):
    cluster.create_topic("stop", partitions=1)
    before = cluster.bootstrap_servers
    clients.produce(cluster.bootstrap_servers, "stop", [("key", "before")])
    cluster.brokers[0].restart()
    cluster.wait_until_ready()
    clients.produce(cluster.bootstrap_servers, "stop", [("key", "after")])
    assert cluster.bootstrap_servers == before
    assert values(cluster, "stop") == [b"before", b"after"]


def test_a_killed_broker_keeps_what_it_acknowledged(cluster):
    cluster.create_topic("kill", partitions=1)
    clients.produce(cluster.bootstrap_servers, "kill", [("key", "before")])
    cluster.brokers[0].kill()
    assert not cluster.brokers[0].is_running()
    cluster.start()
    assert values(cluster, "kill") == [b"before"]


def test_a_topic_can_be_made_to_refuse_and_to_take_again(cluster):
    cluster.create_topic("narrow", partitions=1, max_message_bytes=100)
    with pytest.raises(AssertionError, match="MSG_SIZE_TOO_LARGE"):
        clients.produce(cluster.bootstrap_servers, "narrow", [("key", "x" * 1000)])
    cluster.configure_topic("narrow", max_message_bytes=10000)
    clients.produce(cluster.bootstrap_servers, "narrow", [("key", "x" * 1000)])
    assert values(cluster, "narrow") == [b"x" * 1000]


def test_a_topic_that_is_deleted_is_gone(cluster):
    cluster.create_topic("short-lived", partitions=2)
    cluster.delete_topic("short-lived")
    assert "short-lived" not in cluster.admin.list_topics(timeout=10).topics


def test_topics_do_not_appear_by_themselves(cluster):
    with pytest.raises(AssertionError, match="UNKNOWN_TOPIC"):
        clients.produce(cluster.bootstrap_servers, "nobody-made-this", [("key", "value")])


@pytest.mark.parametrize("password, gets_in", [("right", True), ("wrong", False)])
def test_the_sasl_port_asks_for_the_password(cluster, password, gets_in):
    admin = AdminClient(
        {
            "bootstrap.servers": cluster.sasl_bootstrap_servers,
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "PLAIN",
            "sasl.username": "worker",
            "sasl.password": password,
            "log_level": 0,
        }
    )
    if gets_in:
        assert list(admin.list_topics(timeout=10).brokers) == [1]
    else:
        with pytest.raises(KafkaException):
            admin.list_topics(timeout=2)


def test_three_brokers_lose_one_and_go_on():
    with launcher.Cluster(brokers=3) as cluster:
        cluster.create_topic("replicated", partitions=3, replication=3, min_insync_replicas=2)
        clients.produce(cluster.bootstrap_servers, "replicated", [("a", "1"), ("b", "2")])
        cluster.brokers[0].kill()
        clients.produce(cluster.bootstrap_servers, "replicated", [("c", "3")])
        cluster.start()
        assert sorted(values(cluster, "replicated")) == [b"1", b"2", b"3"]


def test_brokers_die_with_a_test_that_is_killed(tmp_path):
    process, told = start_program(tmp_path)
    assert all(is_alive(pid) for pid in told["pids"])
    process.kill()
    process.wait()
    wait_until(lambda: not any(is_alive(pid) for pid in told["pids"]), 10, "brokers are gone")


def test_the_program_ends_by_sigterm_and_cleans_up(tmp_path):
    process, told = start_program(tmp_path, "--topic", "a:2")
    assert list(tmp_path.iterdir())
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert not list(tmp_path.iterdir())
    assert not any(is_alive(pid) for pid in told["pids"])


def test_the_program_gives_the_exit_code_of_its_command():
    script = 'test -n "$KAFKA_BOOTSTRAP_SERVERS" && exit 7'
    command = [sys.executable, str(LAUNCHER), "--", "sh", "-c", script]
    assert subprocess.run(command).returncode == 7


def test_a_broker_that_cannot_start_says_why():
    with pytest.raises(launcher.LauncherError, match="num.partitions"):
        with launcher.Cluster(settings={"num.partitions": "-1"}):
            pass


def test_a_missing_program_is_named(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(installation.LauncherError, match="java is missing"):
        installation.install()
