"""Canary secrets in every slot: whatever happens, they are in nothing that the worker says.

Every stage is searched for its secrets when its scenario ends; these scenarios provoke the moments
in which programs like to tell them: refused passwords and tokens, debug output, broken settings.
"""

import os
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
    unused = ("ssl.key.password", "ssl.keystore.password")
    stage.settings.property_files = [
        f"sasl.password={password.file}",
        *(f"{name}={stage.secret(name).file}" for name in unused),
    ]
    return stage


def ask_everything(worker):
    """Reads all that the management port offers, and the line of state."""
    for path in ("/livez?verbose", "/readyz?verbose", "/healthz", "/metrics", "/nothing-here"):
        assert worker.get(path)[0] in (200, 404, 503)
    worker.get("/metrics", {"Accept": "application/openmetrics-text"})
    worker.signal(signal.SIGUSR1)
    worker.wait_for_line("state")


def test_the_search_finds_a_secret(stage):
    worker = stage.worker()
    worker.heard.append(f"the token is {stage.hook_token.text}")
    with pytest.raises(AssertionError, match="hook-token"):
        stage.judge_secrets()
    worker.heard.clear()
    worker.output.write_text(stage.bot_tokens["zeezicht"].text)
    with pytest.raises(AssertionError, match="bot-token"):
        stage.judge_secrets()
    worker.output.unlink()


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


def test_a_password_in_a_server_url_is_refused_and_not_told(guarded):
    password = guarded.secret("password-in-url").text
    integration = guarded.settings.integrations[0]
    integration.server_url = integration.server_url.replace("//", f"//user:{password}@")
    done = guarded.worker().run("check", "--offline")
    assert done.returncode == 78
    assert "server_url" in done.stderr


def test_a_secret_in_the_wrong_file_is_not_told(guarded):
    """librdkafka's words about a value that it does not know repeat the value."""
    guarded.settings.property_files += [f"security.protocol={guarded.hook_token.file}"]
    worker = guarded.worker()
    assert worker.run("settings").returncode == 0
    done = worker.run("run")
    assert done.returncode == 78
    assert "security.protocol" in done.stderr


@pytest.fixture
def cores_are_wanted():
    """A worker inherits the wish for cores, and has to refuse it."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    yield before[1] != 0
    resource.setrlimit(resource.RLIMIT_CORE, before)


def test_a_crash_leaves_no_core(guarded, cores_are_wanted):
    assert cores_are_wanted, "the hard limit is 0: nothing could be seen here"
    worker = guarded.worker().start().wait_until_ready()
    worker.signal(signal.SIGABRT)
    ended = os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOWAIT)
    assert (ended.si_status, ended.si_code) == (signal.SIGABRT, os.CLD_KILLED), "it dumped a core"
    worker.wait()
