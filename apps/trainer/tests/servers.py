"""A real S3 server for tests: SeaweedFS on free loopback ports, gone when the tests are."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

KEYS = {"accessKey": "titrate-tests", "secretKey": "not-a-secret-but-long-enough"}
PORTS = ("s3", "master", "filer", "volume", "admin")


@contextmanager
def seaweedfs(folder: Path) -> Iterator[dict[str, str]]:
    """Runs the server while the block runs; yields the environment by which the AWS SDKs find it."""
    ports = free_ports()
    start = time.monotonic()
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command(folder, ports), cwd=folder, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{ports['s3']}"
        while not answers(url):
            assert server.poll() is None and time.monotonic() - start < 60, (folder / "server.log").read_text()[-2000:]
            time.sleep(0.1)
        yield {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": KEYS["accessKey"],
            "AWS_SECRET_ACCESS_KEY": KEYS["secretKey"],
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
    finally:
        server.kill()
        server.wait()


def command(folder: Path, ports: dict[str, int]) -> list[str]:
    """The server's command line: everything on loopback, one identity."""
    identity = {"name": "tests", "credentials": [KEYS], "actions": ["Admin", "Read", "Write", "List", "Tagging"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    (folder / "data").mkdir()
    flags = [f"-{name}.port={ports[name]}" for name in PORTS] + [f"-{name}.port.grpc={ports[name + 'Grpc']}" for name in PORTS[:4]]
    return [
        str(Path(sys.executable).parent / "weed"),
        *[
            "-logtostderr=true",
            "mini",
            f"-dir={folder / 'data'}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            f"-s3.config={folder / 's3.json'}",
            # Each bucket takes volumes of its own: small ones, so that the disk has room for the buckets of all tests.
            "-master.volumeSizeLimitMB=32",
        ],
        *[*flags, f"-s3.localSocket={folder / 's3.sock'}", f"-filer.localSocket={folder / 'filer.sock'}"],
        *["-admin.ui=false", "-webdav=false", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"],
    ]


def free_ports() -> dict[str, int]:
    """Ports that nobody listens on now, all different, for HTTP and gRPC of each part."""
    names = [*PORTS, *(name + "Grpc" for name in PORTS)]
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in names]
        for found in sockets:
            found.bind(("127.0.0.1", 0))
        return {name: found.getsockname()[1] for name, found in zip(names, sockets, strict=True)}


def answers(url: str) -> bool:
    """Whether the S3 gateway speaks; a refusal for want of a signature is an answer."""
    try:
        urllib.request.urlopen(url, timeout=1).close()
    except urllib.error.HTTPError as error:
        return error.code in (400, 403)
    except OSError:
        return False
    return True


def use(environment: dict[str, str]) -> None:
    """Makes this process, and those it starts, speak to the server."""
    os.environ.update(environment)
