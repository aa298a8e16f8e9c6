"""A store behind a certificate of the operator's own authority is trusted by AWS_CA_BUNDLE, as training pods get it, and not without."""

import datetime
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from botocore.exceptions import SSLError
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from trainer.store import Store

DAY = datetime.timedelta(days=1)


class Answer(BaseHTTPRequestHandler):
    """Gives the same bytes for every object."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"bytes")

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def certificate(
    name: str, key: ec.EllipticCurvePrivateKey, signer: tuple[str, ec.EllipticCurvePrivateKey], is_authority: bool
) -> x509.Certificate:
    """A certificate for 127.0.0.1, or of an authority."""
    signer_name, signer_key = signer
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, signer_name)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(signer_key, hashes.SHA256())
    )


@pytest.fixture
def authority_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of an authority which vouches for a store that the environment leads to."""
    authority_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    signer = ("internal authority", authority_key)
    authority = certificate("internal authority", authority_key, signer, is_authority=True)
    server_file, authority_file = tmp_path / "server.pem", tmp_path / "ca.crt"
    authority_file.write_bytes(authority.public_bytes(Encoding.PEM))
    private = server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    server_file.write_bytes(private + certificate("store", server_key, signer, is_authority=False).public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server_file)
    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"https://127.0.0.1:{server.server_address[1]}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        yield authority_file
        server.shutdown()


def test_an_authority_of_ones_own_is_trusted_where_it_is_named(
    authority_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(authority_file))
    assert Store.connect("bucket", tmp_path / "cache").read("key") == b"bytes"


def test_it_is_not_trusted_where_nobody_names_it(authority_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    # The SDK tries again, each time a little later: nothing is won by waiting here.
    monkeypatch.setattr("time.sleep", lambda _: None)
    with pytest.raises(SSLError):
        Store.connect("bucket", tmp_path / "cache").read("key")
