from collections.abc import Iterator

import pytest
from api_server import ApiServer, api_server

from titrate_client import Titrate


@pytest.fixture
def server() -> Iterator[ApiServer]:
    """A server that keeps to the OpenAPI file; the test fails where client or test do not."""
    with api_server() as state:
        yield state
    assert state.faults == []


@pytest.fixture
def titrate(server: ApiServer) -> Iterator[Titrate]:
    with Titrate(server.url, "secret", retries=2) as client:
        yield client
