"""What was found, added up, and the one table at the end."""

import collections
import dataclasses

# What has to be zero, and what each counts.
COUNTS = {
    "lost": "committed, and nowhere",
    "twice_notifications": "posted more than once",
    "twice_conversations": "posted more than once",
    "disordered": "first post came after a later one's of its key",
    "premature": "below the commit while it was not done",
    "unseen": "not done although all was healed for long",
    "extra_roots": "conversations with a second thread",
    "buried": "in the dead letters, for a trouble that passes",
    "wrong": "other flaws: text, files, deletions, marks, phantoms",
    "broken": "batches that did not come to their end",
}

# Ends of workers that are told and no failure.
ENDS = {
    "restarts": "asked for, as the group and the state topic told two things of a partition",
    "aborts": "a claim of librdkafka 2.0, at the end of a worker that had just joined",
}

# Seconds from a heal to a post.  A session and two; but who dies while the group settles another's
# death has it wait for a session more.  What takes longer is worth a look.
LATE = 8.0
LATE_AMID = 14.0


@dataclasses.dataclass
class Findings:
    """Of one batch, or of many; lists of what is wrong by the names of COUNTS."""

    records: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    faults: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    ends: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    wrong: dict = dataclasses.field(default_factory=lambda: {name: [] for name in COUNTS})
    first_post: list = dataclasses.field(default_factory=list)  # (seconds from the heal, where)
    first_amid: list = dataclasses.field(default_factory=list)  # likewise, when it was not at rest
    caught_up: list = dataclasses.field(default_factory=list)  # likewise, where it was waited for
    checks: int = 0  # of commits

    def is_clean(self):
        """Whether nothing is wrong."""
        return not any(self.wrong.values())

    def is_late(self):
        """Whether a recovery took longer than it should."""
        late = [seconds for seconds, _ in self.first_post if seconds > LATE]
        return bool(late) or any(seconds > LATE_AMID for seconds, _ in self.first_amid)

    def add(self, name, items):
        """Adds what is wrong, each once."""
        known = self.wrong[name]
        known += [item for item in items if item not in known]

    def merge(self, other):
        """Adds another batch's."""
        self.records += other.records
        self.faults += other.faults
        self.ends += other.ends
        for name, items in other.wrong.items():
            self.wrong[name] += items
        self.first_post += other.first_post
        self.first_amid += other.first_amid
        self.caught_up += other.caught_up
        self.checks += other.checks

    def summary(self):
        """One line."""
        said = [f"{name} {len(items)}" for name, items in self.wrong.items() if items]
        return ", ".join(said).replace("_", " ") or "clean"


def rule_of_three(count):
    """What zero in so many faults supports."""
    if not count:
        return "no faults, so nothing is shown"
    return f"zero in {count} faults supports \"< 3/{count} = {300 / count:.2g} % per fault\", 95 %"


def row_of_worst(name, measured, note):
    """The row of the longest, and after which faults it was."""
    seconds, where = max(measured, default=(0.0, "never measured"))
    return name, f"{seconds:.1f} s", f"{note}, of {len(measured)}; {where}"


def label(name):
    """A name of COUNTS in words."""
    return name.replace("twice_", "twice: ").replace("_", " ")


def render(findings, how):
    """The table; `how`: {name: value} of the run."""
    count = findings.faults.total()
    rows = [(name, value, "") for name, value in how.items()]
    for name, number in findings.records.items():
        rows.append((f"records: {name}", number, ""))
    rows.append(("faults", count, ""))
    rows += [(f"  {kind}", number, "") for kind, number in sorted(findings.faults.items())]
    rows.append(("checks of commits", findings.checks, ""))
    for name, meaning in COUNTS.items():
        rows.append((label(name), len(findings.wrong[name]), meaning))
    rows += [(name, findings.ends[name], meaning) for name, meaning in ENDS.items()]
    rows.append(row_of_worst("worst recovery", findings.first_post, "from the heal to a new post"))
    rows.append(row_of_worst("worst recovery amid others", findings.first_amid, "likewise"))
    rows.append(row_of_worst("worst catching up", findings.caught_up, "… to all that was published"))
    lines = [f"{name:<26} {value!s:>14}  {note}".rstrip() for name, value, note in rows]
    return "\n".join([*lines, "", f"Each row of 0: {rule_of_three(count)}."])
