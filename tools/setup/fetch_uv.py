"""Puts the uv that `uv.txt` names into a folder: with pip where there is pip, and without it from the package index.

Usage: fetch_uv.py FOLDER

The index is UV_DEFAULT_INDEX, or PyPI. Certificates (SSL_CERT_FILE) and proxies (HTTPS_PROXY) are those of the
environment. Whatever the way, the wheel must have the digest that `uv.txt` states.
"""

import base64
import hashlib
import html
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("uv.txt")


def pinned() -> tuple[str, str]:
    """Version and sha256 of the wheel."""
    found = re.search(r"^uv==(\S+) --hash=sha256:([0-9a-f]{64})$", REQUIREMENTS.read_text(), re.MULTILINE)
    if found is None:
        raise SystemExit(f"Cannot read {REQUIREMENTS}")
    return found[1], found[2]


def with_pip(folder: Path) -> Path | None:
    """The wheel as pip downloads it, or None where pip is missing or fails."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--require-hashes"]
    done = subprocess.run([*command, "--dest", str(folder), "-r", str(REQUIREMENTS)], capture_output=True, check=False)
    return next(folder.glob("uv-*.whl"), None) if done.returncode == 0 else None


def get(url: str) -> bytes:
    """Body of a URL; a user and password in it are sent as basic authentication."""
    parts = urllib.parse.urlsplit(url)
    headers = {"Accept": "text/html"}
    if parts.username is not None:
        credentials = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(credentials.encode()).decode()
        parts = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    request = urllib.request.Request(urllib.parse.urlunsplit(parts), headers=headers)
    with urllib.request.urlopen(request, timeout=180) as response:
        body: bytes = response.read()
        return body


def from_index(folder: Path, version: str) -> Path:
    """The wheel, found on the index's page about uv."""
    page = os.environ.get("UV_DEFAULT_INDEX", "https://pypi.org/simple").rstrip("/") + "/uv/"
    links = [html.unescape(link) for link in re.findall(r'href="([^"]+)"', get(page).decode())]
    name = f"uv-{version}-py3-none-manylinux_2_17_x86_64"
    link = next((link for link in links if name in link and ".whl.metadata" not in link), None)
    if link is None:
        raise SystemExit(f"Cannot find {name} on {urllib.parse.urlsplit(page).hostname}")
    target = folder / "uv.whl"
    target.write_bytes(get(urllib.parse.urljoin(page, link.partition("#")[0])))
    return target


def main() -> None:
    """Downloads, checks and unpacks; the program appears under its name only when it is whole."""
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    version, digest = pinned()
    with tempfile.TemporaryDirectory(dir=target) as temporary:
        folder = Path(temporary)
        wheel = with_pip(folder) or from_index(folder, version)
        if hashlib.sha256(wheel.read_bytes()).hexdigest() != digest:
            raise SystemExit(f"Cannot use the downloaded uv {version} as its sha256 must be {digest}")
        with zipfile.ZipFile(wheel) as archive:
            program = folder / "uv"
            program.write_bytes(archive.read(f"uv-{version}.data/scripts/uv"))
        program.chmod(0o755)
        program.rename(target / f"uv-{version}")


main()
