"""A change names the version that its writer saw (`If-Match`): what somebody else changed meanwhile is never overwritten unseen."""

import re
from typing import Annotated, Final

from fastapi import Depends, Header

from contracts.text import Text
from kit.errors import ProblemError

ANY: Final = 0
_TAG: Final = re.compile(r'(?:W/)?"(\d{1,9})"|\*')


class VersionNeededError(ProblemError):
    status = 428
    slug = "version-needed"
    title = Text(
        "Say which version you saw: send the ETag of the record as If-Match.",
        "কোন সংস্করণ দেখে পরিবর্তন করছেন তা জানান: রেকর্ডের ETag মানটি If-Match হিসেবে পাঠান।",
    )


class StaleVersionError(ProblemError):
    status = 412
    slug = "stale-version"
    title = Text(
        "Somebody has changed this meanwhile. Look at it again before you change it.",
        "ইতিমধ্যে অন্য কেউ এটি পরিবর্তন করেছেন। পরিবর্তনের আগে আবার দেখে নিন।",
    )


def etag(version: int) -> str:
    return f'"{version}"'


async def _expected(if_match: Annotated[str | None, Header(max_length=40)] = None) -> int:
    if if_match is None:
        raise VersionNeededError
    match = _TAG.fullmatch(if_match.strip())
    if match is None:
        raise StaleVersionError
    return int(match[1]) if match[1] else ANY


ExpectedVersion = Annotated[int, Depends(_expected)]


def check_version(expected: int, version: int) -> None:
    """Raises `StaleVersionError`. Call it while holding the row's lock. `If-Match: *` expects whatever there is."""
    if expected not in {ANY, version}:
        raise StaleVersionError
