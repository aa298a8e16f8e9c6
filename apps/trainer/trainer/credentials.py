"""Keys of the artifact store from a file that is changed while the job runs.

A session of the store ends after an hour or so, a training does not; whoever grants sessions puts the next one into the
file in time. The file is JSON: `accessKeyId`, `secretAccessKey`, `sessionToken` or null, `expiresAt` (RFC 3339) or null.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import CredentialRetrievalError

READ_AGAIN = timedelta(minutes=15)
"""A session that ends within this time is read again before each request."""
KEPT = timedelta(minutes=5)
"""Keys without an end are read again after this time, as they may be replaced too."""


def session_of(file: Path) -> boto3.Session:
    """A session of boto3 that follows the file. Raises `CredentialRetrievalError` when it cannot be read or is past its end."""
    session = botocore.session.get_session()
    # botocore has no other way in for credentials of one's own that refresh themselves.
    session._credentials = RefreshableCredentials.create_from_metadata(
        metadata=read_keys(file),
        refresh_using=lambda: read_keys(file),
        method="titrate-file",
        advisory_timeout=READ_AGAIN.total_seconds(),
        # Until it has ended, a session that was not replaced yet will do.
        mandatory_timeout=0,
    )
    return boto3.Session(botocore_session=session)


def read_keys(file: Path) -> dict[str, Any]:
    """What the file holds now, in botocore's words."""
    try:
        found = json.loads(file.read_bytes())
        ends = datetime.fromisoformat(found["expiresAt"]) if found["expiresAt"] else datetime.now(UTC) + READ_AGAIN + KEPT
        keys = {"access_key": found["accessKeyId"], "secret_key": found["secretAccessKey"], "token": found["sessionToken"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _refused(f"Cannot read the keys of the store as {file} must hold them: {type(error).__name__}") from error
    if ends <= datetime.now(UTC):
        raise _refused(f"Cannot use the keys of the store as {file} must hold a session that lasts: it ended at {ends.isoformat()}")
    return {**keys, "expiry_time": ends.isoformat()}


def _refused(why: str) -> CredentialRetrievalError:
    return CredentialRetrievalError(provider="titrate-file", error_msg=why)
