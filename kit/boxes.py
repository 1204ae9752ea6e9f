"""A box: what anybody can seal for a service with its public key, and only the service opens. A browser makes one with WebCrypto alone.

ECIES in its plain form: an ephemeral key on P-256, ECDH, HKDF-SHA-256 (salt: both public keys), AES-256-GCM. A box is the ephemeral public
key (65 bytes, uncompressed), nonce (12), ciphertext and tag; `context` is authenticated with it and says where the box belongs.
"""

import secrets
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE: Final = SECP256R1()
INFO: Final = b"probashi:1:box"
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_POINT: Final = 65
_NONCE: Final = 12


def private_key(seed: bytes) -> EllipticCurvePrivateKey:
    """The same key for the same 64 bytes: twice the order's length, so that no scalar is likelier than another (FIPS 186-5, A.2.1)."""
    return derive_private_key(int.from_bytes(seed) % (_ORDER - 1) + 1, CURVE)


def public_bytes(key: EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def seal_box(receiver: bytes, content: bytes, context: bytes) -> bytes:
    """What the device does; here for tests and for whoever writes another client."""
    ephemeral = new_key(CURVE)
    point, nonce = public_bytes(ephemeral), secrets.token_bytes(_NONCE)
    cipher = _cipher(ephemeral, receiver, point + receiver)
    return point + nonce + cipher.encrypt(nonce, content, context)


def open_box(receiver: EllipticCurvePrivateKey, box: bytes, context: bytes) -> bytes:
    """Raises `cryptography.exceptions.InvalidTag`, or `ValueError` for what is no box."""
    point, nonce, sealed = box[:_POINT], box[_POINT : _POINT + _NONCE], box[_POINT + _NONCE :]
    return _cipher(receiver, point, point + public_bytes(receiver)).decrypt(nonce, sealed, context)


def _cipher(own: EllipticCurvePrivateKey, other: bytes, salt: bytes) -> AESGCM:
    shared = own.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(CURVE, other))
    return AESGCM(HKDF(SHA256(), 32, salt, INFO).derive(shared))
