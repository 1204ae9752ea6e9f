"""When a session is over, and where a person may be sent after signing in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

TOUCH_EVERY: Final = timedelta(seconds=30)
REFRESH_BEFORE_S: Final = 30


@dataclass(frozen=True, slots=True)
class Span:
    """Idle and absolute limit of a session (issue: short, for shared computers)."""

    idle: timedelta
    whole: timedelta

    def is_over(self, *, started_at: datetime, seen_at: datetime, now: datetime) -> bool:
        return now - seen_at >= self.idle or now - started_at >= self.whole


def needs_touch(seen_at: datetime, now: datetime) -> bool:
    """One write per half minute, not one per page."""
    return now - seen_at >= TOUCH_EVERY


def needs_refresh(expires_at: float, now: float) -> bool:
    """Early enough that the token is still good when the slowest call reaches its service."""
    return expires_at - now < REFRESH_BEFORE_S


def safe_path(wanted: str) -> str:
    """`wanted` where it is a path of ours, else the home page: a link must not carry a person to a stranger's site after signing in."""
    is_ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable() and "\\" not in wanted
    return wanted if is_ours else "/"
