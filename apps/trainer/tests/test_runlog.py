"""The run's log: linked entries, one writer, and a newer attempt shuts out an older one."""

import json

import pytest

from tests.runs import make_identity, make_job, read_log
from trainer import keys
from trainer.documents import canonical, sha256_hex
from trainer.exits import BadInput, Fenced
from trainer.runlog import LogBroken, RunLog
from trainer.store import Store

STARTED = {
    "environment": {"image": "local", "host": "h", "hardware": "cpu", "worldSize": 1, "packages": {}},
    "parameters": 2,
    "parametersWithoutEmbeddings": 1,
    "resumedFrom": None,
    "resumedStep": 0,
    "plan": None,
}
IDENTITY = make_identity("c" * 64, 300)


def open_log(store: Store) -> RunLog:
    job = make_job(store, IDENTITY, [], [])
    return RunLog.open(store, job["run"], job["attempt"], job["token"])


def test_entries_are_numbered_and_linked_by_digest(store: Store) -> None:
    log = open_log(store)
    log.append("started", STARTED)
    log.append("started", STARTED)
    entries = [store.read(keys.log_entry(log.run, seq)) or b"" for seq in range(3)]
    assert [json.loads(data)["seq"] for data in entries] == [0, 1, 2]
    assert [json.loads(data)["previous"] for data in entries] == [None, sha256_hex(entries[0]), sha256_hex(entries[1])]
    again = RunLog.open(store, log.run, log.attempt, log.token)
    assert again.entries == log.entries == read_log(store, log.run)


def test_an_attempt_that_sees_a_newer_one_is_fenced(store: Store) -> None:
    first = open_log(store)
    make_job(store, IDENTITY, [], [])
    with pytest.raises(Fenced, match="must be the newest"):
        RunLog.open(store, first.run, first.attempt, first.token)


def test_an_attempt_that_loses_a_put_is_fenced_and_writes_nothing(store: Store) -> None:
    first = open_log(store)
    make_job(store, IDENTITY, [], [])
    before = read_log(store, first.run)
    with pytest.raises(Fenced, match="attempt 2 wrote there"):
        first.append("started", STARTED)
    assert read_log(store, first.run) == before


def test_an_attempt_that_nobody_announced_is_refused(store: Store) -> None:
    log = open_log(store)
    with pytest.raises(BadInput, match="must announce attempt 1 with this token"):
        RunLog.open(store, log.run, 1, "0" * 16)


def test_an_entry_that_does_not_link_is_refused(store: Store) -> None:
    log = open_log(store)
    entry = {**log.append("started", STARTED), "seq": 2, "previous": "0" * 64}
    store.create(keys.log_entry(log.run, 2), canonical(entry))
    with pytest.raises(LogBroken, match="entry 2 must link to the one before it"):
        RunLog.open(store, log.run, log.attempt, log.token)
