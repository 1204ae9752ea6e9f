"""The detached signature of what is published: a JWS with EdDSA (RFC 7515 appendix F, RFC 8037); and the public keys (RFC 7517)."""

import base64
from typing import Any

from kit.crypto import Keyring
from services.agencies.ratings.canonical import canonical


def sign(statement: bytes, keyring: Keyring) -> str:
    """`header..signature`: the payload is the statement itself, byte for byte. The same statement makes the same signature."""
    header = _encoded(canonical({"alg": "EdDSA", "kid": keyring.active}))
    return f"{header}..{_encoded(keyring.sign(f'{header}.{_encoded(statement)}'.encode()))}"


def public_keys(keyring: Keyring) -> dict[str, Any]:
    """A JWK set; keys from before a rotation stay in it."""
    keys = keyring.public_keys()
    return {
        "keys": [
            {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": key_id, "x": _encoded(key)}
            for key_id, key in sorted(keys.items())
        ]
    }


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
