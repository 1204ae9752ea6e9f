"""Web push: what a browser subscribed with, content that its browser alone opens (RFC 8291), and who says that it sends (RFC 8292).

Whoever carries it, the browser's maker, learns an address, how urgent it is and how long it holds; never a word of it, nor its length.
"""

import base64
import binascii
import secrets
import time
from dataclasses import dataclass, field
from typing import Annotated, Final
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from contracts.text import Text
from kit.boxes import CURVE, public_bytes
from kit.outward import LONGEST_URL

_NO_KEY: Final = Text("This is not what a browser subscribes with.", "এটি ব্রাউজারের নোটিফিকেশনের সঠিক তথ্য নয়।")
_SECRET: Final = 16
_SALT: Final = 16
# One record of what every push service takes (RFC 8291, 4), filled up: a long warning and a short all-clear look alike.
RECORD: Final = 4096
MOST_CONTENT: Final = 2048
_LAST: Final = b"\x02"
SIGNED_FOR_S: Final = 12 * 3600
_RENEWED_S: Final = 3600
_MOST_ORIGINS: Final = 100


def unpacked(written: str) -> bytes:
    """Raises `ValueError` for what is no base64url."""
    return base64.b64decode(written.encode("ascii") + b"=" * (-len(written) % 4), altchars=b"-_", validate=True)


def packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _point(written: str) -> str:
    try:
        EllipticCurvePublicKey.from_encoded_point(CURVE, unpacked(written))
    except (ValueError, binascii.Error) as error:
        raise ValueError(_NO_KEY) from error
    return written


def _secret(written: str) -> str:
    try:
        is_one = len(unpacked(written)) == _SECRET
    except (ValueError, binascii.Error):
        is_one = False
    if not is_one:
        raise ValueError(_NO_KEY)
    return written


class Subscription(BaseModel):
    """As the browser's `PushSubscription` has it. Whether the address may be called is judged by whoever keeps it and whoever calls it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    endpoint: Annotated[str, Field(min_length=10, max_length=LONGEST_URL, repr=False)]
    p256dh: Annotated[str, Field(max_length=100, repr=False), AfterValidator(_point)]
    auth: Annotated[str, Field(max_length=40, repr=False), AfterValidator(_secret)]


def sealed(
    to: Subscription, content: bytes, *, ephemeral: EllipticCurvePrivateKey | None = None, salt: bytes | None = None, padding: bool = True
) -> bytes:
    """`ephemeral` and `salt` are drawn anew for each message; a test names those of the RFC's example, which is not filled up."""
    ephemeral, salt = ephemeral or new_key(CURVE), salt or secrets.token_bytes(_SALT)
    own, theirs = public_bytes(ephemeral), unpacked(to.p256dh)
    shared = ephemeral.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(CURVE, theirs))
    key = HKDF(SHA256(), 32, unpacked(to.auth), b"WebPush: info\0" + theirs + own).derive(shared)
    cipher = AESGCM(HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(key))
    nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(key)
    filled = content + _LAST + (b"\0" * (MOST_CONTENT - len(content)) if padding else b"")
    return salt + RECORD.to_bytes(4) + bytes([len(own)]) + own + cipher.encrypt(nonce, filled, None)


@dataclass(frozen=True, slots=True)
class Vapid:
    """Who sends: a key of ours, which a browser pins when it subscribes, and how a push service reaches us."""

    key: EllipticCurvePrivateKey = field(repr=False)
    contact: str
    _signed: dict[str, tuple[str, float]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, secret: str, contact: str) -> "Vapid":
        """`secret`: 32 bytes, base64url, as the usual tools make it. Raises `ValueError`."""
        return cls(derive_private_key(int.from_bytes(unpacked(secret)), CURVE), contact)

    @property
    def public(self) -> str:
        """What a browser is given as `applicationServerKey`."""
        return packed(public_bytes(self.key))

    def header(self, endpoint: str) -> str:
        """Signed for the push service's origin alone, and for half a day: signing costs more than sealing."""
        parts = urlsplit(endpoint)
        origin, now = f"{parts.scheme}://{parts.netloc}", time.time()
        token, until = self._signed.get(origin, ("", 0.0))
        if until < now:
            token = jwt.encode({"aud": origin, "exp": int(now) + SIGNED_FOR_S, "sub": self.contact}, self.key, algorithm="ES256")
            if len(self._signed) >= _MOST_ORIGINS:
                self._signed.clear()
            self._signed[origin] = (token, now + SIGNED_FOR_S - _RENEWED_S)
        return f"vapid t={token}, k={self.public}"
