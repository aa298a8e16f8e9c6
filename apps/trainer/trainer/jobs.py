"""Reads the `JobDocument` that a job's process is started with."""

import gzip
import zlib
from pathlib import Path
from typing import Any

from trainer.documents import BadDocument, digest_of, parse
from trainer.exits import BadInput

# A job document as it stands in JSON: its keys are the contract's words, checked before anything reads them.
Job = dict[str, Any]


GZIP = b"\x1f\x8b"
"""How a compressed document begins: a long one has to fit into a Secret. No JSON begins so."""


def read_job(path: Path) -> Job:
    """The validated job document, which may be compressed. Raises `BadInput` when it cannot be read or does not hold together."""
    try:
        data = path.read_bytes()
        job = parse("job-document", gzip.decompress(data) if data.startswith(GZIP) else data, f"job {path}")
    except (OSError, EOFError, zlib.error, BadDocument) as error:
        raise BadInput(str(error)) from error
    if "identity" in job and digest_of(job["identity"]) != job["run"]:
        raise BadInput(f"Cannot run job {job['name']} as run must be the digest of its identity: current value is {job['run']}")
    return job
