"""Files: uploads, what is refused, which of them a post takes, and reading them."""
import json
import sys

import pytest

import plan
from plan import configure, in_turn, member
from recordings import VERSIONS
from worlds import WORLD_5_37, WORLD_11_2

AREA = "files"
WORLDS = {"11.2": WORLD_11_2, "5.37": WORLD_5_37}
MAX_FILE_SIZE = 100 * 1024 * 1024


def path_id(exchange):
    return exchange["request"]["path"].split("/")[4]


def uploads(token, channel, *upload):
    """The file that the request names."""
    def step(replay, exchange):
        wanted = json.loads(exchange["request"].get("body", "{}")).get("file_ids")
        replay.make_file((wanted or [path_id(exchange)])[0], token, replay.channel(channel),
                         *upload)
    return step


def upload_ten(replay, exchange):
    for number, recorded_id in enumerate(json.loads(exchange["request"]["body"])["file_ids"]):
        replay.make_file(recorded_id, BOT, replay.channel("livechat"), f"{number}.txt",
                         f"f{number}")


def delete_the_post(replay, exchange):
    post = replay.recorded_id("post with two files")
    replay.call("TOKEN", "DELETE", f"/api/v4/posts/{post}")


BOT, ANNA = "TOKEN", "TOKEN(anna)"
STEPS = {
    "a file that somebody else uploaded: dropped silently": uploads(ANNA, "livechat"),
    "file info: unattached file of somebody else*": uploads(ANNA, "livechat", "los.txt", "x"),
    "file info after its post was deleted": delete_the_post,
    "ten real files in one post": upload_ten,
    "MaxFileSize=1000, file of 1000 bytes": configure(max_file_size=1000),
    "file attachments are switched off":
        configure(max_file_size=MAX_FILE_SIZE, file_attachments=False),
    "file name of 120 characters": configure(file_attachments=True),
    "file of 400 kB attached: the answer to POST /posts": uploads(BOT, "livechat", "b.txt"),
    "the same file twice in one post": uploads(BOT, "livechat"),
    "a file that was uploaded for a channel the bot has left, attached elsewhere":
        in_turn(member("geheim", "ireserve-bot", True), uploads(BOT, "geheim", "gg.txt"),
                member("geheim", "ireserve-bot", False)),
    "a file that was uploaded for an archived channel, attached elsewhere": uploads(BOT, "oud"),
    "reply with a file": uploads(BOT, "livechat"),
    "download: file in a private channel the bot is not in": uploads(ANNA, "directie"),
    "download: unattached file of somebody else": uploads(ANNA, "livechat", "los.txt"),
}

REASONS = {
    "Range request": "the worker fetches whole files",
}

NO_PREVIEW = ("mini_preview", "the stand-in draws no previews")
EXCEPT = {
    "raw body, PNG, with client_id": NO_PREVIEW,
    "raw body, octet-stream*": NO_PREVIEW,
    "post with two files": NO_PREVIEW,
    "GET that post: file_ids and metadata.files": (*NO_PREVIEW, "5.37"),
    "files of the post": NO_PREVIEW,
    "one used, one new*": NO_PREVIEW,
    "SVG": ("width|height", "the stand-in measures PNG only"),
}


@pytest.mark.parametrize("version", VERSIONS)
def test_files_are_answered_as_recorded(version):
    plan.check(sys.modules[__name__], version, WORLDS[version])
