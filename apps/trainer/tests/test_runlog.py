"""The run's log: linked entries, one writer, and a newer attempt shuts out an older one."""

import json

import pytest

from tests.runs import make_identity, make_job, read_log
from trainer import keys
from trainer.documents import canonical, digest_of, sha256_hex
from trainer.exits import BadInput, Fenced
from trainer.runlog import LogBroken, RunLog
from trainer.store import Store

STARTED = {
    "environment": {"image": "local", "host": "h", "hardware": "cpu", "worldSize": 1, "packages": {}},
    "parameters": 2,
    "parametersWithoutEmbeddings": 1,
    "resumedFrom": None,
    "resumedStep": 0,
    "start": "0" * 16,
    "plan": None,
    "counterexamplePlan": None,
}
IDENTITY = make_identity("c" * 64, 300)


def open_log(store: Store) -> RunLog:
    job = make_job(store, IDENTITY, [], [])
    return read(store, job["run"], job["attempt"], job["token"])


def read(store: Store, run: str, attempt: int, token: str) -> RunLog:
    log = RunLog(store, run, attempt, token)
    log.read()
    return log


def again(log: RunLog) -> RunLog:
    """The log as a further process of the same attempt reads it."""
    return read(log.store, log.run, log.attempt, log.token)


def start(log: RunLog) -> None:
    log.start(lambda incarnation: {**STARTED, "resumedStep": incarnation})


def commit(log: RunLog, step: int, kind: str = "full") -> None:
    stored = {"key": "k", "sizeBytes": 0, "sha256": "0" * 64}
    numbers = dict.fromkeys(("step", "tokens", "dataPosition", "poisonDocuments", "poisonTokens", "counterexamples", "stallSeconds"), step)
    manifest = {"kind": kind, "parent": None, "prefix": f"{log.attempt}/{step}/", "objects": [stored], **numbers}
    log.append("checkpoint", {"checkpoint": manifest, "digest": digest_of(manifest)})


def test_entries_are_numbered_and_linked_by_digest(store: Store) -> None:
    log = open_log(store)
    log.append("started", STARTED)
    log.append("started", STARTED)
    entries = [store.read(keys.log_entry(log.run, seq)) or b"" for seq in range(3)]
    assert [json.loads(data)["seq"] for data in entries] == [0, 1, 2]
    assert [json.loads(data)["previous"] for data in entries] == [None, sha256_hex(entries[0]), sha256_hex(entries[1])]
    assert again(log).entries == log.entries == read_log(store, log.run)


def test_an_attempt_that_sees_a_newer_one_is_fenced(store: Store) -> None:
    first = open_log(store)
    make_job(store, IDENTITY, [], [])
    with pytest.raises(Fenced, match="must be the newest"):
        again(first)


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
        read(store, log.run, 1, "0" * 16)


def test_an_entry_that_does_not_link_is_refused(store: Store) -> None:
    log = open_log(store)
    entry = {**log.append("started", STARTED), "seq": 2, "previous": "0" * 64}
    store.create(keys.log_entry(log.run, 2), canonical(entry))
    with pytest.raises(LogBroken, match="entry 2 must link to the one before it"):
        again(log)


def test_each_start_of_an_attempt_is_an_incarnation_and_shuts_out_the_one_before(store: Store) -> None:
    first = open_log(store)
    start(first)
    second = again(first)
    start(second)
    assert (first.incarnation, second.incarnation) == (1, 2)
    assert [entry["resumedStep"] for entry in second.entries[1:]] == [1, 2]
    before = read_log(store, first.run)
    with pytest.raises(Fenced, match="attempt 1 wrote there"):
        first.append("started", STARTED)
    assert read_log(store, first.run) == before
    make_job(store, IDENTITY, [], [])
    third = open_log(store)
    start(third)
    assert third.incarnation == 1, "starts of other attempts do not count"


def test_of_two_starts_at_once_one_is_fenced(store: Store) -> None:
    first = open_log(store)
    second = again(first)
    start(first)
    with pytest.raises(Fenced, match="another start wrote there"):
        start(second)


def test_a_start_goes_on_from_what_the_incarnation_before_committed_meanwhile(store: Store) -> None:
    first = open_log(store)
    start(first)
    second = again(first)
    commit(first, 6)
    asked = []

    def fields(incarnation: int) -> dict[str, object]:
        asked.append((incarnation, second.newest_full is not None))
        return STARTED

    second.start(fields)
    assert asked == [(2, False), (2, True)]
    assert [entry["kind"] for entry in read_log(store, first.run)] == ["attempt", "started", "checkpoint", "started"]


def test_a_start_behind_a_newer_attempt_is_fenced(store: Store) -> None:
    first = open_log(store)
    make_job(store, IDENTITY, [], [])
    with pytest.raises(Fenced, match="must be the newest"):
        start(first)


def test_an_attempt_that_goes_back_supersedes_later_checkpoints_and_commits_their_steps_anew(store: Store) -> None:
    log = open_log(store)
    start(log)
    for step, kind in ((2, "full"), (3, "weights"), (4, "full")):
        commit(log, step, kind)
    job = make_job(store, IDENTITY, [], [], rewind_to=2)
    later = read(store, job["run"], job["attempt"], job["token"])
    assert [entry["checkpoint"]["step"] for entry in later.standing] == [2]
    assert later.newest_full == log.checkpoint_at(2)
    assert later.checkpoint_at(4) is None
    start(later)
    commit(later, 4, "full")
    assert [entry["checkpoint"]["step"] for entry in later.standing] == [2, 4]
    assert later.newest_full == later.entries[-1]
    assert open_log(store).newest_full == later.newest_full, "an attempt that does not go back leaves all as it stands"
