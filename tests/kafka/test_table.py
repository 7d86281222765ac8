"""The table on a real broker: what a compacted, transactional or restarted log looks like to it."""

import collections
import os
import subprocess
import threading

import clients
import launcher
import pytest
from broker import wait_until

SECONDS = 60

# Only where the cleaner is wanted: it would take records from the others, which count them.
COMPACTED = {
    "cleanup_policy": "compact",
    "segment_ms": 200,
    "min_cleanable_dirty_ratio": 0.01,
    "delete_retention_ms": 0,
    "max_compaction_lag_ms": 1000,
}

Record = collections.namedtuple("Record", "offset key value")


class Table:
    """The console of a table, as a process of its own; notes what it tells."""

    def __init__(self, bootstrap_servers, topic):
        self._process = subprocess.Popen(
            [os.environ["TABLE_CONSOLE"], bootstrap_servers, topic],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.read = collections.defaultdict(list)
        self.restored = {}  # {owner: epoch}
        self.before = {}  # {owner: how many records were read before that}
        self.hindered = collections.defaultdict(list)
        self.written = []
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self):
        for line in self._process.stdout:
            what, *words = line.rstrip("\n").split(" ")
            getattr(self, f"_on_{what}")(*words)

    def _on_read(self, owner, offset, key, value=None):
        self.read[owner].append(Record(int(offset), key, value))

    def _on_restored(self, owner, epoch):
        self.before[owner] = len(self.read[owner])
        self.restored[owner] = int(epoch)

    def _on_hindered(self, owner, *why):
        self.hindered[owner].append(" ".join(why))

    def _on_written(self, value):
        self.written.append(value)

    def tell(self, *words):
        """Gives a command."""
        self._process.stdin.write(" ".join(str(word) for word in words) + "\n")
        self._process.stdin.flush()

    def restore(self, owner, number):
        """Joins and waits for the end of the restore."""
        self.tell("join", owner, number)
        wait_until(lambda: str(owner) in self.restored, SECONDS, f"owner {owner} is restored")

    def state(self, owner):
        """{key: value} of what an owner was told, without markers."""
        table = {}
        for record in self.read[str(owner)]:
            table[record.key] = record.value
        return {k: v for k, v in table.items() if v is not None and not k.startswith("epoch/")}

    def values(self, owner):
        """All values that an owner was told, in order, without markers'."""
        return [r.value for r in self.read[str(owner)] if not r.key.startswith("epoch/")]

    def close(self):
        self._process.stdin.close()
        assert self._process.wait(SECONDS) == 0
        self._listener.join(SECONDS)


@pytest.fixture(scope="module")
def cluster():
    with launcher.Cluster(settings={"log.cleaner.backoff.ms": 100}) as started:
        yield started


@pytest.fixture
def open_table(cluster):
    tables = []

    def open_one(topic):
        tables.append(Table(cluster.bootstrap_servers, topic))
        return tables[-1]

    yield open_one
    for table in tables:
        table.close()


def write(cluster, topic, records):
    """Another process writes (key, value) pairs to partition 0."""
    producer = clients.producer(cluster.bootstrap_servers)
    for key, value in records:
        producer.produce(topic, value, key, partition=0)
    assert producer.flush(SECONDS) == 0


def count(cluster, topic):
    return len(clients.read_all(cluster.bootstrap_servers, topic))


def test_a_compacted_log_with_tombstones_restores_what_was_written_last(cluster, open_table):
    cluster.create_topic("compacted", partitions=1, **COMPACTED)
    rounds = [[(f"key-{i}", f"{i}.{turn}") for i in range(200)] for turn in range(5)]
    for records in rounds:
        write(cluster, "compacted", records)
    write(cluster, "compacted", [(f"key-{i}", None) for i in range(0, 200, 2)])

    def is_compacted():
        # Only a record that is written after segment.ms ends the segment before it.
        write(cluster, "compacted", [("roll", "x")])
        return count(cluster, "compacted") < 150

    wait_until(is_compacted, SECONDS, "the cleaner has run", pause=0.3)
    table = open_table("compacted")
    table.restore(0, 0)
    assert table.state(0) == {"roll": "x", **{f"key-{i}": f"{i}.4" for i in range(1, 200, 2)}}
    assert table.restored["0"] > len(table.read["0"])
    offsets = [record.offset for record in table.read["0"]]
    assert offsets == sorted(set(offsets))
    assert not table.hindered


