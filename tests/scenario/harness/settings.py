"""Settings files for the worker, as a person would write them."""

import dataclasses
import json
import pathlib

# A session of 6 s, not 30: takeovers after a kill take seconds, not half a minute.
KAFKA_PROPERTIES = [
    "session.timeout.ms=6000",
    "heartbeat.interval.ms=1000",
    "max.poll.interval.ms=20000",
    "reconnect.backoff.ms=50",
]

DELIVERY = {
    "attempt_timeout_ms": 3000,
    "retry_first_ms": 100,
    "retry_max_ms": 2000,
    "drain_ms": 10000,
}


@dataclasses.dataclass
class Integration:
    """One licence; secrets are files, as for people."""

    licence: str
    server_url: str
    bot_token_file: pathlib.Path
    channels: dict
    hook_token_files: list = dataclasses.field(default_factory=list)
    conversation_channel: str = ""
    language: str = "nl"

    def text(self):
        """As a group of libconfig."""
        hooks = ", ".join(quote(path) for path in self.hook_token_files)
        channels = " ".join(f"{name} = {quote(value)};" for name, value in self.channels.items())
        return (
            f"  {{ licence = {quote(self.licence)};  active = true;\n"
            f"    server_url = {quote(self.server_url)};\n"
            f"    bot_token_file = {quote(self.bot_token_file)};\n"
            f"    outgoing_webhook_token_files = [ {hooks} ];\n"
            f"    conversation_channel = {quote(self.conversation_channel)};\n"
            f"    language = {quote(self.language)};\n"
            f"    notification_channels = {{ {channels} }};\n"
            "  }"
        )


@dataclasses.dataclass
class Settings:
    """What is in a settings file; fields can be changed before it is written."""

    bootstrap_servers: str
    group: str
    notifications: str
    dead_letters: str
    integrations: list
    conversations: str = "conversations"
    state: str = "state"
    attachment_hosts: list = dataclasses.field(default_factory=lambda: ["127.0.0.1"])
    attachments: dict = dataclasses.field(default_factory=dict)
    properties: list = dataclasses.field(default_factory=lambda: list(KAFKA_PROPERTIES))
    property_files: list = dataclasses.field(default_factory=list)
    delivery: dict = dataclasses.field(default_factory=lambda: dict(DELIVERY))
    parking: dict = dataclasses.field(default_factory=dict)
    old_news: list = dataclasses.field(default_factory=list)  # of (type, seconds, what then)
    log_level: str = "info"

    def text(self):
        """The settings file."""
        delivery = members(self.delivery)
        rules = ", ".join(
            f'{{ type = "{name}"; max_age_s = {age}; then = "{then}"; }}'
            for name, age, then in self.old_news
        )
        integrations = ",\n".join(integration.text() for integration in self.integrations)
        return (
            "kafka = {\n"
            f"  bootstrap_servers = {quote(self.bootstrap_servers)};\n"
            f"  group_id = {quote(self.group)};\n"
            f"  properties = {quotes(self.properties)};\n"
            f"  property_files = {quotes(self.property_files)};\n"
            "};\n"
            "topics = {\n"
            f"  notifications = {quote(self.notifications)};\n"
            f"  dead_letters = {quote(self.dead_letters)};\n"
            f"  conversations = {quote(self.conversations)};\n"
            f"  state = {quote(self.state)};\n"
            "};\n"
            f"attachments = {{ hosts = {quotes(self.attachment_hosts)};"
            f" {members(self.attachments)} }};\n"
            f"delivery = {{ {delivery} }};\n"
            f"parking = {{ {members(self.parking)} }};\n"
            f"old_news = ( {rules} );\n"
            'management = { address = "127.0.0.1:0"; };\n'
            f'log = {{ level = {quote(self.log_level)};  format = "json"; }};\n'
            f"integrations = (\n{integrations}\n);\n"
        )

    def write(self, path):
        """Writes the file; gives its path."""
        pathlib.Path(path).write_text(self.text())
        return path


def members(numbers):
    """The members of a group of libconfig that are numbers."""
    return " ".join(f"{name} = {value};" for name, value in numbers.items())


def quote(value):
    """A string of libconfig; its escapes are those of JSON that occur here."""
    return json.dumps(str(value), ensure_ascii=False)


def quotes(values):
    """An array of strings."""
    return f"[ {', '.join(quote(value) for value in values)} ]"
