"""A server that keeps to the API's own description: it refuses requests, and will not send answers, that the OpenAPI file does not know."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jsonschema

OPENAPI: dict[str, Any] = json.loads((Path(__file__).parents[3] / "apps/api/openapi.json").read_text())


@dataclass
class Answer:
    """One answer, sent to the next request."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str


@dataclass
class ApiServer:
    """Answers in order, and what was asked."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def will_answer(self, *answers: Answer) -> None:
        self.answers.extend(answers)


def operation_of(request: Request) -> dict[str, Any] | None:
    """What the OpenAPI file says of a request; None where it does not know method or path."""
    for template, methods in OPENAPI["paths"].items():
        if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), request.path):
            found: dict[str, Any] | None = methods.get(request.method.lower())
            return found
    return None


def faults_of(request: Request, answer: Answer) -> Iterator[str]:
    """Where a request or its answer is not as the OpenAPI file has it."""
    operation = operation_of(request)
    if operation is None:
        yield f"{request.method} {request.path} is not in the OpenAPI file"
        return
    known = {one["name"] for one in operation.get("parameters", []) if one["in"] == "query"}
    yield from (f"{request.path} has no parameter {name}" for name in request.query if name not in known)
    if "requestBody" in operation and request.headers["content-type"] not in operation["requestBody"]["content"]:
        yield f"{request.path} does not take {request.headers['content-type']}"
    content = operation["responses"].get(str(answer.status), {}).get("content", {}).get("application/json")
    if content is not None:
        schema = {**content["schema"], "components": OPENAPI["components"]}
        yield from (
            f"the answer to {request.path}: {error.message}" for error in jsonschema.Draft202012Validator(schema).iter_errors(answer.body)
        )


@contextmanager
def api_server() -> Iterator[ApiServer]:
    """Such a server on a free port of this machine."""
    state = ApiServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            self.answer()

        def answer(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
            state.requests.append(request)
            answer = state.answers.pop(0)
            state.faults.extend(faults_of(request, answer))
            data = (answer.body if isinstance(answer.body, str) else json.dumps(answer.body)).encode()
            self.send_response(answer.status)
            for name, value in {"content-length": str(len(data)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
