"""A registered base: weights that were trained elsewhere, found by the digest of their manifest as corpora are."""

from trainer import keys
from trainer.documents import Json
from trainer.registered import read_manifest
from trainer.store import Store


def open_base(store: Store, digest: str) -> Json:
    """The `BaseManifest` of a digest. Raises `BadInput` when there is none, or it has another digest."""
    return read_manifest(store, "base", digest, keys.base_manifest(digest))


def placed(digest: str, manifest: Json) -> Json:
    """The objects of a base as those of a checkpoint: their keys in the store, and the prefix that they share."""
    prefix = keys.base(digest)
    return {"prefix": prefix, "objects": [{**each, "key": prefix + each["key"]} for each in manifest["objects"]]}
