"""Keys of the store from a file that changes while requests are made."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, CredentialRetrievalError

from tests.servers import KEYS
from trainer.store import Store


def write(file: Path, secret: str, minutes: float | None) -> None:
    ends = None if minutes is None else (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
    file.write_text(
        json.dumps({"accessKeyId": KEYS["accessKey"], "secretAccessKey": secret, "sessionToken": None, "expiresAt": ends}), encoding="utf-8"
    )


def test_a_file_that_changes_before_its_session_ends_is_followed(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "credentials.json"
    write(file, KEYS["secretKey"], 10)
    by_file = Store.connect(store.bucket, tmp_path, file)
    assert by_file.create("key", b"bytes").kind == "created"
    write(file, "another", 10)
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        by_file.create("key", b"bytes")
    write(file, KEYS["secretKey"], 60)
    assert by_file.create("key", b"bytes").kind == "identical"
    write(file, "another", 60)
    assert by_file.create("key", b"bytes").kind == "identical", "a session that lasts is not read again"


def test_keys_without_an_end_will_do(store: Store, tmp_path: Path) -> None:
    write(tmp_path / "credentials.json", KEYS["secretKey"], None)
    assert Store.connect(store.bucket, tmp_path, tmp_path / "credentials.json").create("key", b"bytes").kind == "created"


def test_a_file_that_cannot_serve_is_refused_without_telling_what_it_holds(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "credentials.json"
    with pytest.raises(CredentialRetrievalError, match="must hold them: FileNotFoundError"):
        Store.connect(store.bucket, tmp_path, file)
    file.write_text('{"accessKeyId": "AKIA', encoding="utf-8")
    with pytest.raises(CredentialRetrievalError, match="must hold them: JSONDecodeError"):
        Store.connect(store.bucket, tmp_path, file)
    write(file, KEYS["secretKey"], -1)
    with pytest.raises(CredentialRetrievalError, match="must hold a session that lasts") as refused:
        Store.connect(store.bucket, tmp_path, file)
    assert KEYS["secretKey"] not in str(refused.value)
