"""One byte string for one value (RFC 8785, JSON Canonicalization Scheme), and the detached signature over it (RFC 7515, appendix F).

Whole numbers and text only: what JSON calls a number may be read as a binary fraction, and two readers could then differ.
"""

import json
from typing import Any, Final

_EXACT: Final = 2**53 - 1


def canonical(value: Any) -> bytes:
    """Raises `ValueError` for a float, a number beyond 2^53, a key that is not ASCII, or text that is no Unicode."""
    _check(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _check(value: Any) -> None:
    match value:
        case None | bool() | str():
            return
        case int() if abs(value) <= _EXACT:
            return
        case list() | tuple():
            for one in value:
                _check(one)
        case dict():
            # Sorted by code points, which for ASCII is the order by UTF-16 units that the standard asks for.
            for key, one in value.items():
                if not (isinstance(key, str) and key.isascii()):
                    raise ValueError(f"{key!r} cannot be a key")
                _check(one)
        case _:
            raise ValueError(f"{type(value).__name__} has no one canonical form here")
