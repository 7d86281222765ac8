"""What goes wrong, when and for how long: all of it chosen from a seed, before anything runs."""

import dataclasses
import random


@dataclasses.dataclass(frozen=True)
class Kind:
    """A kind of fault: how often it is chosen, whom it befalls, how long it lasts in seconds."""

    weight: int
    whom: str
    shortest: float
    longest: float


# A session lasts 6 s: a worker that is frozen for 3 s stays a member, one for 10 s does not.
KINDS = {
    "kill": Kind(24, "worker", 0.0, 1.5),
    "kill at the start": Kind(6, "worker", 0.0, 2.0),
    "freeze for 10 s": Kind(7, "worker", 10.0, 10.0),
    "freeze for 3 s": Kind(3, "worker", 3.0, 3.0),
    "TERM": Kind(8, "worker", 0.0, 1.0),
    "TERM, then kill": Kind(6, "worker", 0.0, 1.5),
    "broker: freeze": Kind(5, "broker", 2.0, 5.0),
    "broker: kill": Kind(5, "broker", 0.0, 2.0),
    "server: hang": Kind(6, "server", 2.0, 5.0),
    "server: refuse": Kind(5, "server", 1.0, 4.0),
    "server: accept, cut": Kind(7, "server", 1.0, 4.0),
    "server: accept, 504": Kind(7, "server", 1.0, 4.0),
    "server: 429": Kind(5, "server", 1.0, 4.0),
    "server: 503": Kind(5, "server", 1.0, 4.0),
    "server: bot removed": Kind(6, "server", 1.0, 4.0),
}

# Faults with others in their midst: in the server's and the broker's a worker's, while a worker is
# frozen any that befalls another.  How often one comes in each of so many seconds.
NESTED = 0.5
SLICE = 3.0
WAITED_OUT = 0.25


@dataclasses.dataclass(frozen=True)
class Fault:
    """One fault.  `target` chooses among what there is: workers, channels."""

    kind: str
    wait: float  # seconds before it; of an inner one, from the beginning of the outer
    last: float  # seconds that it lasts
    target: int


@dataclasses.dataclass(frozen=True)
class Round:
    """A fault, perhaps with others in its midst, then its healing."""

    outer: Fault
    inner: list  # one after the other
    is_waited_out: bool  # whether all is caught up before the next round

    def faults(self):
        """The faults of this round."""
        return [self.outer, *self.inner]

    def steps(self):
        """[(seconds from the beginning, fault, whether it begins)], in their order.

        An inner one begins while the outer lasts; either may be the first to be mended.
        """
        steps = [(0.0, self.outer, True), (self.outer.last, self.outer, False)]
        for fault in self.inner:
            steps.append((fault.wait, fault, True))
            steps.append((fault.wait + fault.last, fault, False))
        return sorted(steps, key=lambda step: step[0])


@dataclasses.dataclass(frozen=True)
class Plan:
    """The plan of one batch."""

    seed: str
    latency_ms: int  # of the server: what was accepted stays unknown for so long
    close_idle_ms: int | None
    rounds: list

    def faults(self):
        """All faults, in order."""
        return [fault for round_ in self.rounds for fault in round_.faults()]


def make(seed, count, workers):
    """The plan with so many faults.  The same arguments make the same plan."""
    rng = random.Random(seed)
    latency_ms, close_idle_ms = rng.choice([0, 50, 150]), rng.choice([None, 300])
    rounds = []
    left = count
    while left:
        rounds.append(make_round(rng, left, workers))
        left -= len(rounds[-1].faults())
    return Plan(seed, latency_ms, close_idle_ms, rounds)


def make_round(rng, most, workers):
    """A round of at most so many faults."""
    outer = make_fault(rng, KINDS)
    inner = make_inner(rng, outer, workers)[: most - 1]
    return Round(outer, inner, rng.random() < WAITED_OUT)


def make_inner(rng, outer, workers):
    """What befalls others while a fault lasts, one after the other."""
    is_worker = KINDS[outer.kind].whom == "worker"
    if is_worker and (workers == 1 or not outer.kind.startswith("freeze")):
        return []
    kinds = {name: kind for name, kind in KINDS.items() if is_worker or kind.whom == "worker"}
    made = []
    free = 0.0  # from then on
    for _ in range(max(1, int(outer.last // SLICE))):
        fault = make_fault(rng, kinds)
        wait = free + round(rng.uniform(0.0, min(SLICE, outer.last)), 2)
        if rng.random() >= NESTED or wait > outer.last:
            continue
        target = outer.target + 1 if is_worker else fault.target
        made.append(dataclasses.replace(fault, wait=wait, target=target))
        free = wait + fault.last
    return made


def make_fault(rng, kinds):
    """A fault of one of these kinds."""
    name = rng.choices(list(kinds), [kind.weight for kind in kinds.values()])[0]
    last = rng.uniform(kinds[name].shortest, kinds[name].longest)
    return Fault(name, round(rng.uniform(0.1, 1.0), 2), round(last, 2), rng.randrange(2**16))
