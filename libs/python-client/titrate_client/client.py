"""The client: one method for each thing that a researcher asks a server."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, Self

import httpx
import pandas as pd
from httpx_retries import Retry, RetryTransport

from titrate_client import frames
from titrate_client.columns import frame
from titrate_client.generated import Report, Sweep, SweepPlan
from titrate_client.problems import ServerUnreachable, SweepNotEnded, problem_of

SweepState = Literal["accepted", "running", "paused", "analysing", "finished", "failed", "cancelled"]
ENDED: Final = frozenset({"finished", "failed", "cancelled"})
PAGE_ITEMS: Final = 500


class Titrate:
    """A Titrate server.

    A request that is answered with 429, 502, 503 or 504, or not at all, is made again, up to `retries` times, after what the
    server's `Retry-After` says, or else after a growing, random time. Every request of this class may be repeated: a spec that is
    submitted twice by the same team is one sweep.

    >>> with Titrate("http://127.0.0.1:8080", token) as titrate:
    ...     sweep = titrate.wait(titrate.submit(Path("my.sweep.yaml")))
    ...     titrate.results(sweep).groupby("dose")["increase"].mean()

    Args:
        url: address of the server; by default TITRATE_SERVER of the environment.
        token: its token; by default TITRATE_TOKEN of the environment.
        timeout_seconds: of each attempt to connect, to send and to receive.
        retries: further attempts after the first.

    Raises:
        ValueError: there is no address.
        ApiProblem: from every method: the server refused, with code, fields and rules.
        ServerUnreachable: from every method: nobody answered.
    """

    def __init__(self, url: str | None = None, token: str | None = None, *, timeout_seconds: float = 60, retries: int = 6) -> None:
        server = url or os.environ.get("TITRATE_SERVER", "")
        if not server:
            raise ValueError("Cannot reach a server as its address must be given, or stand in TITRATE_SERVER: current value is ''")
        self.server: str = server.rstrip("/")
        headers = {"authorization": f"Bearer {token or os.environ.get('TITRATE_TOKEN', '')}", "user-agent": "titrate-client"}
        retry = Retry(total=retries, backoff_factor=0.3, max_backoff_wait=30, allowed_methods=["GET", "POST"])
        self._http = httpx.Client(
            base_url=self.server, headers=headers, timeout=timeout_seconds, transport=RetryTransport(retry=retry), follow_redirects=False
        )

    def sweeps(self, *, state: SweepState | None = None, label: str | None = None) -> pd.DataFrame:
        """The team's sweeps, newest first, by `frames.SWEEPS`; those in one state, or with one label (`key:value`)."""
        return frame(frames.SWEEPS, self._items("/v1/sweeps", state=state, label=label))

    def sweep(self, sweep: str | Sweep) -> Sweep:
        """A sweep as it stands now, with its spec."""
        found: Sweep = self._json("GET", f"/v1/sweeps/{_id(sweep)}")
        return found

    def runs(self, sweep: str | Sweep) -> pd.DataFrame:
        """The runs that a sweep demands, by `frames.RUNS`."""
        return frame(frames.RUNS, self._items(f"/v1/sweeps/{_id(sweep)}/runs"))

    def evaluations(self, sweep: str | Sweep) -> pd.DataFrame:
        """The evaluations that a sweep demands, by `frames.EVALUATIONS`: one row for a checkpoint and settings."""
        return frame(frames.EVALUATIONS, self._items(f"/v1/sweeps/{_id(sweep)}/evaluations"))

    def results(self, sweep: str | Sweep) -> pd.DataFrame:
        """Evaluations beside the cells that they belong to, by `frames.RESULTS`, also while the sweep runs.

        One row for each demanded evaluation and cell: a run that several cells name has a row for each of them.
        """
        return frames.results_of(self._send("GET", f"/v1/sweeps/{_id(sweep)}/results.csv").content.decode())

    def report(self, sweep: str | Sweep) -> Report:
        """The analysis of a finished sweep, every number of the report page. `ApiProblem` of code `no-report-yet` before."""
        found: Report = self._json("GET", f"/v1/sweeps/{_id(sweep)}/report")
        return found

    def points(self, sweep: str | Sweep) -> pd.DataFrame:
        """The report's curves with their intervals over prompts, by `frames.POINTS`."""
        return frames.points_of(self.report(sweep))

    def conditions(self, sweep: str | Sweep) -> pd.DataFrame:
        """The report's effects with their intervals between seeds, by `frames.CONDITIONS`."""
        return frames.conditions_of(self.report(sweep))

    def plan(self, spec: str | Path | Mapping[str, Any]) -> SweepPlan:
        """What a spec would train and cost; starts nothing. `spec` as in `submit`."""
        found: SweepPlan = self._json("POST", "/v1/plans", **_body(spec))
        return found

    def submit(self, spec: str | Path | Mapping[str, Any], *, idempotency_key: str | None = None) -> Sweep:
        """Submits a spec: a path to YAML, YAML text, or a mapping. The same spec by the same team gives the same sweep."""
        body = _body(spec)
        if idempotency_key is not None:
            body["headers"] = {**body.get("headers", {}), "idempotency-key": idempotency_key}
        found: Sweep = self._json("POST", "/v1/sweeps", **body)
        return found

    def wait(
        self,
        sweep: str | Sweep,
        *,
        timeout_seconds: float | None = None,
        poll_seconds: float = 2,
        on_change: Callable[[Sweep], None] | None = None,
    ) -> Sweep:
        """Waits until a sweep has ended, and returns it: `finished`, `failed` or `cancelled`. A paused sweep is waited for.

        Args:
            timeout_seconds: how long; for ever by default.
            poll_seconds: between two looks.
            on_change: told the sweep at first, and whenever its state or its counts have changed.

        Raises:
            SweepNotEnded: the time was over first.
        """
        deadline = None if timeout_seconds is None else time.monotonic() + timeout_seconds
        seen: object = None
        while True:
            now = self.sweep(sweep)
            if on_change is not None and _progress(now) != seen:
                on_change(now)
            seen = _progress(now)
            if now["state"] in ENDED:
                return now
            if deadline is not None and time.monotonic() + poll_seconds > deadline:
                raise SweepNotEnded(f"Sweep {now['id']} has not ended within {timeout_seconds} s: it is {now['state']}, runs {now['runs']}")
            time.sleep(poll_seconds)

    def close(self) -> None:
        """Gives connections back."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _items(self, path: str, **query: str | None) -> Iterator[Any]:
        """Every item of a list, page by page."""
        parameters: dict[str, str | int] = {"limit": PAGE_ITEMS, **{key: value for key, value in query.items() if value is not None}}
        while True:
            page = self._json("GET", path, params=parameters)
            yield from page["items"]
            if page["next"] is None:
                return
            parameters["cursor"] = page["next"]

    def _json(self, method: str, path: str, **options: Any) -> Any:
        response = self._send(method, path, **options)
        try:
            return response.json()
        except ValueError:
            # A proxy's page, with a status that says it was an answer.
            raise problem_of(response) from None

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            response = self._http.request(method, path, **options)
        except httpx.TransportError as error:
            raise ServerUnreachable(self.server, error) from error
        if not response.is_success:
            raise problem_of(response)
        return response


def _id(sweep: str | Sweep) -> str:
    return sweep if isinstance(sweep, str) else sweep["id"]


def _progress(sweep: Sweep) -> object:
    return sweep["state"], sweep["runs"], sweep["evaluations"]


def _body(spec: str | Path | Mapping[str, Any]) -> dict[str, Any]:
    """YAML goes as it stands, so that problems can name its lines."""
    if isinstance(spec, Mapping):
        return {"json": {"spec": spec}}
    text = spec.read_text(encoding="utf-8") if isinstance(spec, Path) else spec
    return {"content": text.encode(), "headers": {"content-type": "text/yaml"}}
