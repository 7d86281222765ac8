"""How each kind of fault is done to a stage and mended: only what real systems were seen to do."""

import collections
import datetime
import signal

# What the stand-in is told while the fault lasts; afterwards each is switched off.
TROUBLES = {
    "server: hang": {"hang_percent": 100},
    "server: refuse": {"refuse": True},
    "server: accept, cut": {"cut_after_accept_percent": 60},
    "server: accept, 504": {"accept_then_status": {"status": 504, "percent": 60}},
    "server: 429": {"answers": [{"status": 429, "percent": 90, "retry_after": 1}]},
    "server: 503": {"answers": [{"status": 503, "percent": 100}]},
}

TRY_AGAIN = 75  # a worker that wants to be started again; whoever runs workers does that
# Of librdkafka 2.0, when it is closed between joining the group and the first assignment.
ABORT = "rd_kafka_sticky_assignor_state_destroy: Assertion"


class Faults:
    """Faults for one stage."""

    def __init__(self, stage):
        self._stage = stage
        self._broker = stage.cluster.brokers[0]
        self._down = set()  # workers that do not run, on purpose
        self._begun = []
        self.told = []  # (time of day, what), as the logs tell it
        self.ends = collections.Counter()  # of workers, by names of table.ENDS

    def begin(self, fault):
        """Does it; end() has to follow."""
        self._begun.append(fault)
        self._tell("begins", fault)
        if fault.kind in TROUBLES:
            self._stage.standin.trouble(**TROUBLES[fault.kind])
        else:
            BEGINNINGS[fault.kind](self, self._target(fault))

    def end(self, fault):
        """Mends it."""
        self._begun.remove(fault)
        if fault.kind in TROUBLES:
            self._stage.standin.trouble(**dict.fromkeys(TROUBLES[fault.kind]))
        else:
            ENDINGS[fault.kind](self, self._target(fault))
        self._tell("is mended", fault)

    def is_broker_well(self):
        """Whether none of this stage's faults befalls the broker now."""
        return not any(fault.kind.startswith("broker") for fault in self._begun)

    def let_go(self):
        """Mends what the next batch would suffer from: this one did not come to its end."""
        for fault in list(self._begun):
            if fault.kind.startswith("broker"):
                self.end(fault)

    def check_alive(self):
        """Starts a worker again that asked for it; another one that died by itself is an error."""
        for worker in self._stage.workers:
            if worker in self._down or worker.is_running():
                continue
            assert worker.wait() == TRY_AGAIN, f"died by itself: {worker.describe()}"
            self._note(f"{worker.name} asked for a restart")
            self.ends["restarts"] += 1
            worker.start()

    def stop_workers(self):
        """Ends all workers in order, at once."""
        for worker in self._stage.workers:
            self._terminate(worker)
        for worker in self._stage.workers:
            self._see_end(worker)

    def _tell(self, what, fault):
        target = self._target(fault)
        name = target.name if hasattr(target, "name") else ""
        self._note(f"{fault.kind} {name} {what}")

    def _note(self, what):
        when = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        self.told.append((when, what))

    def _target(self, fault):
        """Whom the fault befalls."""
        if fault.kind.startswith("broker"):
            return self._broker
        if fault.kind == "server: bot removed":
            channels = [self._stage.mirror, *self._stage.channels.values()]
            licences = self._stage.licences()
            return channels[fault.target % len(channels)], licences[fault.target % len(licences)]
        return self._stage.workers[fault.target % len(self._stage.workers)]

    def _kill(self, worker):
        self._down.add(worker)
        worker.kill()

    def _start(self, worker):
        worker.start()
        self._down.discard(worker)

    def _kill_and_start(self, worker):
        self._kill(worker)
        self._start(worker)

    def _terminate(self, worker):
        self._down.add(worker)
        worker.terminate()

    def _see_end(self, worker):
        """Waits for the end that was asked for."""
        status = worker.wait()
        if status == TRY_AGAIN:
            self.ends["restarts"] += 1
        elif status == -signal.SIGABRT and ABORT in worker.output.read_text(errors="replace"):
            self.ends["aborts"] += 1
        elif status != -signal.SIGTERM or worker.lines("started"):  # else it was not so far yet
            assert status == 0, f"ended with {status}: {worker.describe()}"

    def _end_and_start(self, worker):
        self._see_end(worker)
        self._start(worker)

    def _set_member(self, place, is_in):
        channel, licence = place
        self._stage.standin.set_member(channel, licence, is_in)


BEGINNINGS = {
    "kill": Faults._kill,
    "kill at the start": Faults._kill_and_start,
    "freeze for 10 s": lambda _, worker: worker.freeze(),
    "freeze for 3 s": lambda _, worker: worker.freeze(),
    "TERM": Faults._terminate,
    "TERM, then kill": Faults._terminate,
    "broker: freeze": lambda _, broker: broker.freeze(),
    "broker: kill": lambda _, broker: broker.kill(),
    "server: bot removed": lambda faults, place: faults._set_member(place, False),
}

ENDINGS = {
    "kill": Faults._start,
    "kill at the start": Faults._kill_and_start,
    "freeze for 10 s": lambda _, worker: worker.thaw(),
    "freeze for 3 s": lambda _, worker: worker.thaw(),
    "TERM": Faults._end_and_start,
    "TERM, then kill": Faults._kill_and_start,
    "broker: freeze": lambda _, broker: broker.thaw(),
    "broker: kill": lambda faults, _: faults._stage.cluster.start(),
    "server: bot removed": lambda faults, place: faults._set_member(place, True),
}
