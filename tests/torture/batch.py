"""One batch: a stage of its own, its plan of faults, then healing, draining and judging."""

import dataclasses
import json
import signal
import time
import traceback

import clients
from broker import wait_until
from confluent_kafka import KafkaException
from harness import chat_checker, checker
from harness.stage import Stage
from launcher import LauncherError

import checks
import plan
import table
from faults import Faults
from traffic import Traffic

PARTITIONS = 6
PATIENCE = 180  # seconds after which what is not done is unseen, however slow the machine
CHAT_FLAWS = ("wrong_text", "wrong_files", "not_deleted", "wrong_mark", "orphaned")


class Batch:
    """Runs once.  `options`: workers, guard, rate."""

    def __init__(self, cluster, folder, batch_plan, options):
        self._options = options
        self._plan = batch_plan
        self._stage = Stage(cluster, folder, partitions=PARTITIONS, chats=True)
        self._folder = folder
        self._topics = {
            "notifications": self._stage.topic,
            "conversations": self._stage.settings.conversations,
        }
        self._faults = Faults(self._stage)
        self._traffic = None
        self._seen = checks.Seen()
        self.findings = table.Findings()

    def run(self):
        """Gives the findings; the folder is kept by the caller when they are worth a look."""
        try:
            self._start()
            for round_ in self._plan.rounds:
                self._play(round_)
            self._drain()
            self._judge()
        except Exception:  # whatever it is, it is a finding, and the other batches go on
            self.findings.add("broken", [traceback.format_exc()])
        self.findings.ends += self._faults.ends
        try:
            if not self.findings.is_clean() or self.findings.is_late():
                self._keep()
        finally:
            self._close()
        return self.findings

    def _start(self):
        """Workers that are ready, a stand-in with its manners, records that come."""
        self._stage.settings.attachments = {"timeout_ms": 6000}  # longer than a freeze
        trouble = {"latency_ms": self._plan.latency_ms, "close_idle_ms": self._plan.close_idle_ms}
        self._stage.standin.trouble(**trouble, dedup_guard=self._options.guard)
        workers = [self._stage.worker(f"worker-{n}") for n in range(self._options.workers)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.wait_until_ready()
        self._traffic = Traffic(self._stage, self._plan.seed, self._options.rate).start()

    def _play(self, round_):
        """Does the faults of a round, mends them, and sees how long it takes to recover."""
        self._pass(round_.outer.wait)
        is_calm = len(round_.faults()) == 1 and self._is_at_rest()
        began = time.monotonic()
        for due, fault, begins in round_.steps():
            self._pass(began + due - time.monotonic())
            if begins:
                self._begin(fault)
            else:
                self._faults.end(fault)
        self._recover(round_, self.findings.first_post if is_calm else self.findings.first_amid)
        self._check_commits()

    def _begin(self, fault):
        """A worker that was just killed has committed for the last time: then it shows most."""
        self._faults.begin(fault)
        self.findings.faults[fault.kind] += 1
        if plan.KINDS[fault.kind].whom == "worker" and self._faults.is_broker_well():
            self._check_commits()

    def _pass(self, seconds):
        """Lets it go on for a while, and notices a worker that dies by itself."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._check_alive()
            time.sleep(min(0.05, left))

    def _check_alive(self):
        """Workers and the one who publishes go on."""
        self._faults.check_alive()
        self._traffic.check_alive()

    def _published(self):
        """All records so far that make a post."""
        acts = [act for act in list(self._traffic.chats.acknowledged) if checks.makes_post(act)]
        return list(self._traffic.stream.sent) + acts

    def _is_at_rest(self):
        """Whether the group has all its workers, no others, and nothing to settle."""
        (group,) = self._stage.cluster.admin.list_groups(self._stage.group, timeout=PATIENCE)
        return group.state == "Stable" and len(group.members) == self._options.workers

    def _recover(self, round_, measured):
        """Measures from a heal to the first new post, and to all that was published before it."""
        healed = time.monotonic()
        where = " + ".join(fault.kind for fault in round_.faults()) + f" ({self._plan.seed})"
        wanted = self._published()
        before = len(self._stage.standin.journal())
        self._wait(lambda: len(self._stage.standin.journal()) > before, "a new post")
        measured.append((time.monotonic() - healed, where))
        if not (round_.is_waited_out or self._options.guard):
            return

        def all_posted():
            self._seen.read(self._stage.standin.journal())
            wanted[:] = [item for item in wanted if not self._seen.is_posted(item)]
            return not wanted

        if self._wait(all_posted, "all is posted"):
            self.findings.caught_up.append((time.monotonic() - healed, where))
        else:
            self.findings.add("unseen", wanted)
        if self._options.guard:
            self._wait_for_commits()

    def _wait_for_commits(self):
        """The guard lasts 30 s: what is older and not committed would be posted again."""
        ends = {name: self._ends(topic) for name, topic in self._topics.items()}

        def all_committed():
            return all(
                (self._committed(topic).get(number) or 0) >= end
                for name, topic in self._topics.items()
                for number, end in ends[name].items()
            )

        return self._wait(all_committed, "all is committed")

    def _wait(self, condition, what):
        """Whether the condition came true in time."""

        def is_true():
            self._check_alive()
            return condition()

        try:
            return wait_until(is_true, PATIENCE, what, pause=0.05)
        except LauncherError:
            return False

    def _committed(self, topic):
        return self._ask(clients.committed_offsets, self._stage.group, topic, PARTITIONS)

    def _ends(self, topic):
        return self._ask(clients.end_offsets, topic)

    def _ask(self, question, *arguments):
        """Asks the broker, which may be not yet itself again."""

        def answer():
            try:
                return [question(self._stage.cluster.bootstrap_servers, *arguments)]
            except KafkaException:
                return None

        return wait_until(answer, PATIENCE, f"the broker answers {question.__name__}")[0]

    def _undone(self):
        """({name: committed offsets}, {name: records that are not done})."""
        committed = {name: self._committed(topic) for name, topic in self._topics.items()}
        chats = self._traffic.chats
        acts, sent = list(chats.acknowledged), list(self._traffic.stream.sent)
        self._seen.read(self._stage.standin.journal())
        posts = self._stage.standin.posts(self._stage.mirror)
        return committed, {
            "notifications": checks.undone_notifications(sent, self._seen),
            "conversations": checks.undone_acts(acts, chats.conversations, posts, self._seen),
        }

    def _check_commits(self):
        """Nothing below a commit may be undone, unless it is parked."""
        with self._traffic.paused():
            found = self._below_commits(*self._undone())
            if found:
                found = self._leave_out_parked()
        self.findings.checks += 1
        self.findings.add("premature", found)

    @staticmethod
    def _below_commits(committed, undone):
        """Records that Kafka holds for done and that are not: [(topic's name, record)]."""
        return [
            (name, item)
            for name, items in undone.items()
            for item in checks.below(items, committed[name])
        ]

    def _leave_out_parked(self):
        """What is below the commits, neither done nor parked.  It may be done at any moment, so
        what is parked is read first.
        """
        parked = self._ask(clients.parked, self._stage.settings.state)
        return [
            (name, item)
            for name, item in self._below_commits(*self._undone())
            if (self._topics[name], item.partition, item.offset) not in parked
        ]

    def _nothing_is_parked(self):
        return not self._ask(clients.parked, self._stage.settings.state)

    def _drain(self):
        """All is well again; waits until all is done, then ends the workers in order."""
        self._stage.standin.calm()
        self._traffic.stop()
        if not self._wait_for_commits():
            self.findings.add("unseen", ["the commits did not reach the end"])
        if not self._wait(self._nothing_is_parked, "nothing is parked"):
            self.findings.add("unseen", ["something stayed parked"])
        self._faults.stop_workers()

    def _judge(self):
        """Holds all that is to be seen against all that was published."""
        add = self.findings.add
        committed, undone = self._undone()
        for name, items in undone.items():
            add("lost", checks.below(items, committed[name]))
            add("unseen", checks.not_below(items, committed[name]))
        journal = self._stage.standin.journal()
        own = [post for post in journal if not checks.is_of_chats(post)]
        letters = self._stage.letters()
        result = checker.check(self._traffic.stream.sent, own)
        chats = self._traffic.chats
        verdict = chat_checker.judge(
            chats.conversations, self._stage.standin.posts(self._stage.mirror)
        )
        add("twice_notifications", result.twice)
        add("twice_conversations", verdict.twice)
        add("disordered", [*result.out_of_order, *verdict.disordered])
        add("extra_roots", verdict.extra_roots)
        add("buried", [dataclasses.astuple(letter)[:3] for letter in letters])
        add("wrong", [("phantom", name) for name in result.phantom])
        add("wrong", [(flaw, item) for flaw in CHAT_FLAWS for item in getattr(verdict, flaw)])
        self.findings.records["notifications"] = len(self._traffic.stream.sent)
        self.findings.records["conversations"] = len(chats.acknowledged)
        self._stage.judge_secrets()

    def _keep(self):
        """Writes what explains the findings beside the logs."""
        journal = self._stage.standin.journal()
        kept = {
            "plan.json": dataclasses.asdict(self._plan),
            "findings.json": {
                **self.findings.wrong,
                "repeats": checks.repeats(journal),
                "recovery": self.findings.first_post,
                "recovery amid others": self.findings.first_amid,
                "faults": self._faults.told,
            },
        }
        for name, content in kept.items():
            text = json.dumps(content, ensure_ascii=False, indent=1, default=str)
            (self._folder / name).write_text(text)
        records = list(self._traffic.stream.sent) if self._traffic else []
        records += list(self._traffic.chats.acknowledged) if self._traffic else []
        (self._folder / "broker.log").write_text(self._stage.cluster.brokers[0].log_tail())
        lists = {
            "journal": journal,
            "mirror": self._stage.standin.posts(self._stage.mirror),
            "published": [dataclasses.asdict(record) for record in records],
        }
        for name, items in lists.items():
            lines = [json.dumps(item, ensure_ascii=False) + "\n" for item in items]
            (self._folder / f"{name}.jsonl").write_text("".join(lines))

    def _close(self):
        """Leaves the broker as it was, for the next batch."""
        if self._traffic:
            self._traffic.give_up()
        for worker in self._stage.workers:
            if worker.is_running():
                worker.signal(signal.SIGCONT)
        self._faults.let_go()
        self._stage.close()
        names = [*self._topics.values(), self._stage.dead_letters, self._stage.settings.state]
        self._stage.cluster.admin.delete_topics(names)
