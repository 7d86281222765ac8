"""Everything that one scenario needs: topics, a stand-in, secrets, settings, workers, a judge."""

import itertools
import json
import pathlib
import random
import time
import uuid

import clients
from broker import wait_until
from launcher import LauncherError

from harness import chat_checker, checker
from harness.conversations import Chats, FileServer
from harness.records import TEXTS, Stream
from harness.settings import Integration, Settings
from harness.standin import Standin
from harness.worker import Worker

TEAM = "zeezicht"
LICENCES = ["zeezicht", "duinhotel"]
NUMBERS = itertools.count(1)


class Secret:
    """A secret in a file; its text must appear nowhere else."""

    def __init__(self, folder, name):
        self.text = f"canary{uuid.uuid4().hex[:20]}"
        self.file = folder / name
        self.file.write_text(self.text + "\n")
        self.file.chmod(0o600)


class Stage:
    """A scenario's own corner of the broker, with its own stand-in."""

    def __init__(self, cluster, folder, partitions=6, dead_letters=True, chats=False):
        """`dead_letters`: whether their topic is made; `chats`: whether conversations are mirrored."""
        number = next(NUMBERS)
        self.cluster = cluster
        self.folder = pathlib.Path(folder)
        self.partitions = partitions
        self.topic = f"notifications-{number}"
        self.dead_letters = f"dead-letters-{number}"
        self.group = f"workers-{number}"
        self.random = random.Random(number)
        self.workers = []
        self._streams = []
        (self.folder / "secrets").mkdir()
        self.bot_tokens = {licence: self.secret(f"bot-token-{licence}") for licence in LICENCES}
        self.hook_token = self.secret("hook-token")
        self.standin = Standin(self.folder)
        cluster.create_topic(self.topic, partitions)
        if dead_letters:
            self.create_dead_letters()
        self.files = None
        self.settings = self._write_integrations()
        self.settings.state = f"state-{number}"
        cluster.create_topic(self.settings.state, partitions, cleanup_policy="compact")
        if chats:
            self._add_chats(number)

    def _add_chats(self, number):
        """Has the conversations of all licences mirrored into one channel."""
        self.settings.conversations = f"conversations-{number}"
        self.cluster.create_topic(self.settings.conversations, self.partitions)
        self.mirror = new_id(self.random)
        self.standin.set_up(
            channels=[
                {"id": self.mirror, "name": "mirror", "team": TEAM, "type": "O", "members": LICENCES}
            ]
        )
        for integration in self.settings.integrations:
            integration.conversation_channel = self.mirror
        self.files = FileServer()

    def chats(self):
        """Conversations to be published."""
        return Chats(
            self.cluster.bootstrap_servers,
            self.settings.conversations,
            self.licences(),
            self.random,
            self.files,
        )

    def chats_are_done(self):
        """Whether all records of conversations are done and committed."""
        servers = self.cluster.bootstrap_servers
        topic = self.settings.conversations
        found = clients.committed_offsets(servers, self.group, topic, self.partitions)
        ends = clients.end_offsets(servers, topic)
        return {number: offset or 0 for number, offset in found.items()} == ends

    def wait_until_chats_are_done(self, seconds):
        """Waits for that; a worker that dies meanwhile is an error."""
        running = [worker for worker in self.workers if worker.is_running()]

        def done():
            for worker in running:
                assert worker.is_running(), f"died by itself: {worker.describe()}"
            return self.chats_are_done()

        wait_until(done, seconds, "all conversations are done", pause=0.2)

    def finish_chats(self, chats, seconds):
        """Waits until all that was published is done, stops the workers; gives the judgement."""
        chats.finish()
        self.wait_until_chats_are_done(seconds)
        self.stop_workers()
        return self.judge_chats(chats)

    def judge_chats(self, chats):
        """What is to be seen of the conversations; printed."""
        verdict = chat_checker.judge(chats.conversations, self.standin.posts(self.mirror))
        print(verdict)
        return verdict

    def secret(self, name):
        """Makes a secret; judge_secrets() looks for all of them."""
        made = Secret(self.folder / "secrets", name)
        self.secrets = [*getattr(self, "secrets", []), made]
        return made

    def create_dead_letters(self, **config):
        """Makes the dead-letter topic."""
        self.cluster.create_topic(self.dead_letters, 1, **config)

    def _write_integrations(self):
        """Two licences, each with its bot, on one server: one names channels by id, one by name."""
        names = list(TEXTS)
        ids = {name: new_id(self.random) for name in names}
        channels = [
            {"id": ids[name], "name": name, "team": TEAM, "type": kind, "members": LICENCES}
            for name, kind in zip(names, itertools.cycle("OP"))
        ]
        self.standin.set_up(
            bots=[
                {"username": licence, "token": token.text}
                for licence, token in self.bot_tokens.items()
            ],
            teams=[{"name": TEAM, "display_name": "Zeezicht", "type": "O"}],
            channels=channels,
        )
        self.channels = ids
        common = {
            licence: {
                "licence": licence,
                "server_url": self.standin.url,
                "bot_token_file": token.file,
            }
            for licence, token in self.bot_tokens.items()
        }
        by_name = {name: f"{TEAM}/{name}" for name in names}
        return Settings(
            bootstrap_servers=self.cluster.bootstrap_servers,
            group=self.group,
            notifications=self.topic,
            dead_letters=self.dead_letters,
            integrations=[
                Integration(
                    channels=ids, hook_token_files=[self.hook_token.file], **common["zeezicht"]
                ),
                Integration(channels=by_name, **common["duinhotel"]),
            ],
        )

    def licences(self):
        """The licences of the settings."""
        return [integration.licence for integration in self.settings.integrations]

    def worker(self, name="worker", environment=None):
        """A worker with the stage's settings as they are now; not started yet."""
        file = self.settings.write(self.folder / f"{name}.conf")
        made = Worker(name, self.folder, file, environment)
        self.workers.append(made)
        return made

    def stream(self, keys=50):
        """A stream of notifications to the stage's topic."""
        seed = self.random.randrange(2**32)
        made = Stream(self.cluster.bootstrap_servers, self.topic, self.licences(), keys, seed)
        self._streams.append(made)
        return made

    def sent(self):
        """All records that Kafka acknowledged."""
        return [record for stream in self._streams for record in list(stream.sent)]

    def trouble_as_usual(self):
        """What the heavy scenarios bear all the time: 5 % refusals, idle connections cut."""
        self.standin.trouble(
            answers=[
                {"status": 503, "percent": 4.5},
                {"status": 429, "percent": 0.5, "retry_after": 1},
            ],
            close_idle_ms=300,
        )

    def let_pass(self, seconds):
        """Lets the scenario go on for a while, and notices a worker that dies by itself."""
        running = [worker for worker in self.workers if worker.is_running()]
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for worker in running:
                assert worker.is_running(), f"died by itself: {worker.describe()}"
            time.sleep(min(0.05, max(0.0, until - time.monotonic())))

    def settle(self, seconds, letters=0):
        """Waits until every record is done, or the time is over: judge() tells which."""

        def all_done():
            events = {checker.event_and_part(post)[0] for post in self.standin.journal()}
            return len(events) + letters >= len({record.event for record in self.sent()})

        try:
            wait_until(all_done, seconds, "every record is done", pause=0.2)
            if letters:
                wait_until(lambda: self.count_letters() >= letters, seconds, "dead letters", 0.2)
        except LauncherError:
            pass

    def wait_until_committed(self, seconds):
        """Waits until all is committed: while the group rebalances the broker takes no commit."""
        done = "everything is committed"
        wait_until(lambda: self.committed() == self.ends(), seconds, done, pause=0.2)

    def stop_workers(self):
        """Drains all workers that run, at once; each must end with 0."""
        running = [worker for worker in self.workers if worker.is_running()]
        for worker in running:
            worker.terminate()
        for worker in running:
            status = worker.wait()
            assert status == 0, f"ended with {status}: {worker.describe()}"

    def letters(self):
        """The dead letters so far."""
        messages = clients.read_all(self.cluster.bootstrap_servers, self.dead_letters)
        return checker.read_letters(messages)

    def count_letters(self):
        """How many dead letters there are."""
        ends = clients.end_offsets(self.cluster.bootstrap_servers, self.dead_letters)
        return sum(ends.values())

    def committed(self):
        """{partition: committed offset}; 0 where nothing was committed."""
        servers = self.cluster.bootstrap_servers
        found = clients.committed_offsets(servers, self.group, self.topic, self.partitions)
        return {partition: offset or 0 for partition, offset in found.items()}

    def ends(self):
        """{partition: offset of the next record}."""
        return clients.end_offsets(self.cluster.bootstrap_servers, self.topic)

    def judge(self, letters=()):
        """What became of every record; printed, so that a passing run tells its numbers, too."""
        result = checker.check(self.sent(), self.standin.journal(), letters)
        print(result)
        return result

    def parked(self):
        """(topic, partition, offset) of all records that stand in the state topic."""
        return clients.parked(self.cluster.bootstrap_servers, self.settings.state)

    def judge_commits(self):
        """Gives what a crash of all workers now would do again: the places of posts at or above
        the commits.

        Nothing below a commit may be without its post, or parked: that is asserted.
        """
        committed = self.committed()  # first: a post that comes later does no harm
        parked = {place[1:] for place in self.parked() if place[0] == self.topic}
        places = {place_of(post) for post in self.standin.journal()}
        early = [
            record
            for record in self.sent()
            if record.offset < committed[record.partition]
            and (record.partition, record.offset) not in places | parked
        ]
        assert not early, f"committed before they were done: {early[:3]}"
        return {place for place in places if place[1] >= committed[place[0]]}

    def judge_secrets(self):
        """No secret is in anything that a worker said or wrote."""
        said = {file.name: file.read_bytes() for file in self.folder.glob("*core*")}
        for worker in self.workers:
            said |= {file.name: file.read_bytes() for file in worker.outputs()}
            said[f"{worker.name}: management port and commands"] = "\n".join(worker.heard).encode()
        for secret in self.secrets:
            for where, content in said.items():
                found = secret.text.encode() in content
                assert not found, f"the secret {secret.file.name} is in {where}"

    def close(self):
        """Ends all processes."""
        for worker in self.workers:
            worker.kill()
        self.standin.stop()
        if self.files:
            self.files.stop()

    def describe(self):
        """For the report of a test that failed."""
        parts = [worker.describe() for worker in self.workers]
        return "\n\n".join([f"stand-in: {self.standin.describe()}", *parts])


def new_id(rng):
    """An id as Mattermost makes them."""
    return "".join(rng.choice("ybndrfg8ejkmcpqxot1uwisza345h769") for _ in range(26))


def place_of(post):
    """(partition, offset) of the record of an accepted post."""
    props = post["props"]
    if isinstance(props, str):
        props = json.loads(props)
    _, partition, offset = props["ireserve"]["record"].rsplit("/", 2)
    return int(partition), int(offset)
