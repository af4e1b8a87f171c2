"""A local certificate authority: one key pair in a directory, constrained to the names of this machine.

The constraint (RFC 5280 §4.2.1.10) is to this machine's names and addresses, `.local` and private networks, so
that the key, were it stolen, could not pretend to be the rest of the world.
"""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ..errors import Invalid
from ..files import write_private

AUTHORITY_DAYS = 3650
SERVER_DAYS = 90
"""Short, since it renews itself; browsers take at most 398."""
_PRIVATE = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10",
    "::1/128", "fc00::/7", "fe80::/10",
)  # fmt: skip


class CertificateState(NamedTuple):
    names: tuple[str, ...]
    not_before: float
    not_after: float
    fingerprint: str
    """SHA-256, as browsers show it."""


def certificate_state(path: Path) -> CertificateState:
    """Raises `Invalid("tls.bad_certificate")`."""
    certificate = read_certificate(path)
    names: list[str] = []
    try:
        alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = [str(name.value) for name in alternative if isinstance(name, x509.DNSName | x509.IPAddress)]
    except x509.ExtensionNotFound:
        pass
    return CertificateState(
        tuple(names),
        certificate.not_valid_before_utc.timestamp(),
        certificate.not_valid_after_utc.timestamp(),
        certificate.fingerprint(hashes.SHA256()).hex(":").upper(),
    )


class Authority:
    def __init__(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        self.certificate, self._key = certificate, key
        constraints = certificate.extensions.get_extension_for_class(x509.NameConstraints).value
        permitted = constraints.permitted_subtrees or []
        self._domains = [it.value for it in permitted if isinstance(it, x509.DNSName)]
        self._networks = [ipaddress.ip_network(str(it.value)) for it in permitted if isinstance(it, x509.IPAddress)]

    @classmethod
    def in_directory(cls, directory: Path, names: Sequence[str], now: float) -> Authority:
        certificate, key = directory / "authority.pem", directory / "authority.key"
        if not certificate.exists() or not key.exists():
            _make_authority(certificate, key, names, now)
        private = serialization.load_pem_private_key(key.read_bytes(), None)
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            raise Invalid("tls.bad_certificate", f"{key} is not a key of the local authority", path=str(key))
        return cls(read_certificate(certificate), private)

    def covers(self, name: str) -> bool:
        address = address_of(name)
        if address is None:
            return any(f".{name}".endswith(f".{domain}") for domain in self._domains)
        return any(address in network for network in self._networks)

    def has_issued(self, path: Path) -> bool:
        try:
            read_certificate(path).verify_directly_issued_by(self.certificate)
        except Exception:  # whatever it is, it is not ours
            return False
        return True

    def issue(self, names: Sequence[str], path: Path, now: float) -> None:
        """Certificate and key in one file, so that one is never there without the other."""
        private = ec.generate_private_key(ec.SECP256R1())
        ends = min(_instant(now + SERVER_DAYS * 86400), self.certificate.not_valid_after_utc)
        signed = (
            x509.CertificateBuilder()
            .subject_name(_name("Qingting"))
            .issuer_name(self.certificate.subject)
            .public_key(private.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_instant(now - 86400))
            .not_valid_after(ends)
            .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(digital_signature=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
            .add_extension(_authority_key_id(self.certificate), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        write_private(path, signed.public_bytes(serialization.Encoding.PEM) + _pem(private), 0o600)


def _make_authority(certificate: Path, key: Path, names: Sequence[str], now: float) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    machine = next((name for name in names if address_of(name) is None and name != "localhost"), "localhost")
    subject = _name(f"Qingting local authority {machine}"[:64])
    domains = [x509.DNSName(name) for name in names if address_of(name) is None]
    addresses = [x509.IPAddress(ipaddress.ip_network(name)) for name in names if address_of(name) is not None]
    private_networks = [x509.IPAddress(ipaddress.ip_network(network)) for network in _PRIVATE]
    permitted = [*domains, x509.DNSName("local"), *private_networks, *addresses]
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_instant(now - 86400))
        .not_valid_after(_instant(now + AUTHORITY_DAYS * 86400))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.NameConstraints(list(dict.fromkeys(permitted)), None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, hashes.SHA256())
    )
    write_private(key, _pem(private), 0o600)
    write_private(certificate, signed.public_bytes(serialization.Encoding.PEM), 0o644)


def read_certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as e:
        raise Invalid("tls.bad_certificate", f"{path} is no certificate in PEM: {e}", path=str(path)) from e


def address_of(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _general_name(name: str) -> x509.GeneralName:
    address = address_of(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _authority_key_id(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


def _instant(at: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(at, datetime.UTC)


def _pem(private: ec.EllipticCurvePrivateKey) -> bytes:
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
