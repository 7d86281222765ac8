"""
Replays recorded exchanges against the stand-in and tells what differs.

What is compared: the status; the error (id, words, status_code); which headers there are, and the
values of those that matter; the body: members, their JSON types, and values where they do not
depend on the moment.  Recorded ids are mapped to those of the stand-in, one to one and for the
whole replay: a post that comes back a second time has to be the same one, and a twin another.
"""
import collections
import concurrent.futures
import json
import re
import time

# Headers that say nothing about Mattermost, the moment and how HTTP frames the body, and one whose
# value is empty: not every libmicrohttpd sends such.
IGNORED_HEADERS = {"date", "content-length", "transfer-encoding", "permissions-policy"}

# Headers whose values count; of all others only the presence.
HEADER_VALUES = {
    "connection", "content-type", "database_status", "filestore_status", "referrer-policy",
    "retry-after", "set-cookie", "status", "vary", "x-content-type-options", "x-ratelimit-limit",
    "x-ratelimit-remaining", "x-ratelimit-reset",
}

# Members that depend on chance, or on all that happened on the recorded server.
LOOSE_MEMBERS = {
    "request_id", "invite_id", "last_post_at", "last_root_post_at", "last_viewed_at",
    "total_msg_count", "total_msg_count_root", "msg_count", "msg_count_root", "mention_count",
    "mention_count_root",
}
# Moments: either both are 0 or none is.
MOMENTS = {
    "create_at", "update_at", "edit_at", "delete_at", "last_reply_at", "last_update_at",
    "last_password_update",
}

ID = re.compile(r"\b[a-z0-9]{26}\b")
RUN = re.compile(r"<<(\d+) x (.)>>", re.DOTALL)


def expand(text):
    """Long runs of one character are recorded as <<count x character>>."""
    return RUN.sub(lambda run: int(run[1]) * run[2], text)


def in_order(entries):
    """Lists of channels and teams by name: the servers' order depends on ids, which are random."""
    if all(isinstance(entry, dict) and "display_name" in entry for entry in entries):
        return sorted(entries, key=lambda entry: (entry.get("team_id", ""), entry["name"]))
    return entries


def wait_for_the_next_millisecond():
    """Posts of the same one stand in the order of their ids; the recorded ones were further apart."""
    moment = time.time_ns() // 1_000_000
    while time.time_ns() // 1_000_000 == moment:
        pass


class Ids:
    """Which id of the stand-in stands for a recorded one."""

    def __init__(self):
        self.ours = {}
        self.theirs = {}

    def agree(self, recorded, actual):
        """Whether they can be the same thing; remembered from then on."""
        if recorded not in self.ours and actual not in self.theirs:
            self.ours[recorded] = actual
            self.theirs[actual] = recorded
        return self.ours.get(recorded) == actual

    def translate(self, text):
        return ID.sub(lambda found: self.ours.get(found[0], found[0]), text)


