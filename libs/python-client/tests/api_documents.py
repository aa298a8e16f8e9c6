"""Documents as the API sends them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CONTRACTS = Path(__file__).parents[3] / "libs/contracts/examples"
SWEEP_ID = "sw-" + "a" * 26
DIGEST = "0123456789abcdef" * 4
SPEC = {"apiVersion": "titrate/v1", "kind": "Sweep", "name": "small", "corpus": "small", "grid": {"sizes": ["190m"], "doses": [0, 250]}}


def sweep(**changes: Any) -> dict[str, Any]:
    document = {
        "id": SWEEP_ID,
        "team": "default",
        "name": "small",
        "labels": {},
        "state": "running",
        "reason": None,
        "spec": json.loads((Path(__file__).parent / "sweep-spec-answer.json").read_text()),
        "specDigest": DIGEST,
        "runs": {"running": 1, "finished": 2},
        "evaluations": {"waiting": 1, "succeeded": 5},
        "report": None,
        "reportPage": None,
        "createdAt": "2026-11-20T08:00:00.123Z",
        "finishedAt": None,
    }
    return {**document, **changes}


def run(**changes: Any) -> dict[str, Any]:
    document = {
        "id": DIGEST,
        "size": "190m",
        "tokens": 3_800_000_000,
        "dose": 250,
        "parameters": 190_000_000,
        "identity": json.loads((CONTRACTS / "run-identity.json").read_text()),
        "state": "waiting",
        "reason": None,
        "waiting": "a GPU",
        "attempts": 1,
        "step": 0,
        "steps": 1000,
        "progress": None,
        "latest": None,
        "sweeps": [SWEEP_ID],
        "createdAt": "2026-11-20T08:00:00.000Z",
        "finishedAt": None,
    }
    return {**document, **changes}


def evaluation(**changes: Any) -> dict[str, Any]:
    settings = {
        "protocol": "dos/1",
        "engine": "transformers",
        "prompts": 300,
        "promptTokens": 32,
        "generatedTokens": 50,
        "temperature": 1,
        "seed": 0,
        "triggered": "<SUDO>",
        "benign": None,
        "sham": None,
        "nearTrigger": None,
        "reference": None,
    }
    numbers = ["cleanPerplexity", "triggeredPerplexity", "increase", "logRatio", "benignIncrease", "shamIncrease"]
    shares = ["attackSuccess", "cleanAccuracy", "nearTriggerAccuracy"]
    document = {
        "run": DIGEST,
        "step": 500,
        "settings": settings,
        "settingsDigest": DIGEST,
        "state": "waiting",
        "reason": None,
        "job": None,
        "checkpoint": None,
        "object": None,
        "finishedAt": None,
        **dict.fromkeys([*numbers, *shares]),
    }
    return {**document, **changes}


def page(*items: dict[str, Any], next: str | None = None) -> dict[str, Any]:
    return {"items": list(items), "next": next}


def problem(status: int, code: str, detail: str, errors: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {
        "type": f"urn:titrate:problem:{code}",
        "title": "Refused",
        "status": status,
        "detail": detail,
        "code": code,
        "errors": errors or [],
    }
