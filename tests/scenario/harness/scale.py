"""How long the heavy scenarios take: `SCENARIO_SCALE=full` for the long form."""

import dataclasses
import os


@dataclasses.dataclass(frozen=True)
class Scale:
    """The size of a heavy scenario."""

    records: int
    keys: int
    seconds: float  # over which the records are published, and trouble is made
    refuse_seconds: float
    kills: int
    patience: float  # from the last record to the end of everything
    chats: int  # conversations of some 12 events each


QUICK = Scale(records=1500, keys=150, seconds=8, refuse_seconds=1.5, kills=4, patience=60, chats=60)
FULL = Scale(records=20000, keys=1000, seconds=120, refuse_seconds=5, kills=20, patience=300, chats=2000)

IS_FULL = os.environ.get("SCENARIO_SCALE") == "full"
SCALE = FULL if IS_FULL else QUICK
