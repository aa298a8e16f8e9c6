"""The run's log: numbered entries that are created once and linked by digest. It is the truth about a run."""

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
    """A run's log as one attempt sees it. Only this attempt appends through it, and only while no newer one exists."""

    store: Store
    run: str
    attempt: int
    token: str
    entries: list[Entry] = field(default_factory=list)
    _last_digest: str | None = None

    @staticmethod
    def open(store: Store, run: str, attempt: int, token: str) -> "RunLog":
        """Reads the log. Raises `Fenced` when a newer attempt is announced, `BadInput` when this one is not."""
        log = RunLog(store, run, attempt, token)
        while (data := store.read(keys.log_entry(run, len(log.entries)))) is not None:
            log._take(parse("run-log-entry", data, f"log entry {keys.log_entry(run, len(log.entries))}"), data)
        announced = [(entry["attempt"], entry["token"]) for entry in log.entries if entry["kind"] == "attempt"]
        if any(number > attempt for number, _ in announced):
            raise Fenced(f"Cannot go on as attempt {attempt} must be the newest of run {run}: current value is {max(announced)[0]}")
        if (attempt, token) not in announced:
            raise BadInput(f"Cannot start as the log of run {run} must announce attempt {attempt} with this token")
        return log

    @property
    def finished(self) -> Entry | None:
        """The entry that ends the run, if it is there."""
        return next((entry for entry in self.entries if entry["kind"] == "finished"), None)

    @property
    def newest_full(self) -> Entry | None:
        """The newest committed checkpoint that a run can be resumed from."""
        full = (entry for entry in self.entries if entry["kind"] == "checkpoint" and entry["checkpoint"]["kind"] == "full")
        return max(full, key=lambda entry: entry["checkpoint"]["step"], default=None)

    def checkpoint_at(self, step: int) -> Entry | None:
        """The committed checkpoint of a step, by whichever attempt."""
        return next((entry for entry in self.entries if entry["kind"] == "checkpoint" and entry["checkpoint"]["step"] == step), None)

    def append(self, kind: str, fields: dict[str, Any]) -> Entry:
        """Writes the next entry. Raises `Fenced` when its place is taken: then another attempt owns the log, and nothing was written."""
        seq = len(self.entries)
        common = {"version": 1, "run": self.run, "seq": seq, "previous": self._last_digest, "at": now()}
        entry = validated(
            "run-log-entry", {**common, "attempt": self.attempt, "token": self.token, "kind": kind, **fields}, f"the {kind} entry"
        )
        data = canonical(entry)
        key = keys.log_entry(self.run, seq)
        if self.store.create(key, data).kind == "taken":
            winner = parse("run-log-entry", self.store.read(key) or b"", f"log entry {key}")
            raise Fenced(f"Cannot commit {kind} as {key} must be free: attempt {winner['attempt']} wrote there")
        self._take(entry, data)
        return entry

    def _take(self, entry: Entry, data: bytes) -> None:
        if entry["seq"] != len(self.entries) or entry["previous"] != self._last_digest or entry["run"] != self.run:
            raise LogBroken(f"Cannot read the log of run {self.run} as entry {len(self.entries)} must link to the one before it")
        self.entries.append(entry)
        self._last_digest = sha256_hex(data)
