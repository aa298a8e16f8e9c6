"""A registered base: weights that were trained elsewhere, found by the digest of their manifest as corpora are."""

from trainer import keys
from trainer.documents import BadDocument, Json, digest_of, parse
from trainer.exits import BadInput
from trainer.store import Store


def open_base(store: Store, digest: str) -> Json:
    """The `BaseManifest` of a digest. Raises `BadInput` when there is none, or it has another digest."""
    data = store.read(keys.base_manifest(digest))
    if data is None:
        raise BadInput(f"Cannot use base {digest} as it must be registered: there is no {keys.base_manifest(digest)}")
    try:
        manifest = parse("base-manifest", data, f"the manifest of base {digest}")
    except BadDocument as error:
        raise BadInput(str(error)) from error
    if digest_of(manifest) != digest:
        raise BadInput(f"Cannot use base {digest} as its manifest must have that digest: current value is {digest_of(manifest)}")
    return manifest


def placed(digest: str, manifest: Json) -> Json:
    """The objects of a base as those of a checkpoint: their keys in the store, and the prefix that they share."""
    prefix = keys.base(digest)
    return {"prefix": prefix, "objects": [{**each, "key": prefix + each["key"]} for each in manifest["objects"]]}
