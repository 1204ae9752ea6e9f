"""Whether a message is signed by somebody whom we knew before it came (XML Signature, W3C 2013; CAP 1.2 §3.3.2).

A certificate that comes with a message proves nothing: anybody can make one and sign with it. So only certificates whose SHA-256 stands in
our data, or that an authority of our own choice issued, are believed. Verified at receipt, by the clock of the receipt, because the
certificates of warning services live for weeks; what was found is stored and not asked again.
"""

import hashlib
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml.exceptions import InvalidCertificate, InvalidSignature, SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from kit.errors import ProblemError
from services.crisis.sources.lists import Signing
from services.crisis.sources.rules import Policy, Signature
from services.crisis.warnings import cap

_DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"
_MOST_CERTIFICATES: Final = 10


def verify(raw: bytes, signing: Signing, ca: Path | None, received_at: datetime) -> Signature:
    """`raw` is well-formed CAP: it was read before. Never raises for what a stranger sent."""
    if signing.policy is Policy.IGNORE:
        return Signature.NOT_CHECKED
    root = cap.tree(raw)
    signatures = list(root.iterchildren(f"{_DS}Signature"))
    if not signatures:
        return Signature.NONE
    if len(signatures) > 1:
        return Signature.UNSUPPORTED
    known = [one for one in _carried(signatures[0]) if _fingerprint(one) in signing.pinned]
    if not known and ca is None:
        return Signature.UNTRUSTED
    certificate = known[0] if known else None
    # As it came, then without white space between elements: some services sign before they indent.
    found = _checked(root, certificate or ca, received_at, raw)
    if found is Signature.INVALID:
        found = _checked(cap.tree(raw, remove_blank_text=True), certificate or ca, received_at, raw)
    return found


def _checked(root: etree._Element, believed: x509.Certificate | Path | None, at: datetime, raw: bytes) -> Signature:
    config = SignatureConfiguration(location="./", expect_references=1, verification_time=at)
    trusted: dict[str, Any] = {"ca_pem_file": str(believed)} if isinstance(believed, Path) else {"x509_cert": believed}
    try:
        result = XMLVerifier().verify(root, expect_config=config, **trusted)
    except InvalidCertificate:
        return Signature.UNTRUSTED
    except InvalidSignature:
        return Signature.INVALID
    except (SignXMLException, ValueError, TypeError, etree.LxmlError):
        return Signature.UNSUPPORTED
    signed = None if isinstance(result, list) else result.signed_xml
    return Signature.VALID if signed is not None and _is_what_is_read(signed, raw) else Signature.INVALID


def _is_what_is_read(signed: etree._Element, raw: bytes) -> bool:
    """A signature over one part vouches for nothing else."""
    try:
        return cap.parse(etree.tostring(signed)) == cap.parse(raw)
    except ProblemError:
        return False


def _carried(signature: etree._Element) -> Iterator[x509.Certificate]:
    for place, node in enumerate(signature.iter(f"{_DS}X509Certificate")):
        if place == _MOST_CERTIFICATES:
            return
        try:
            yield x509.load_der_x509_certificate(b64decode("".join((node.text or "").split()), validate=True))
        except (NotBase64, ValueError):
            continue


def _fingerprint(certificate: x509.Certificate) -> str:
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()
