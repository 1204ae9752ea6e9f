"""What people send: a voice note that a browser plays, a photo that tells where it was taken."""

import io
import struct
from typing import Final

from PIL import Image

PHONE: Final = "SECRETPHONE"
# 20 ms of silence, as any Opus encoder writes it (RFC 6716: full band, one frame).
_SILENCE: Final = b"\xf8\xff\xfe"
_SAMPLES: Final = 960
_FIRST, _LAST = 2, 4


def voice_note(seconds: int = 2, writer: bytes = b"tests") -> bytes:
    """Silence as Ogg Opus (RFC 3533, RFC 7845), which is what WhatsApp sends."""
    frames = seconds * 50
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", len(writer)) + writer + struct.pack("<I", 0)
    pages = [_page(0, _FIRST, 0, [head]), _page(1, 0, 0, [tags])]
    for number, start in enumerate(range(0, frames, 50), 2):
        heard = min(start + 50, frames)
        pages.append(_page(number, _LAST if heard == frames else 0, heard * _SAMPLES, [_SILENCE] * (heard - start)))
    return b"".join(pages)


def _page(number: int, kind: int, heard: int, packets: list[bytes]) -> bytes:
    sizes = b"".join(b"\xff" * (len(one) // 255) + bytes([len(one) % 255]) for one in packets)
    head = b"OggS" + struct.pack("<BBqIIIB", 0, kind, heard, 4711, number, 0, len(sizes))
    page = bytearray(head + sizes + b"".join(packets))
    struct.pack_into("<I", page, 22, _checksum(page))
    return bytes(page)


def _checksum(page: bytearray) -> int:
    """CRC-32 with the polynomial of Ethernet, not reflected (RFC 3533)."""
    found = 0
    for byte in page:
        found ^= byte << 24
        for _ in range(8):
            found = (found << 1) ^ 0x04C11DB7 if found & 0x80000000 else found << 1
        found &= 0xFFFFFFFF
    return found


def photo_with_place() -> bytes:
    """A JPEG that tells the telephone and the place (EXIF), and has words behind the picture."""
    exif = Image.Exif()
    exif[0x010F] = PHONE
    exif.get_ifd(0x8825)[2] = (23.0, 44.0, 12.5)
    out = io.BytesIO()
    Image.new("RGB", (64, 32), "red").save(out, "JPEG", exif=exif, comment=PHONE.encode())
    return out.getvalue() + PHONE.encode()
