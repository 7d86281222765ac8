"""What `check --offline` says of each settings file: settings_test.py PROGRAM FOLDER.

NAME.txt is the exit code and all that is said of NAME.conf.  Whatever else happens: no secret and
no password is in it.
"""

import pathlib
import subprocess
import sys
import unittest

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
FOLDER = pathlib.Path(sys.argv[2])
TOKEN = (FOLDER / "token").read_text().strip()
CANARY = "CANARY"


def ask(*arguments):
    """The exit code and everything that the program says, as one text."""
    done = subprocess.run(
        [PROGRAM, *arguments], cwd=FOLDER, text=True, timeout=20, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return f"exit code {done.returncode}\n{done.stdout}"


class Settings(unittest.TestCase):
    maxDiff = None

    def test_each_file_is_judged_as_written_beside_it(self):
        files = sorted(FOLDER.glob("*.conf"))
        self.assertGreater(len(files), 20)
        for file in files:
            with self.subTest(file.stem):
                said = ask("--settings", file.name, "check", "--offline")
                self.assertEqual(said, file.with_suffix(".txt").read_text())
                self.assertNotIn(TOKEN, said)
                self.assertNotIn(CANARY, said)

    def test_effective_settings_show_secrets_as_fingerprints_only(self):
        for options in ([], ["--json"]):
            said = ask("--settings", "passwords.conf", "settings", *options)
            self.assertIn("exit code 0", said)
            self.assertIn("sasl.password", said)
            self.assertNotIn(TOKEN, said)
            self.assertNotIn(CANARY, said)

    def test_effective_settings_show_which_hosts_attachments_may_come_from(self):
        said = ask("--settings", "mirror.conf", "settings")
        self.assertIn('[ "files.example.com", "*.example.org:8443" ]', said)
        self.assertIn('[ "*.i-reserve.nl" ]', ask("--settings", "fine.conf", "settings"))

    def test_effective_settings_show_what_is_old(self):
        said = ask("--settings", "old-news.conf", "settings")
        self.assertRegex(said, r"old_news booking_created += drop after 3600 s ")
        self.assertRegex(said, r"old_news conversation += mark after 60 s ")

    def test_the_reference_names_every_setting_of_the_example(self):
        reference = ask("settings", "--reference")
        for name in ("bootstrap_servers", "in_flight_per_server", "drain_ms", "bot_token_file",
                     "notification_channels", "dead_letters", "public_url", "max_age_s", "poison_minutes"):
            self.assertIn(name, reference)

    def test_a_file_that_is_too_large_is_not_read(self):
        self.assertIn("is larger than", ask("--settings", "/dev/zero", "check", "--offline"))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
