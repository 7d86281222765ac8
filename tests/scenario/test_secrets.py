"""Canary secrets in every slot: whatever happens, they are in nothing that the worker says.

Every stage is searched for its secrets when its scenario ends; these scenarios provoke the moments
in which programs like to tell them: refused passwords and tokens, debug output, broken settings.
"""

import resource
import signal

import pytest
from launcher import Cluster

from harness.records import STRUCTURED

KAFKA_USER = "worker"


@pytest.fixture(scope="module")
def kafka_password():
    """Known to the broker; a stage gets it in a file."""
    return "canary5f0c1d6e0b7b4a599d6c"


@pytest.fixture(scope="module")
def cluster(kafka_password):
    """A broker that asks for a password."""
    with Cluster(sasl_user=(KAFKA_USER, kafka_password)) as started:
        yield started


@pytest.fixture
def guarded(stage, kafka_password):
    """A stage whose worker logs in to Kafka, and tells all it can."""
    password = stage.secret("kafka-password")
    password.text = kafka_password
    password.file.write_text(kafka_password + "\n")
    stage.settings.bootstrap_servers = stage.cluster.sasl_bootstrap_servers
    stage.settings.log_level = "debug"
    stage.settings.properties += [
        "security.protocol=SASL_PLAINTEXT",
        "sasl.mechanism=PLAIN",
        f"sasl.username={KAFKA_USER}",
    ]
    stage.settings.property_files = [f"sasl.password={password.file}"]
    return stage


def ask_everything(worker):
    """Reads all that the management port offers, and the line of state."""
    for path in ("/livez?verbose", "/readyz?verbose", "/healthz", "/metrics", "/nothing-here"):
        assert worker.get(path)[0] in (200, 404, 503)
    worker.get("/metrics", {"Accept": "application/openmetrics-text"})
    worker.signal(signal.SIGUSR1)
    worker.wait_for_line("state")


def test_a_life_with_all_kinds_of_trouble_tells_no_secret(guarded):
    worker = guarded.worker().start().wait_until_ready()
    stream = guarded.stream(keys=10)
    guarded.standin.trouble(
        answers=[{"status": 500, "times": 3, "method": "POST"}],
        cut_before_percent=5,
        close_idle_ms=100,
    )
    stream.publish("IRES1", b"{", STRUCTURED, "unreadable|1", sequence=-1)
    stream.send(60)
    guarded.settle(30, letters=1)
    guarded.standin.calm()
    guarded.standin.trouble(bad_token=True)
    stream.send(2)
    worker.wait_for_line("held")
    guarded.standin.trouble(bad_token=None)
    ask_everything(worker)
    worker.stop()

    posts = "".join(str(post) for post in guarded.standin.journal())
    letters = "".join(f"{letter.headers}{letter.value}" for letter in guarded.letters())
    for secret in guarded.secrets:
        assert secret.text not in posts
        assert secret.text not in letters


def test_a_refused_password_is_not_told(guarded):
    wrong = guarded.secret("wrong-kafka-password")
    guarded.settings.property_files = [f"sasl.password={wrong.file}"]
    worker = guarded.worker().start()
    worker.wait_for_line("kafka")
    ask_everything(worker)
    worker.terminate()
    worker.wait()


def test_the_command_line_and_the_environment_hold_no_secret(guarded):
    worker = guarded.worker().start().wait_until_ready()
    for name in ("cmdline", "environ"):
        with open(f"/proc/{worker.pid}/{name}", "rb") as file:
            worker.heard.append(file.read().decode(errors="replace"))
    guarded.stop_workers()


@pytest.mark.parametrize("arguments", [["settings"], ["settings", "--json"], ["check", "--offline"]])
def test_commands_tell_no_secret(guarded, arguments):
    assert guarded.worker().run(*arguments).returncode == 0


def test_errors_in_settings_tell_no_secret(guarded):
    hook = guarded.hook_token
    guarded.settings.property_files += [f"no.such.property={hook.file}", f"acks={hook.file}"]
    bot = guarded.bot_tokens["zeezicht"]
    guarded.settings.integrations[0].hook_token_files = [hook.file, bot.file, hook.file]
    done = guarded.worker().run("check", "--offline")
    assert done.returncode == 78
    assert done.stderr


def test_a_crash_leaves_no_core_with_secrets(guarded):
    worker = guarded.worker().start()
    limit = resource.prlimit(worker.pid, resource.RLIMIT_CORE)
    worker.wait_until_ready()
    worker.signal(signal.SIGABRT)
    assert worker.wait() == -signal.SIGABRT
    for file in guarded.folder.glob("*core*"):
        content = file.read_bytes()
        assert not any(secret.text.encode() in content for secret in guarded.secrets), limit
