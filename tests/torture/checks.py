"""Which records are done, which are done twice: judged from what the server shows.  Pure."""

import collections

from harness.chat_checker import has_words, mark_of
from harness.checker import event_and_part


class Seen:
    """What was posted so far, of a journal that grows."""

    def __init__(self):
        self._read = 0
        self.events = set()
        self.messages = set()  # (conversation, message); message "" is the root

    def read(self, journal):
        """Takes in what is new; gives itself."""
        for post in journal[self._read :]:
            mark = mark_of(post)
            if "conversation" in mark:
                self.messages.add((mark["conversation"], mark.get("message", "")))
            else:
                self.events.add(event_and_part(post)[0])
        self._read = len(journal)
        return self

    def is_posted(self, item):
        """Whether the post of a record is there: records.Sent, or Act that makes a post."""
        if hasattr(item, "event"):
            return item.event in self.events
        return (item.conversation, item.message) in self.messages


def makes_post(act):
    """Whether there is a new post when this is done."""
    return act.kind in ("started", "message")


def undone_notifications(sent, seen):
    """Of records.Sent those that have no post."""
    return [record for record in sent if not seen.is_posted(record)]


def undone_acts(acts, conversations, posts, seen):
    """Of conversations.Act those that nothing is to be seen of.

    `posts`: all of the mirror channel as they are now.  A message is edited once at most and a
    closing is the last act of its conversation: the traffic's stories are so.
    """
    by_message = collections.defaultdict(list)
    marked = set()
    for post in posts:
        mark = mark_of(post)
        if mark.get("message"):
            by_message[mark["conversation"], mark["message"]].append(post)
        elif any(reaction["emoji_name"] == "lock" for reaction in post["reactions"]):
            marked.add(mark.get("conversation"))

    def is_done(act):
        alive = [p for p in by_message[act.conversation, act.message] if not p["delete_at"]]
        if act.kind == "message-deleted":
            return not alive
        if act.kind == "message-edited":
            text = " ".join(post["message"] for post in alive)
            wanted = conversations[act.conversation].messages[act.message].text
            return bool(alive) and has_words(text, wanted)
        if act.kind == "closed":
            return act.conversation in marked
        return seen.is_posted(act)

    return [act for act in acts if not is_done(act)]


def below(items, committed):
    """Of records those that Kafka holds for done: {partition: offset}."""
    return [item for item in items if item.offset < (committed.get(item.partition) or 0)]


def not_below(items, committed):
    """Of records those that Kafka does not hold for done."""
    return [item for item in items if item.offset >= (committed.get(item.partition) or 0)]


def is_of_chats(post):
    """Whether a post is of a conversation; else it is a notification's."""
    return "conversation" in mark_of(post)


def repeats(journal):
    """Evidence of what was posted twice: when, and whether under the same pending_post_id."""
    first = {}
    found = []
    for post in journal:
        mark = mark_of(post)
        name = mark.get("conversation") or mark.get("event")
        identity = name, mark.get("message"), mark.get("part"), post["root_id"]
        earlier = first.setdefault(identity, post)
        if earlier is not post:
            found.append(
                {
                    "what": identity,
                    "record": mark.get("record"),
                    "after_ms": post["create_at"] - earlier["create_at"],
                    "same_key": post["pending_post_id"] == earlier["pending_post_id"],
                }
            )
    return found
