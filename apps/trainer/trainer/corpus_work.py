"""What a registration has committed on its way. Each object is create-only; a later job of the same registration reads it and goes on."""

import json
from pathlib import Path

from trainer.documents import Json, canonical
from trainer.store import Store, StoredObject


class NotTheSame(Exception):
    """Work that was done again came to other bytes: the source, the machine or the software is not what it was."""


class Work:
    """The working folder of one registration in the store."""

    def __init__(self, store: Store, prefix: str) -> None:
        self.store = store
        self.prefix = prefix

    def names(self) -> set[str]:
        """What is committed already."""
        return {key.removeprefix(self.prefix) for key, _ in self.store.list(self.prefix)}

    def read(self, name: str) -> Json:
        """A document that is known to be there."""
        data = self.store.read(self.prefix + name)
        assert data is not None, f"{name} was listed"
        found: Json = json.loads(data)
        return found

    def commit(self, name: str, value: Json) -> Json:
        """Writes a document and returns it. Of two writers the first one's is returned: either was right when it was written."""
        data = canonical(value)
        if self.store.create(self.prefix + name, data).kind == "taken":
            return self.read(name)
        return value

    def keep(self, path: Path) -> StoredObject:
        """Uploads a file under its name; its key is relative to the folder. Raises `NotTheSame` when other bytes lie there."""
        try:
            stored = self.store.upload(self.prefix + path.name, path)
        except FileExistsError as error:
            raise NotTheSame(f"Cannot go on with {self.prefix}{path.name} as the same work must give the same bytes") from error
        return {**stored, "key": path.name}