def test_aborted_records_and_their_gaps_are_passed_over(cluster, open_table):
    cluster.create_topic("transactions", partitions=1)
    producer = clients.producer(cluster.bootstrap_servers, transactional_id="others")
    producer.init_transactions(SECONDS)

    def transact(value, end):
        producer.begin_transaction()
        producer.produce("transactions", value, "key", partition=0)
        producer.flush(SECONDS)  # a transaction that has nothing yet cannot be aborted
        end(SECONDS)

    transact("committed", producer.commit_transaction)
    transact("aborted", producer.abort_transaction)
    table = open_table("transactions")
    table.restore(0, 0)
    assert table.values(0) == ["committed"]
    transact("aborted", producer.abort_transaction)
    table.restore(1, 0)  # the log ends in a control record and a marker
    transact("later", producer.commit_transaction)
    for owner in ("0", "1"):
        wait_until(
            lambda: table.values(owner) == ["committed", "later"], SECONDS, "the tail is told"
        )
    assert not table.hindered


def test_a_zombie_is_told_of_its_successor_who_is_told_of_its_late_write(cluster, open_table):
    cluster.create_topic("zombie", partitions=2)
    zombie, owner = open_table("zombie"), open_table("zombie")
    zombie.restore(0, 1)
    zombie.tell("write", 0, "key", "in-time")
    wait_until(lambda: zombie.written == ["in-time"], SECONDS, "it is written")
    owner.restore(1, 1)
    assert owner.values(1) == ["in-time"]
    zombie.tell("write", 0, "key", "late")
    wait_until(lambda: owner.values(1) == ["in-time", "late"], SECONDS, "the late write is told")
    assert owner.before["1"] == 3
    assert ("epoch/test/1", owner.restored["1"]) in [(r.key, r.offset) for r in zombie.read["0"]]
    assert owner.restored["1"] > zombie.restored["0"]


def test_two_owners_of_one_partition_are_told_the_same(cluster, open_table):
    cluster.create_topic("shared", partitions=1)
    write(cluster, "shared", [("key", str(i)) for i in range(5000)])
    table = open_table("shared")
    table.restore(0, 0)
    table.restore(1, 0)
    write(cluster, "shared", [("key", "last")])
    for owner in ("0", "1"):
        wait_until(lambda: table.values(owner)[-1:] == ["last"], SECONDS, "the tail is told")
    assert table.read["0"] == table.read["1"]


@pytest.mark.parametrize("end", ["restart", "kill"])
def test_a_broker_that_goes_and_comes_back_has_all_writes_once_in_order(cluster, open_table, end):
    topic = f"broker-{end}"
    cluster.create_topic(topic, partitions=1)
    table = open_table(topic)
    table.restore(0, 0)
    wanted = [str(i) for i in range(6000)]
    for value in wanted[:3000]:
        table.tell("write", 0, "key", value)
    getattr(cluster.brokers[0], end)()
    for value in wanted[3000:]:
        table.tell("write", 0, "key", value)
    table.tell("join", 1, 0)
    cluster.start()
    wait_until(lambda: len(table.written) == 6000, SECONDS, "all is acknowledged")
    assert table.written == wanted
    for owner in (0, 1):
        wait_until(lambda: len(table.values(owner)) >= 6000, SECONDS, "all is told")
        assert table.values(owner) == wanted


def test_a_topic_that_comes_later_is_waited_for(cluster, open_table):
    table = open_table("later")
    table.tell("join", 0, 0)
    wait_until(lambda: table.hindered["0"], SECONDS, "the lack is told")
    assert "partition 0 of later" in table.hindered["0"][0]
    assert "Unknown topic" in table.hindered["0"][0]
    cluster.create_topic("later", partitions=1)
    wait_until(lambda: "0" in table.restored, SECONDS, "it is restored")


def test_a_topic_that_is_made_again_is_told_from_its_beginning(cluster, open_table):
    cluster.create_topic("again", partitions=1)
    table = open_table("again")
    table.restore(0, 0)
    write(cluster, "again", [("key", f"old-{i}") for i in range(50)])
    wait_until(lambda: table.values(0)[-1:] == ["old-49"], SECONDS, "the tail is told")
    cluster.delete_topic("again")
    cluster.create_topic("again", partitions=1)
    write(cluster, "again", [("key", f"new-{i}") for i in range(10)])
    wait_until(lambda: table.values(0)[-1:] == ["new-9"], SECONDS, "the new log is told")
    assert table.values(0)[50:] == [f"new-{i}" for i in range(10)]
    table.tell("write", 0, "key", "own")
    wait_until(lambda: table.written == ["own"], SECONDS, "it can be written to")
