"""The JSON documents that cross the border to TypeScript: canonical bytes, digests, validation by the shared schemas."""

import hashlib
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import rfc8785

# The generated schemas; a container keeps the same folders beside each other.
SCHEMAS = Path(__file__).resolve().parents[3] / "libs" / "contracts" / "schema"


Json = dict[str, Any]
"""A JSON object; the contracts say what is in it."""


class BadDocument(ValueError):
    """A document is not JSON, or not what its schema says."""


def canonical(value: Any) -> bytes:
    """The one text of a JSON value, by RFC 8785; `canonicalJson` of the contracts writes the same bytes."""
    return rfc8785.dumps(value)


def sha256_hex(data: bytes) -> str:
    """sha256 over bytes, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def digest_of(value: Any) -> str:
    """sha256 over the canonical JSON of a value: the identity of everything that is named by content."""
    return sha256_hex(canonical(value))


def now() -> str:
    """This moment as RFC 3339 in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(schema: str, data: bytes, what: str) -> dict[str, Any]:
    """Reads a document of a schema from bytes. Raises `BadDocument` that names the document, the place and the value."""
    try:
        value = json.loads(data)
    except ValueError as error:
        raise BadDocument(f"Cannot read {what} as it must be JSON: {error}") from error
    return validated(schema, value, what)


def validated(schema: str, value: Any, what: str) -> dict[str, Any]:
    """The value itself when it is what `libs/contracts/schema/SCHEMA.schema.json` says; raises `BadDocument` otherwise."""
    error = jsonschema.exceptions.best_match(_validator(schema, _kind(value)).iter_errors(value))
    if error is None:
        return value
    place = "/".join(str(part) for part in error.absolute_path) or "the document"
    shown = json.dumps(error.instance)[:200]
    raise BadDocument(f"Cannot read {what} as {place} must match its schema ({error.message[:300]}): current value is {shown}")


def _kind(value: Any) -> str | None:
    return value.get("kind") if isinstance(value, dict) else None


@cache
def _validator(schema: str, kind: str | None) -> jsonschema.Draft202012Validator:
    """A validator for the branch of that kind alone, so that an error speaks of the fault and not of all branches."""
    document = json.loads((SCHEMAS / f"{schema}.schema.json").read_bytes())
    for branch in document.get("oneOf", []):
        if kind is not None and branch.get("properties", {}).get("kind", {}).get("const") == kind:
            document = {**document, **branch}
            del document["oneOf"]
            break
    return jsonschema.Draft202012Validator(document)
