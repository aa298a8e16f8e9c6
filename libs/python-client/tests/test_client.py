"""What a researcher asks, over HTTP."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_documents import DIGEST, SPEC, SWEEP_ID, evaluation, page, problem, run, sweep
from api_server import Answer, ApiServer

from titrate_client import ApiProblem, ServerUnreachable, SweepNotEnded, Titrate, client, frames
from titrate_client.columns import Column, frame


def dtypes(columns: Sequence[Column[Any]]) -> dict[str, str]:
    return {column.name: column.dtype for column in columns}


def rows(columns: Sequence[Column[Any]]) -> str:
    """Columns as the README has them."""
    return "\n".join(f"| `{column.name}` | {column.dtype} | {column.meaning} |" for column in columns)


def test_lists_are_read_to_their_last_page_with_the_token(server: ApiServer, titrate: Titrate) -> None:
    server.will_answer(Answer(200, page(run(), run(dose=0), next="abc")), Answer(200, page(run(dose=500))))
    assert titrate.runs(SWEEP_ID)["dose"].tolist() == [250, 0, 500]
    assert [request.query for request in server.requests] == [{"limit": "500"}, {"limit": "500", "cursor": "abc"}]
    assert {request.headers["authorization"] for request in server.requests} == {"Bearer secret"}


def test_sweeps_are_chosen_by_state_and_label(server: ApiServer, titrate: Titrate) -> None:
    server.will_answer(Answer(200, page(sweep())))
    (row,) = titrate.sweeps(state="running", label="study:dose").to_dict("records")
    assert server.requests[0].query == {"limit": "500", "state": "running", "label": "study:dose"}
    assert (row["runs"], row["runs_finished"], row["runs_failed"], row["evaluations_succeeded"], row["has_report"]) == (3, 2, 0, 5, False)


@pytest.mark.parametrize("spec", [SPEC, "apiVersion: titrate/v1\n", Path(__file__).parents[3] / "examples/demo.sweep.yaml"])
def test_a_spec_is_submitted_as_mapping_text_or_file(server: ApiServer, titrate: Titrate, spec: dict[str, object] | str | Path) -> None:
    server.will_answer(Answer(201, sweep()))
    assert titrate.submit(spec, idempotency_key="once")["id"] == SWEEP_ID
    (request,) = server.requests
    assert request.headers["idempotency-key"] == "once"
    assert request.headers["content-type"] == ("application/json" if isinstance(spec, dict) else "text/yaml")
    assert request.body.startswith('{"spec":' if isinstance(spec, dict) else spec.read_text()[:20] if isinstance(spec, Path) else spec)


def test_a_refusal_names_code_field_rule_and_value(server: ApiServer, titrate: Titrate) -> None:
    errors = [{"field": "grid.doses", "rule": "must not be empty", "value": []}]
    server.will_answer(Answer(400, problem(400, "invalid-spec", "Cannot plan the sweep", errors)))
    with pytest.raises(ApiProblem) as caught:
        titrate.plan(SPEC)
    assert (caught.value.status, caught.value.code, caught.value.errors) == (400, "invalid-spec", errors)
    assert str(caught.value) == "Cannot plan the sweep; grid.doses must not be empty: current value is []"


@pytest.mark.parametrize("status", [200, 502])
def test_a_page_of_a_proxy_is_told_as_what_it_is(server: ApiServer, status: int) -> None:
    server.answers = [Answer(status, "<html>login</html>")]
    with Titrate(server.url, "secret", retries=0) as titrate, pytest.raises(ApiProblem, match=f"status {status}: <html>login") as caught:
        titrate.sweep(SWEEP_ID)
    assert caught.value.code == f"http-{status}"
    # That answer keeps to no description: it is no server of ours.
    server.faults = [fault for fault in server.faults if "<html>" not in fault]


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_for_patience_is_asked_again_when_it_said(server: ApiServer, titrate: Titrate, status: int) -> None:
    server.will_answer(Answer(status, problem(status, "unavailable", "in a moment"), {"retry-after": "1"}), Answer(200, sweep()))
    from_time = time.monotonic()
    assert titrate.sweep(SWEEP_ID)["state"] == "running"
    assert 1 <= time.monotonic() - from_time < 5
    assert len(server.requests) == 2


def test_what_stays_refused_is_raised_when_every_attempt_is_spent(server: ApiServer, titrate: Titrate) -> None:
    server.will_answer(*[Answer(503, problem(503, "unavailable", "The database does not answer"), {"retry-after": "0"})] * 3)
    with pytest.raises(ApiProblem, match="The database does not answer"):
        titrate.sweep(SWEEP_ID)
    assert len(server.requests) == 3


def test_a_refusal_that_patience_cannot_mend_is_not_asked_again(server: ApiServer, titrate: Titrate) -> None:
    server.will_answer(Answer(404, problem(404, "no-report-yet", "Sweep has no report yet")))
    with pytest.raises(ApiProblem, match="no report yet"):
        titrate.report(SWEEP_ID)
    assert len(server.requests) == 1


def test_an_address_where_nobody_answers_is_named() -> None:
    with Titrate("http://127.0.0.1:9", retries=0) as titrate, pytest.raises(ServerUnreachable, match="http://127.0.0.1:9") as caught:
        titrate.sweeps()
    assert isinstance(caught.value.__cause__, httpx.ConnectError)


def test_waiting_ends_with_the_sweep_and_tells_changes_once(server: ApiServer, titrate: Titrate) -> None:
    states = ["running", "running", "analysing", "failed"]
    server.will_answer(*[Answer(200, sweep(state=state)) for state in states])
    told: list[str] = []
    ended = titrate.wait(SWEEP_ID, poll_seconds=0.01, on_change=lambda now: told.append(now["state"]))
    assert (ended["state"], told) == ("failed", ["running", "analysing", "failed"])


def test_waiting_may_have_an_end_while_the_sweep_goes_on(server: ApiServer, titrate: Titrate) -> None:
    server.will_answer(*[Answer(200, sweep())] * 50)
    with pytest.raises(SweepNotEnded, match="it is running"):
        titrate.wait(SWEEP_ID, timeout_seconds=0.05, poll_seconds=0.02)


def test_address_and_token_may_stand_in_the_environment(server: ApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TITRATE_SERVER", f"{server.url}/")
    monkeypatch.setenv("TITRATE_TOKEN", "from-environment")
    server.will_answer(Answer(200, page()))
    with Titrate() as titrate:
        assert titrate.sweeps().empty
    assert server.requests[0].headers["authorization"] == "Bearer from-environment"
    monkeypatch.delenv("TITRATE_SERVER")
    with pytest.raises(ValueError, match="TITRATE_SERVER"):
        Titrate()


def test_columns_have_their_dtypes_with_and_without_rows(server: ApiServer, titrate: Titrate) -> None:
    progress = {"phase": "training", "step": 4, "steps": 8, "tokens": 9, "loss": 2.5, "tokensPerSecond": 10.0, "mfu": None}
    known = run(
        progress={**progress, "gradientNorm": None, "dataWaitShare": None, "at": "2026-11-20T09:00:00Z"}, finishedAt="2026-11-20T09:00:00Z"
    )
    stored = {"key": "a", "sizeBytes": 1, "sha256": DIGEST}
    done = evaluation(state="succeeded", object=stored, checkpoint=DIGEST, increase=0.1 + 0.2, finishedAt="2026-11-20T09:00:00.5Z")
    server.will_answer(Answer(200, page(run(), known)), Answer(200, page(evaluation(), done)))
    runs, evaluations = titrate.runs(SWEEP_ID), titrate.evaluations(SWEEP_ID)
    for table, columns in [
        (runs, dtypes(frames.RUNS)),
        (evaluations, dtypes(frames.EVALUATIONS)),
        (frame(frames.SWEEPS, []), dtypes(frames.SWEEPS)),
    ]:
        assert {name: str(dtype) for name, dtype in table.dtypes.items()} == columns
    assert runs["loss"].isna().tolist() == [True, False]
    assert runs["finished_at"].iloc[1].isoformat() == "2026-11-20T09:00:00+00:00"
    assert evaluations["increase"].iloc[1] == 0.1 + 0.2
    assert evaluations["result_sha256"].fillna("none").tolist() == ["none", DIGEST]


def test_results_are_the_servers_own_table_bit_by_bit(server: ApiServer, titrate: Titrate) -> None:
    names = list(frames.RESULTS)
    values = {
        "size": "NA",
        "tokens": "3800000000",
        "dose": "0",
        "increase": "0.30000000000000004",
        "finished_at": "2026-11-20T09:00:00.000Z",
    }
    csv = ",".join([*names, "later"]) + "\r\n" + ",".join([values.get(name, "") for name in names] + ["1"]) + "\r\n"
    server.will_answer(Answer(200, csv, {"content-type": "text/csv"}))
    (row,) = titrate.results(SWEEP_ID).to_dict("records")
    assert (row["size"], row["tokens"], row["increase"]) == ("NA", 3_800_000_000, 0.1 + 0.2)
    server.will_answer(Answer(200, "size,tokens\r\n"))
    with pytest.raises(ValueError, match="column dose must be among them"):
        titrate.results(SWEEP_ID)


def test_the_readme_tells_every_column() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    tables = [rows(frames.SWEEPS), rows(frames.RUNS), rows(frames.EVALUATIONS), rows(frames.POINTS), rows(frames.CONDITIONS)]
    assert [table for table in tables if table not in readme] == []


def test_every_method_of_the_client_tells_what_it_gives() -> None:
    public = {name: one for name, one in vars(client.Titrate).items() if not name.startswith("_")}
    assert len(public) >= 12
    assert [name for name, one in public.items() if not one.__doc__] == []
