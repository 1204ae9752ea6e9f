"""The copy of a photo that others may see."""

import asyncio
import io
from typing import Final

import pi_heif
from PIL import Image, ImageOps

from kit.files import WrongKindError

# A photo of a phone has up to 200 million points; its plain bitmap would take 600 MB.
MOST_PIXELS: Final = 60_000_000
SHOWN_SIDE: Final = 2048


class PictureError(Exception):
    """The picture cannot be drawn: cut short, damaged, or larger than `MOST_PIXELS`."""


def clean_copy(original: bytes) -> bytes:
    """A photo as others may see it: a JPEG of at most 2048 points a side, drawn anew, so that no metadata and nothing hidden is in it.

    A photo tells where and when it was taken and with which phone (EXIF, XMP, maker's notes): the safe house of who sent it. Upright, as
    its EXIF said. Takes up to a second of processor: call it in a thread.
    """
    pi_heif.register_heif_opener()
    try:
        with Image.open(io.BytesIO(original)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise PictureError("too many points")
            picture.draft("RGB", (SHOWN_SIDE, SHOWN_SIDE))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
            drawn = Image.new("RGB", upright.size, "white")
            drawn.paste(upright, mask=upright.getchannel("A") if "A" in upright.getbands() else None)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise PictureError(type(error).__name__) from error
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=82, optimize=True, progressive=True)
    return out.getvalue()


async def drawn_anew(original: bytes) -> bytes:
    """`clean_copy`, in a thread. Raises `WrongKindError` for what cannot be drawn."""
    try:
        return await asyncio.to_thread(clean_copy, original)
    except PictureError as error:
        raise WrongKindError from error
