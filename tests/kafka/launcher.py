#!/usr/bin/env python3
"""Starts, stops, kills and restarts real Apache Kafka brokers for tests.

As a module:
    with launcher.Cluster() as cluster:
        cluster.create_topic("records", partitions=6)
        client = Consumer({"bootstrap.servers": cluster.bootstrap_servers, ...})

As a program: starts a cluster and prints one line of JSON, then waits for SIGTERM; or, with a
command behind `--`, runs that with $KAFKA_BOOTSTRAP_SERVERS and ends with its exit code.
"""

import argparse
import atexit
import base64
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid

from confluent_kafka import Consumer, KafkaException, Producer
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic

import installation
from broker import Broker, Port, wait_until
from installation import LauncherError

READY_SECONDS = 60


def new_kafka_id():
    """A random id as Kafka writes them: 16 bytes, base64 for URLs, without padding."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")


class Cluster:
    """One or three brokers in a temporary folder."""

    def __init__(self, brokers=1, settings=None, sasl_user=None, installed=None):
        """`settings`: broker properties on top; `sasl_user`: (name, password) for a SASL port.

        `installed`: (installation, JVM flags); left out, the one with the archive of classes.
        """
        self._kafka, flags = installed or prepared_installation()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ireserve-kafka-"))
        atexit.register(self.close)
        self._admin = None
        self._sasl_user = sasl_user
        self._ports = [
            {name: Port() for name in ("CLIENT", "SASL", "CONTROLLER")} for _ in range(brokers)
        ]
        cluster_id = new_kafka_id()
        self.brokers = []
        for node in range(1, brokers + 1):
            folder = self.folder / f"node-{node}"
            self._format(folder / "data", node, cluster_id)
            node_settings = {**self._settings_of(node, folder), **(settings or {})}
            self.brokers.append(Broker(self._kafka, node, folder, node_settings, flags))

    def _format(self, data, node, cluster_id):
        """Writes what `kafka-storage format` writes."""
        data.mkdir(parents=True)
        shutil.copyfile(self._kafka.bootstrap_checkpoint, data / "bootstrap.checkpoint")
        (data / "meta.properties").write_text(
            f"version=1\nnode.id={node}\ncluster.id={cluster_id}\ndirectory.id={new_kafka_id()}\n"
        )

    def _settings_of(self, node, folder):
        """The properties of one broker; the limits are for tests, not for production."""
        ports = self._ports[node - 1]
        names = ["CLIENT", "SASL"] if self._sasl_user else ["CLIENT"]
        advertised = [f"{name}://127.0.0.1:{ports[name]}" for name in names]
        voters = [f"{i + 1}@127.0.0.1:{p['CONTROLLER']}" for i, p in enumerate(self._ports)]
        copies = len(self._ports)
        return {
            "process.roles": "broker,controller",
            "node.id": node,
            "listeners": ",".join([*advertised, f"CONTROLLER://127.0.0.1:{ports['CONTROLLER']}"]),
            "advertised.listeners": ",".join(advertised),
            "listener.security.protocol.map": "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT,"
            "SASL:SASL_PLAINTEXT",
            "inter.broker.listener.name": "CLIENT",
            "controller.listener.names": "CONTROLLER",
            "controller.quorum.voters": ",".join(voters),
            "log.dirs": folder / "data",
            "auto.create.topics.enable": "false",
            "delete.topic.enable": "true",
            "offsets.topic.num.partitions": 3,
            "offsets.topic.replication.factor": copies,
            "transaction.state.log.num.partitions": 1,
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0,
            "group.min.session.timeout.ms": 1000,
            # The heap's floor is the log cleaner's buffer, 128 MiB unless it is told otherwise.
            "log.cleaner.dedupe.buffer.size": 4194304,
            "log.cleaner.threads": 1,
            # A killed broker may come back when its session is over: 9 s unless told otherwise.
            "broker.session.timeout.ms": 3000,
            "broker.heartbeat.interval.ms": 500,
            "num.network.threads": 2,
            "num.io.threads": 2,
            **self._sasl_settings(),
        }

    def _sasl_settings(self):
        if not self._sasl_user:
            return {}
        name, password = self._sasl_user
        login = "org.apache.kafka.common.security.plain.PlainLoginModule required"
        return {
            "listener.name.sasl.sasl.enabled.mechanisms": "PLAIN",
            "listener.name.sasl.plain.sasl.jaas.config": f'{login} user_{name}="{password}";',
        }

    @property
    def bootstrap_servers(self):
        """For clients without a password."""
        return self._addresses("CLIENT")

    @property
    def sasl_bootstrap_servers(self):
        """For clients that log in as `sasl_user` (SASL_PLAINTEXT, PLAIN)."""
        return self._addresses("SASL")

    def _addresses(self, name):
        return ",".join(f"127.0.0.1:{ports[name]}" for ports in self._ports)

    @property
    def admin(self):
        """An admin client of this cluster."""
        if self._admin is None:
            self._admin = AdminClient(
                {
                    "bootstrap.servers": self.bootstrap_servers,
                    "reconnect.backoff.ms": 20,
                    "reconnect.backoff.max.ms": 200,
                    "log_level": 0,
                }
            )
        return self._admin

    def start(self):
        """Starts the brokers that do not run, and waits until all of them answer."""
        for broker in self.brokers:
            broker.start()
        self.wait_until_ready()

    def wait_until_ready(self):
        """Waits until every running broker is in the metadata and its port answers."""
        running = {broker.node for broker in self.brokers if broker.is_running()}
        try:
            wait_until(lambda: self._answers(running), READY_SECONDS, "the brokers answer")
        except LauncherError as error:
            tails = [f"broker {b.node}:\n{b.log_tail()}" for b in self.brokers]
            raise LauncherError("\n".join([str(error), *tails])) from None

    def _answers(self, nodes):
        for broker in self.brokers:
            if broker.node in nodes:
                if not broker.is_running():
                    raise LauncherError(f"broker {broker.node} ended while it started")
                if not self._ports[broker.node - 1]["CLIENT"].is_open():
                    return False
        try:
            return nodes <= set(self.admin.list_topics(timeout=2).brokers)
        except KafkaException:
            return False

    def create_topic(self, name, partitions, replication=1, **config):
        """Makes a topic and waits until clients see it; `max_message_bytes=…` sets configs."""
        dotted = {key.replace("_", "."): str(value) for key, value in config.items()}
        topic = NewTopic(name, partitions, replication, config=dotted)
        self.admin.create_topics([topic])[name].result(30)
        wait_until(lambda: self._partition_count(name) == partitions, 30, f"topic {name} appears")

    def delete_topic(self, name):
        """Deletes a topic and waits until it is gone."""
        self.admin.delete_topics([name])[name].result(30)
        wait_until(lambda: self._partition_count(name) == 0, 30, f"topic {name} disappears")

    def configure_topic(self, name, **config):
        """Replaces the configs of a topic."""
        dotted = {key.replace("_", "."): str(value) for key, value in config.items()}
        resource = ConfigResource(ConfigResource.Type.TOPIC, name, set_config=dotted)
        for future in self.admin.alter_configs([resource]).values():
            future.result(30)

    def _partition_count(self, name):
        """How many partitions of a topic have a leader."""
        topic = self.admin.list_topics(timeout=10).topics.get(name)
        if topic is None or topic.error is not None:
            return 0
        return sum(1 for partition in topic.partitions.values() if partition.leader >= 0)

    def stop(self):
        """Stops all brokers in order; their data stays."""
        for broker in self.brokers:
            broker.stop()

    def close(self):
        """Kills what runs and removes everything.  Once is enough; it runs at exit anyway."""
        atexit.unregister(self.close)
        for broker in self.brokers:
            broker.kill()
        for ports in self._ports:
            for port in ports.values():
                port.release()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.close()


def prepared_installation():
    """Gives the installation and the flags that use the archive of its classes, made once."""
    kafka = installation.install()
    if not kafka.archive.exists():
        with installation.locked():
            if not kafka.archive.exists():
                make_archive(kafka)
    return kafka, [f"-XX:SharedArchiveFile={kafka.archive}", "-Xshare:auto"]


def make_archive(kafka):
    """Lets a broker do once what tests do, so that its classes can be kept parsed."""
    new = kafka.archive.with_suffix(".new")
    new.unlink(missing_ok=True)
    with Cluster(installed=(kafka, [f"-XX:ArchiveClassesAtExit={new}"])) as cluster:
        cluster.create_topic("warm-up", partitions=1)
        exercise(cluster.bootstrap_servers)
        cluster.stop()
    if not new.exists():
        raise LauncherError(f"{kafka.java} made no archive of its classes")
    os.rename(new, kafka.archive)


def exercise(bootstrap_servers):
    """Produces and consumes one record, in a group, so that those classes are in the archive."""
    quiet = {"bootstrap.servers": bootstrap_servers, "log_level": 0}
    producer = Producer({**quiet, "enable.idempotence": True})
    producer.produce("warm-up", b"value", b"key")
    producer.flush(30)
    consumer = Consumer({**quiet, "group.id": "warm-up", "auto.offset.reset": "earliest"})
    consumer.subscribe(["warm-up"])
    wait_until(lambda: consumer.poll(0.1), 30, "the warm-up record comes back")
    consumer.close()


def parse_topic(text):
    """NAME:PARTITIONS → (name, partitions)."""
    name, _, partitions = text.rpartition(":")
    if not name or not partitions.isdigit():
        raise argparse.ArgumentTypeError(f"{text}: NAME:PARTITIONS is wanted")
    return name, int(partitions)


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description="Starts Apache Kafka brokers for tests.")
    parser.add_argument("--brokers", type=int, choices=(1, 3), default=1)
    parser.add_argument("--topic", type=parse_topic, action="append", default=[], metavar="T:N")
    parser.add_argument("--install-only", action="store_true", help="fetch the jars, no more")
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND")
    return parser.parse_args(arguments)


def run_command(cluster, command):
    """Runs a command beside the cluster; gives its exit code."""
    environment = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": cluster.bootstrap_servers}
    return subprocess.run(command, env=environment).returncode


def main(arguments):
    options = parse_arguments(arguments)
    if options.install_only:
        kafka, _ = prepared_installation()
        print(kafka.folder)
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with Cluster(options.brokers) as cluster:
        for name, partitions in options.topic:
            cluster.create_topic(name, partitions, replication=options.brokers)
        command = [word for word in options.command if word != "--"]
        if command:
            return run_command(cluster, command)
        pids = [broker.process.pid for broker in cluster.brokers]
        told = {"bootstrap_servers": cluster.bootstrap_servers, "pids": pids}
        print(json.dumps(told), flush=True)
        signal.pause()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except LauncherError as problem:
        sys.exit(f"launcher: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)
