"""What a colleague sees of conversations, held against what was published: the one judge of it."""

import collections
import dataclasses


@dataclasses.dataclass
class Verdict:
    """What is wrong with what is to be seen; all empty when all is well."""

    conversations: int
    messages: int
    lost: list
    twice: list
    disordered: list
    orphaned: list
    extra_roots: list
    wrong_text: list
    wrong_files: list
    not_deleted: list
    wrong_mark: list

    def is_clean(self):
        """Whether everything is as it should be."""
        return not any(value for value in vars(self).values() if isinstance(value, list))

    def __str__(self):
        counts = {
            name.replace("_", " "): len(value) if isinstance(value, list) else value
            for name, value in vars(self).items()
        }
        examples = [
            f"  {name}: {value[:3]}"
            for name, value in vars(self).items()
            if isinstance(value, list) and value
        ]
        return "\n".join([", ".join(f"{k} {v}" for k, v in counts.items()), *examples])


def mark_of(post):
    """What the worker says of a post in its props."""
    return (post["props"] or {}).get("ireserve") or {}


def judge(conversations, posts):
    """Compares all posts of the mirror channel, deleted ones too, with what was published."""
    verdict = Verdict(0, 0, *([] for _ in range(9)))
    by_conversation = collections.defaultdict(list)
    for post in posts:
        if "conversation" in mark_of(post):
            by_conversation[mark_of(post)["conversation"]].append(post)
    for conversation_id, conversation in conversations.items():
        verdict.conversations += 1
        judge_one(conversation_id, conversation, by_conversation[conversation_id], verdict)
    return verdict


def judge_one(name, conversation, posts, verdict):
    """Judges one conversation by its posts, which are in the order of their making."""
    roots = [post for post in posts if not post["root_id"]]
    living = [post for post in roots if not post["delete_at"]]
    if len(living) > 1:
        verdict.extra_roots.append(name)
    root_ids = {post["id"] for post in living}
    for post in posts:
        if post["root_id"] and not post["delete_at"] and post["root_id"] not in root_ids:
            verdict.orphaned.append((name, post["id"]))
    parts = collections.defaultdict(list)  # (root, message) -> posts
    for post in posts:
        if post["root_id"]:
            parts[post["root_id"], mark_of(post).get("message")].append(post)
    for (root, message), found in parts.items():
        numbers = collections.Counter(mark_of(post)["part"] for post in found)
        if max(numbers.values()) > 1:
            verdict.twice.append((name, message, root))
    judge_order(name, conversation, posts, verdict)
    for message_id, message in conversation.messages.items():
        verdict.messages += 1
        found = [p for (_, said), group in parts.items() if said == message_id for p in group]
        alive = [post for post in found if not post["delete_at"]]
        judge_message((name, message_id), message, found, alive, verdict)
    is_marked = any(
        reaction["emoji_name"] == "lock" for post in living for reaction in post["reactions"]
    )
    if living and is_marked != conversation.closed:
        verdict.wrong_mark.append(name)


def judge_order(name, conversation, posts, verdict):
    """First parts of messages that were not edited come in the order of the messages."""
    newest = collections.defaultdict(lambda: -1)
    for post in posts:
        message = conversation.messages.get(mark_of(post).get("message"))
        if message is None or message.edited or mark_of(post)["part"] != 1:
            continue
        if message.sequence < newest[post["root_id"]]:
            verdict.disordered.append((name, message.sequence))
        newest[post["root_id"]] = max(newest[post["root_id"]], message.sequence)


def judge_message(name, message, found, alive, verdict):
    """A message is there, whole and as it was last; or it is gone, and was there."""
    if not found:
        verdict.lost.append(name)
    elif message.deleted:
        if alive:
            verdict.not_deleted.append(name)
    elif alive:
        text = " ".join(post["message"] for post in sorted(alive, key=lambda p: mark_of(p)["part"]))
        if not has_words(text, message.text):
            verdict.wrong_text.append((name, text[:80], message.text[:80]))
        if sum(len(post["file_ids"] or []) for post in alive) != message.files:
            verdict.wrong_files.append(name)


def has_words(text, wanted):
    """Whether the words are there, in order; what defuses them does not count."""
    plain = text.replace("\u200b", "").replace("\\", "").split()
    at = 0
    for word in wanted.replace("\\", "").split():
        if word not in plain[at:]:
            return False
        at = plain.index(word, at) + 1
    return True
