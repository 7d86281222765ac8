#!/usr/bin/env python3
"""What the command `render` prints, and how it ends.

render_command_test.py PROGRAM FOLDER_WITH_CASES
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM, CASES = sys.argv[1], pathlib.Path(sys.argv[2])
BOOKING = CASES / "booking" / "input.json"

SETTINGS = """
kafka = {{ bootstrap_servers = "localhost:9092"; }};
old_news = ( {{ type = "booking_created"; max_age_s = 3600; then = "{then}"; }} );
integrations = ( {{ licence = "{licence}"; active = {active}; server_url = "https://mattermost.example.com";
  bot_token_file = "{token}"; notification_channels = {{ booking_created = "t1xpq1ki4f8ijrtr4xdi5o3sqh"; }}; }} );
"""


def run(*words, stdin=b""):
    return subprocess.run([PROGRAM, *map(str, words)], input=stdin, capture_output=True, timeout=30)


class RenderCommand(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def settings(self, licence="zeezicht", active="true", then="mark"):
        token = self.folder / "token"
        token.write_text("abcdefghijklmnopqrstuvwxyz\n")
        token.chmod(0o600)
        path = self.folder / "worker.conf"
        path.write_text(SETTINGS.format(licence=licence, active=active, then=then, token=token))
        return path

    def says(self, code, words, *arguments, **more):
        done = run(*arguments, **more)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertIn(words, done.stderr.decode())
        self.assertEqual(done.stdout, b"")

    def test_people_see_channel_message_and_card(self):
        done = run("render", BOOKING)
        self.assertEqual(done.returncode, 0, done.stderr)
        shown = done.stdout.decode()
        for line in (
            "channel   channel0000000000000000000\n",
            "colour    #2389d7\n",
            "    **Nieuwe boeking** · IRES3691\n    Familie De Vries, 2 nachten, kamer 12\n",
            "    ┃ IRES3691 → https://zeezicht.i-reserve.nl/admin.php?booking=3691\n",
            "    ┃ Aankomst: 2026-12-04\n    ┃ Personen: 4\n",
        ):
            self.assertIn(line, shown)

    def test_json_is_the_bodies_one_a_line(self):
        done = run("render", "--json", "-", stdin=(CASES / "long-text" / "input.json").read_bytes())
        bodies = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([body["props"]["ireserve"]["part"] for body in bodies], [1])
        self.assertEqual(bodies[0]["metadata"], {"priority": {"priority": "important"}})

    def test_a_conversation_is_shown_as_a_thread(self):
        done = run("render", CASES / "conversation-started" / "input.json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("    **Jan Jansen** · Gesprek c-10293 (c10293)\n", done.stdout.decode())
        self.assertIn("    ┃ E-mail: jan@example.nl\n", done.stdout.decode())
        done = run("render", CASES / "message-with-files" / "input.json")
        self.assertIn("thread    root0000000000000000000000\n", done.stdout.decode())
        self.assertIn("    🙂 **Jan Jansen** (1/2)\n    Foto's\n\n    (10 files)\n", done.stdout.decode())
        done = run("render", CASES / "message-edited" / "input.json")
        self.assertIn("    🙂 **Jan Jansen** · bewerkt\n", done.stdout.decode())

    def test_what_makes_no_post_is_said_in_words(self):
        event = json.loads((CASES / "message-edited" / "input.json").read_text())
        for kind, words in (
            ("message-deleted", "deletes the posts of the message m-7\n"),
            ("closed", "posts nothing: the conversation c-10293 is closed\n"),
        ):
            event["type"] = f"nl.ireserve.conversation.{kind}.v1"
            done = run("render", "-", stdin=json.dumps(event).encode())
            self.assertEqual((done.returncode, done.stdout.decode()), (0, words), done.stderr)

    def test_settings_say_the_channel(self):
        done = run("--settings", self.settings(), "render", "--json", BOOKING)
        self.assertEqual(json.loads(done.stdout)["channel_id"], "t1xpq1ki4f8ijrtr4xdi5o3sqh")

    def test_what_is_not_sent_is_said(self):
        urgent = CASES / "urgent" / "input.json"
        self.says(1, "no channel for booking_cancelled", "--settings", self.settings(), "render", urgent)
        self.says(1, "not active", "--settings", self.settings(active="false"), "render", BOOKING)
        self.says(1, "no integration has the licence zeezicht",
                  "--settings", self.settings(licence="duinzicht"), "render", BOOKING)

    def test_old_news_says_when_it_was_or_is_not_sent(self):
        event = json.loads(BOOKING.read_text())
        event["data"]["occurred_at"] = "2020-03-04T05:06:07+01:00"
        old = json.dumps(event).encode()
        done = run("--settings", self.settings(), "render", "-", stdin=old)
        self.assertIn("**Nieuwe boeking** · IRES3691 (van 4 maart 2020 04:06 UTC)\n",
                      done.stdout.decode())
        self.says(1, "not sent: older than", "--settings", self.settings(then="drop"),
                  "render", "-", stdin=old)

    def test_an_event_that_cannot_be_read_names_the_field(self):
        self.says(1, "specversion", "render", "-", stdin=b"{}")

    def test_a_type_from_outside_cannot_turn_the_line(self):
        event = json.loads(BOOKING.read_text())
        event["type"] = "x\u202ey"
        self.says(1, "of the type xy\n", "render", "-", stdin=json.dumps(event).encode())

    def test_a_slip_on_the_command_line_is_64(self):
        self.says(64, "which file", "render")
        self.says(64, "cannot read", "render", self.folder / "missing")
        self.says(64, "--jsno", "render", "--jsno", BOOKING)
        self.says(64, "at most", "render", "-", stdin=b" " * (1024 * 1024 + 1))

    def test_wrong_settings_are_78(self):
        self.says(78, "missing.conf", "--settings", self.folder / "missing.conf", "render", BOOKING)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
