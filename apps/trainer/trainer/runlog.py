"""The run's log: numbered entries that are created once and linked by digest. It is the truth about a run.

An attempt may start more than once: a queue that evicts its job and admits it again starts it anew. Each start is an
incarnation; the number of its `started` entry tells them apart, and the newest owns the log.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from trainer import keys
from trainer.documents import canonical, now, parse, sha256_hex, validated
from trainer.exits import BadInput, Fenced
from trainer.store import Store

Entry = dict[str, Any]
"""`RunLogEntry` of the contracts."""


class LogBroken(Exception):
    """An entry does not link to the one before it: somebody wrote into the log who had no right to."""


@dataclass
class RunLog:
    """A run's log as one incarnation of an attempt sees it. Only it appends through it, and only while no newer one exists.

    `incarnation` counts the attempt's starts, this one included; 0 until it has started.
    """

    store: Store
    run: str
    attempt: int
    token: str
    entries: list[Entry] = field(default_factory=list)
    incarnation: int = 0
    _last_digest: str | None = None

    def read(self) -> None:
        """Takes in what was written since. Raises `Fenced` when a newer attempt is announced, `BadInput` when this one is not."""
        while (data := self.store.read(key := keys.log_entry(self.run, len(self.entries)))) is not None:
            self._take(parse("run-log-entry", data, f"log entry {key}"), data)
        announced = [(entry["attempt"], entry["token"]) for entry in self.entries if entry["kind"] == "attempt"]
        if any(number > self.attempt for number, _ in announced):
            raise Fenced(
                f"Cannot go on as attempt {self.attempt} must be the newest of run {self.run}: current value is {max(announced)[0]}"
            )
        if (self.attempt, self.token) not in announced:
            raise BadInput(f"Cannot start as the log of run {self.run} must announce attempt {self.attempt} with this token")

    @property
    def finished(self) -> Entry | None:
        """The entry that ends the run, if it is there."""
        return next((entry for entry in self.entries if entry["kind"] == "finished"), None)

    @property
    def standing(self) -> list[Entry]:
        """Committed checkpoints behind which no attempt went back: one that does supersedes those of later steps that stand before it."""
        standing: list[Entry] = []
        for entry in self.entries:
            if entry["kind"] == "checkpoint":
                standing.append(entry)
            elif entry.get("rewindTo") is not None:
                standing = [one for one in standing if one["checkpoint"]["step"] <= entry["rewindTo"]]
        return standing

    @property
    def newest_full(self) -> Entry | None:
        """The newest standing checkpoint that a run can be resumed from."""
        full = (entry for entry in self.standing if entry["checkpoint"]["kind"] == "full")
        return max(full, key=lambda entry: entry["checkpoint"]["step"], default=None)

    def checkpoint_at(self, step: int) -> Entry | None:
        """The standing checkpoint of a step, by whichever attempt."""
        return next((entry for entry in self.standing if entry["checkpoint"]["step"] == step), None)

    def start(self, fields: Callable[[int], dict[str, Any]]) -> None:
        """Takes the log over with a `started` entry, whose fields are asked for with the number of the incarnation.

        What an earlier incarnation commits at the same moment is read first, so that this one goes on from there; nothing is written
        when that was the run's end. Raises `Fenced` when a newer attempt is announced, or another start of this one came first.
        """
        while not self.finished:
            number = 1 + sum(entry["kind"] == "started" and entry["token"] == self.token for entry in self.entries)
            # Written in one millisecond on one host, two entries could be the same bytes, and both starts would take it for theirs.
            winner = self._offer("started", {**fields(number), "start": secrets.token_hex(8)})
            if winner is None:
                self.incarnation = number
                return
            if winner["kind"] == "started":
                raise Fenced(f"Cannot start as entry {winner['seq']} of run {self.run} must be free: another start wrote there")
            self.read()

    def append(self, kind: str, fields: dict[str, Any]) -> Entry:
        """Writes the next entry. Raises `Fenced` when its place is taken: then another owns the log, and nothing was written."""
        winner = self._offer(kind, fields)
        if winner is not None:
            raise Fenced(
                f"Cannot commit {kind} as entry {winner['seq']} of run {self.run} must be free: attempt {winner['attempt']} wrote there"
            )
        return self.entries[-1]

    def _offer(self, kind: str, fields: dict[str, Any]) -> Entry | None:
        """Writes the next entry where its place is free, and returns None; otherwise what lies there."""
        seq = len(self.entries)
        common = {"version": 1, "run": self.run, "seq": seq, "previous": self._last_digest, "at": now()}
        entry = validated(
            "run-log-entry", {**common, "attempt": self.attempt, "token": self.token, "kind": kind, **fields}, f"the {kind} entry"
        )
        data = canonical(entry)
        key = keys.log_entry(self.run, seq)
        if self.store.create(key, data).kind == "taken":
            return parse("run-log-entry", self.store.read(key) or b"", f"log entry {key}")
        self._take(entry, data)
        return None

    def _take(self, entry: Entry, data: bytes) -> None:
        if entry["seq"] != len(self.entries) or entry["previous"] != self._last_digest or entry["run"] != self.run:
            raise LogBroken(f"Cannot read the log of run {self.run} as entry {len(self.entries)} must link to the one before it")
        self.entries.append(entry)
        self._last_digest = sha256_hex(data)