class Replay:
    """One recording against one stand-in, in the order in which it happened."""

    def __init__(self, standin, world, exchanges):
        self.standin = standin
        self.world = world
        self.exchanges = exchanges
        self.ids = Ids()
        self.etags = {}
        self.sorts_ids = standin.version != "5.37"  # those of a post's files

    def recorded(self, note):
        """The exchange of that note."""
        return next(each for each in self.exchanges if each["note"] == note)

    def recorded_id(self, note):
        """The id of the post that is in the recorded answer of an exchange."""
        return json.loads(self.recorded(note)["response"]["body"])["id"]

    def channel(self, name):
        return next(each["id"] for each in self.world["channels"] if each["name"] == name)

    def send(self, request):
        wait_for_the_next_millisecond()
        body = request.get("body")
        if body is not None:
            latin = "latin-1" in request.get("body_note", "")
            body = expand(self.ids.translate(body)).encode("latin-1" if latin else "utf-8")
        return self.standin.ask({
            "method": request["method"],
            "path": self.ids.translate(request["path"]),
            "headers": {name: self.etags.get(value) or self.ids.translate(value)
                        for name, value in request["headers"].items()},
            "body": body,
        })

    def make_post(self, recorded_id, token, **fields):
        """Makes a post that the recording assumes, and has its id stand for the recorded one."""
        status, _, body = self.send({
            "method": "POST", "path": "/api/v4/posts",
            "headers": {"Authorization": f"Bearer {token}"}, "body": json.dumps(fields)})
        assert status == 201, body
        assert self.ids.agree(recorded_id, json.loads(body)["id"])

    def make_file(self, recorded_id, token, channel, name="a.txt", content="abc"):
        """Uploads a file that the recording assumes, and has its id stand for the recorded one."""
        status, _, body = self.send({
            "method": "POST", "path": f"/api/v4/files?channel_id={channel}&filename={name}",
            "headers": {"Authorization": f"Bearer {token}", "Content-Type": "text/plain"},
            "body": content})
        assert status == 201, body
        assert self.ids.agree(recorded_id, json.loads(body)["file_infos"][0]["id"])

    def call(self, token, method, path, body=None):
        """Does something on the API that the recording assumes."""
        status, _, answer = self.send({
            "method": method, "path": path, "headers": {"Authorization": f"Bearer {token}"},
            "body": None if body is None else json.dumps(body)})
        assert status < 300, answer

    def differences(self, exchange):
        """Sends the recorded request; gives what is different in the answer, in words."""
        return self.compare(exchange["response"], *self.send(exchange["request"]))

    def differences_at_once(self, exchanges):
        """Sends requests together; which of them gets which of the answers is left to chance."""
        with concurrent.futures.ThreadPoolExecutor(len(exchanges)) as pool:
            answers = list(pool.map(lambda each: self.send(each["request"]), exchanges))
        expected = sorted((each["response"] for each in exchanges),
                          key=lambda response: response["status"])
        return [difference
                for response, answer in zip(expected, sorted(answers, key=lambda each: each[0]))
                for difference in self.compare(response, *answer)]

    def compare(self, recorded, status, headers, body):
        """What is different in an answer, in words."""
        if status != recorded["status"]:
            return [f"status {recorded['status']}, but {status}: {body[:200]!r}"]
        return (list(self._in_headers(recorded["headers"], headers)) +
                list(self._in_text(recorded["body"], body.decode())))

    def _in_headers(self, recorded, actual):
        expected, given = (
            collections.Counter(name.lower() for name, _ in pairs
                                if name.lower() not in IGNORED_HEADERS)
            for pairs in (recorded, actual))
        if expected != given:
            yield (f"headers missing: {dict(expected - given)}, "
                   f"headers too many: {dict(given - expected)}")
        for name, value in recorded:
            others = [other for key, other in actual if key.lower() == name.lower()]
            if name.lower() == "etag" and others:
                self.etags[value] = others[0]
            if name.lower() in HEADER_VALUES and others and value not in others:
                yield f"{name}: {value}, but {others[0]}"

    def _in_text(self, recorded, actual):
        if " ...[cut]" in recorded:
            return
        try:
            expected = json.loads(expand(recorded))
        except json.JSONDecodeError:
            if recorded != actual:
                yield f"body {recorded[:80]!r}, but {actual[:80]!r}"
            return
        yield from self._in_json(expected, json.loads(actual), "")

    def _in_json(self, expected, given, where):
        if type(expected) is not type(given):
            yield f"{where or 'body'}: {expected!r:.60}, but {given!r:.60}"
        elif isinstance(expected, dict):
            yield from self._in_members(expected, given, where)
        elif isinstance(expected, list) and where.endswith("file_ids") and self.sorts_ids:
            yield from self._in_ids(expected, given, where)
        elif isinstance(expected, list):
            if len(expected) != len(given):
                yield f"{where or 'body'}: {len(expected)} entries, but {len(given)}"
            for place, (one, other) in enumerate(zip(in_order(expected), in_order(given))):
                yield from self._in_json(one, other, f"{where}[{place}]")
        elif where.rsplit(".", 1)[-1] not in LOOSE_MEMBERS:
            yield from self._in_values(expected, given, where)

    def _in_members(self, expected, given, where):
        known = {self.ids.translate(name): name for name in expected}
        for name in sorted(known.keys() - given.keys()):
            yield f"{where}.{name} is missing"
        for name in sorted(given.keys() - known.keys()):
            yield f"{where}.{name} is one too many"
        for name, recorded in known.items():
            if name in given:
                yield from self._in_json(expected[recorded], given[name], f"{where}.{name}")

    def _in_ids(self, expected, given, where):
        """Ids in their own order, which is another one for ids that are random."""
        wanted = sorted(self.ids.translate(each) for each in expected)
        if wanted != given:
            yield f"{where}: {wanted!r}, but {given!r}"

    def _in_values(self, expected, given, where):
        if isinstance(expected, str) and ID.fullmatch(expected) and ID.fullmatch(given):
            if not self.ids.agree(expected, given):
                yield (f"{where}: {given} stands for {self.ids.theirs.get(given)}, "
                       f"not for {expected}")
        elif where.rsplit(".", 1)[-1] in MOMENTS:
            if (expected == 0) != (given == 0):
                yield f"{where}: {expected}, but {given}"
        elif isinstance(expected, str):
            if self.ids.translate(expected) != given:
                yield f"{where}: {expected!r:.80}, but {given!r:.80}"
        elif expected != given:
            yield f"{where}: {expected!r}, but {given!r}"
