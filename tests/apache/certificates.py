"""Certificates of a test's own authority, as the files that Kafka and our clients read."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography.hazmat.primitives import serialization

SECRET = "khóa-của-tôi"  # opens the locked key


class Certificates:
    """In a folder: an authority that all trust, another one, the broker's certificates, and those of a member."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        authority, other = trustme.CA(organization_name="Test Authority"), trustme.CA(organization_name="Another Authority")
        long_ago = datetime.now(UTC) - timedelta(days=9)
        self.authority = self._kept("authority.pem", authority.cert_pem.bytes())
        self.another = self._kept("another.pem", other.cert_pem.bytes())
        self._issued("server", authority.issue_cert("127.0.0.1"))
        self._issued("elsewhere", authority.issue_cert("kafka.example"))
        self._issued("outdated", authority.issue_cert("127.0.0.1", not_before=long_ago, not_after=long_ago + timedelta(days=1)))
        self.member = self._issued("member", authority.issue_cert("ilis.example", common_name="admin"))
        self.nobody = self._issued("nobody", authority.issue_cert("nobody.example", common_name="nobody"))
        self.stranger = self._issued("stranger", other.issue_cert("ilis.example", common_name="admin"))
        expired = authority.issue_cert("ilis.example", common_name="admin", not_before=long_ago, not_after=long_ago + timedelta(days=1))
        self.expired = self._issued("expired", expired)
        self.locked = self._locked(self.member)

    def _issued(self, name: str, cert: trustme.LeafCert) -> tuple[Path, Path]:
        """Certificate and key; `NAME.pem` holds both, as Kafka wants them."""
        key = serialization.load_pem_private_key(cert.private_key_pem.bytes(), None)
        text = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )  # the only form that Kafka reads
        chain = b"".join(each.bytes() for each in cert.cert_chain_pems)
        self._kept(f"{name}.pem", text + chain)
        return self._kept(f"{name}.crt", chain), self._kept(f"{name}.key", text)

    def _locked(self, member: tuple[Path, Path]) -> tuple[Path, Path]:
        cert, key = member
        opened = serialization.load_pem_private_key(key.read_bytes(), None)
        lock = serialization.BestAvailableEncryption(SECRET.encode())
        text = opened.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
        return cert, self._kept("locked.key", text)

    def _kept(self, name: str, content: bytes) -> Path:
        file = self.folder / name
        file.write_bytes(content)
        return file
