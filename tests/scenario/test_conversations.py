"""Conversations: each is one thread, whole and in order, whatever happens to it."""

import time

import pytest
from broker import wait_until

SECONDS = 60


@pytest.fixture
def stage(make_stage):
    """A stage whose licences mirror their conversations."""
    return make_stage(chats=True)


def test_a_conversation_becomes_a_thread(stage):
    stage.worker().start().wait_until_ready()
    chats = stage.chats()
    chats.begin("c-1")
    for _ in range(5):
        chats.say("c-1")
    chats.say("c-1", files=2, missing_files=1)
    chats.say("c-1", text="heel lang " * 4000)
    edited = chats.say("c-1")
    deleted = chats.say("c-1", files=1)
    chats.edit("c-1", edited)
    chats.delete("c-1", deleted)
    chats.close("c-1")
    verdict = stage.finish_chats(chats, SECONDS)
    assert verdict.is_clean(), str(verdict)


def test_a_message_whose_beginning_was_not_seen_makes_its_root(stage):
    stage.worker().start().wait_until_ready()
    chats = stage.chats()
    chats.begin("c-1", started=False)
    chats.say("c-1")
    chats.close("c-1")
    chats.say("c-1")
    verdict = stage.finish_chats(chats, SECONDS)
    assert verdict.is_clean(), str(verdict)


def test_a_thread_is_found_again_after_a_restart(stage):
    chats = stage.chats()
    chats.begin("c-1")
    chats.say("c-1")
    worker = stage.worker().start().wait_until_ready()
    chats.finish()
    stage.wait_until_chats_are_done(SECONDS)
    worker.stop()
    chats.say("c-1")
    chats.close("c-1")
    worker.start().wait_until_ready()
    verdict = stage.finish_chats(chats, SECONDS)
    assert verdict.is_clean(), str(verdict)


def test_a_root_that_somebody_deletes_is_made_again_once(stage):
    worker = stage.worker().start().wait_until_ready()
    chats = stage.chats()
    chats.begin("c-1")
    chats.say("c-1")
    chats.finish()
    stage.wait_until_chats_are_done(SECONDS)
    stage.standin.delete(channel=stage.mirror, roots_percent=100)
    for _ in range(5):
        chats.say("c-1")
    verdict = stage.finish_chats(chats, SECONDS)
    assert verdict.is_clean(), str(verdict)
    assert len(worker.lines("root_made")) == 2


def test_a_channel_whose_history_is_gone_gets_new_threads(stage):
    stage.worker().start().wait_until_ready()
    chats = stage.chats()
    for name in ("c-1", "c-2"):
        chats.begin(name)
        chats.say(name)
    chats.finish()
    stage.wait_until_chats_are_done(SECONDS)
    stage.standin.delete(channel=stage.mirror)
    for name in ("c-1", "c-2"):
        chats.say(name)
        chats.say(name)
    chats.finish()
    stage.wait_until_chats_are_done(SECONDS)
    stage.stop_workers()
    living = [post for post in stage.standin.posts(stage.mirror) if not post["delete_at"]]
    assert len([post for post in living if not post["root_id"]]) == 2
    assert len([post for post in living if post["root_id"]]) == 4


def test_a_file_that_takes_too_long_does_not_hold_up_the_end(stage):
    """The group is left in time: its partitions are another's at once, not after a session."""
    stage.settings.delivery["drain_ms"] = 4000
    worker = stage.worker().start().wait_until_ready()
    chats = stage.chats()
    chats.begin("c-1")
    chats.say("c-1")
    chats.finish()
    stage.wait_until_chats_are_done(SECONDS)
    chats.say("c-1", slow_files=1)
    for number in range(2, 20):
        chats.begin(f"c-{number}")  # done above it, so that it is waited for
    chats.finish()
    wait_until(lambda: len(worker.lines("delivered")) == 20, SECONDS, "all others are done")
    started = time.monotonic()
    worker.stop()
    assert time.monotonic() - started < 4
    assert "why" not in worker.wait_for_line("stopped")
