"""The public keys that a program signs its assertions with: read, judged, and kept without anything else that was sent beside them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import jwt

from services.partners.onboarding.rules import KeysError, PrivateKeyError, Way, WeakKeyError

MOST_KEYS: Final = 3
LEAST_RSA_BITS: Final = 2048
MOST_RSA_BITS: Final = 8192
# What both providers take, and no shared secret among it (RFC 8725 §3.2).
ALGORITHMS: Final[Mapping[str, tuple[str, ...]]] = {"RSA": ("RS256", "PS256"), "EC": ("ES256", "ES384")}
CURVES: Final[Mapping[str, str]] = {"P-256": "ES256", "P-384": "ES384"}
PUBLIC: Final[Mapping[str, tuple[str, ...]]] = {"RSA": ("n", "e"), "EC": ("crv", "x", "y")}
# RFC 7518 §6.2.2, §6.3.2, §6.4: what only the owner of a key has.
PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"})
LONGEST_ID: Final = 100


def keys_said(way: str, said: Sequence[Mapping[str, Any]] | None) -> list[dict[str, Any]] | None:
    """None for a secret. Raises what `public_keys` does, and `KeysError` where keys come with a secret, or none with keys."""
    if (way == Way.KEYS) != (said is not None):
        raise KeysError
    return public_keys(said) if said is not None else None


def public_keys(said: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What is kept of them: nothing but their public members. Raises `PrivateKeyError`, `WeakKeyError`, `KeysError`."""
    if any(PRIVATE & set(one) for one in said):
        raise PrivateKeyError
    if not 1 <= len(said) <= MOST_KEYS:
        raise KeysError
    keys = [_public_key(one) for one in said]
    if len({one["kid"] for one in keys}) != len(keys):
        raise KeysError
    return keys


def _public_key(said: Mapping[str, Any]) -> dict[str, Any]:
    kind, kid = said.get("kty"), said.get("kid")
    if not isinstance(kind, str) or kind not in PUBLIC or said.get("use", "sig") != "sig" or not _is_id(kid):
        raise KeysError
    members = {name: said.get(name) for name in PUBLIC[kind]}
    if not all(isinstance(one, str) for one in members.values()):
        raise KeysError
    algorithm = said.get("alg") or _usual(kind, members)
    if algorithm not in ALGORITHMS[kind] or (kind == "EC" and algorithm != _usual(kind, members)):
        raise KeysError
    key = {"kty": kind, "kid": kid, "use": "sig", "alg": algorithm, **members}
    _check_strength(key)
    return key


def _is_id(kid: Any) -> bool:
    return isinstance(kid, str) and 0 < len(kid) <= LONGEST_ID and kid.isprintable()


def _usual(kind: str, members: Mapping[str, Any]) -> str:
    """Raises `WeakKeyError` for another curve."""
    if kind == "RSA":
        return "RS256"
    if members["crv"] not in CURVES:
        raise WeakKeyError
    return CURVES[members["crv"]]


def _check_strength(key: Mapping[str, Any]) -> None:
    """Raises `KeysError` for what is no key at all, `WeakKeyError`."""
    try:
        found = jwt.PyJWK(dict(key)).key
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise KeysError from error
    if key["kty"] == "RSA" and not LEAST_RSA_BITS <= found.key_size <= MOST_RSA_BITS:
        raise WeakKeyError
