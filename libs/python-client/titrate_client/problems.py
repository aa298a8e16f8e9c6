"""What may go wrong, as exceptions that say it."""

from __future__ import annotations

from typing import Any, cast

import httpx

from titrate_client.generated import Problem, ProblemError


class TitrateError(Exception):
    """Base of everything that this package raises on purpose."""


class ApiProblem(TitrateError):
    """The server refused: its problem document (RFC 9457). `code` is stable and meant for programs, the text for people."""

    def __init__(self, problem: Problem) -> None:
        super().__init__("; ".join([problem["detail"], *(_field(error) for error in problem["errors"])]))
        self.status: int = problem["status"]
        self.code: str = problem["code"]
        self.errors: list[ProblemError] = problem["errors"]
        self.problem: Problem = problem


class ServerUnreachable(TitrateError):
    """Nobody answered at the address, or the connection broke before the answer was whole; every attempt is spent."""

    def __init__(self, server: str, cause: Exception) -> None:
        super().__init__(f"Cannot reach the Titrate API at {server}: {str(cause) or type(cause).__name__}")
        self.server = server


class SweepNotEnded(TitrateError, TimeoutError):
    """A sweep was waited for, and its time was over first. The sweep goes on."""


def problem_of(response: httpx.Response) -> ApiProblem:
    """A refusal out of whatever the server sent. What is no problem document (from a proxy, say) is told by its status."""
    document = _document(response)
    if isinstance(document, dict) and {"detail", "code", "status", "errors"} <= document.keys():
        return ApiProblem(cast(Problem, document))
    text = response.text.strip()
    detail = f"The server answered with status {response.status_code}{f': {text[:200]}' if text else ''}"
    status = response.status_code
    return ApiProblem(
        {"type": "about:blank", "title": "The request failed", "status": status, "detail": detail, "code": f"http-{status}", "errors": []}
    )


def _document(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _field(error: ProblemError) -> str:
    return f"{error['field']} {error['rule']}: current value is {error['value']!r}"
