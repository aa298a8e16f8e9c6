"""Manifests of what is registered, corpora and bases: each is found by the digest of its manifest, which is checked when it is read."""

from typing import Any

from trainer.documents import BadDocument, digest_of, parse
from trainer.exits import BadInput
from trainer.store import Store


def read_manifest(store: Store, kind: str, digest: str, key: str) -> dict[str, Any]:
    """The manifest of a `corpus` or `base` at a key. Raises `BadInput` when none is registered, or it is not what its digest says."""
    data = store.read(key)
    if data is None:
        raise BadInput(f"Cannot use {kind} {digest} as it must be registered: the store has no manifest of it")
    try:
        manifest = parse(f"{kind}-manifest", data, f"the manifest of {kind} {digest}")
    except BadDocument as error:
        raise BadInput(str(error)) from error
    if digest_of(manifest) != digest:
        raise BadInput(f"Cannot use {kind} {digest} as its manifest must have that digest: current value is {digest_of(manifest)}")
    return manifest
