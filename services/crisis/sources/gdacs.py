"""What a message of GDACS means, in spite of how it is written.

Its CAP is always an Alert, has no <expires>, calls every event Past, a Green one Moderate, and writes <sent> an hour off. What it knows
stands in its parameters: `alertlevel` (by expected impact), `eventtype`, `eventid`, `currentepisodeid`, `datemodified`. So an event is one
chain (`GDACS_EQ_1470644`), each modification a version of it. Levels are this project's proposal (README).
Its messages never go out by themselves: GDACS warns of the whole world, and a person looks first.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from contracts.crisis import Severity, Urgency
from services.crisis.warnings.cap import Area, Geocode, Identity, Info, Message

SENDER: Final = "gdacs.org"
LEVELS: Final[Mapping[str, Severity]] = {"red": Severity.EXTREME, "orange": Severity.SEVERE, "green": Severity.MINOR}
# What strikes at once; the rest builds up.
_AT_ONCE: Final = frozenset({"EQ", "TS", "VO", "WF"})


def is_from_gdacs(message: Message) -> bool:
    sender = message.identity.sender.lower().rstrip("/")
    return sender.endswith((f"@{SENDER}", f".{SENDER}")) or sender.removeprefix("https://").removeprefix("http://") == SENDER


def is_green(message: Message) -> bool:
    return is_from_gdacs(message) and _parameters(message).get("alertlevel", "").lower() == "green"


def understood(message: Message) -> Message:
    """The message itself where it is not GDACS's, or lacks what its meaning rests on (noted as a defect)."""
    if not is_from_gdacs(message):
        return message
    known = _parameters(message)
    kind, event, level = known.get("eventtype", "").upper(), known.get("eventid", ""), known.get("alertlevel", "").lower()
    if not (kind.isalnum() and event.isalnum() and level in LEVELS):
        return replace(message, defects=(*message.defects, "gdacs-parameters-missing"))
    modified = _instant(known.get("datemodified", ""))
    sent = modified or message.identity.sent
    infos = tuple(_info(info, kind, LEVELS[level], _areas(known)) for info in message.infos)
    identity = Identity(message.identity.sender, f"GDACS_{kind}_{event}"[:255], sent)
    return replace(message, identity=identity, infos=infos, defects=(*message.defects, *([] if modified else ["datemodified-unreadable"])))


def _info(info: Info, kind: str, severity: Severity, areas: tuple[Area, ...]) -> Info:
    urgency = Urgency.IMMEDIATE if kind in _AT_ONCE else Urgency.EXPECTED
    return replace(info, severity=severity, urgency=urgency, areas=_joined(info.areas, areas))


def _areas(known: Mapping[str, str]) -> tuple[Area, ...]:
    """The countries that its own areas leave out."""
    codes = [code.strip().upper() for code in known.get("iso3", "").replace(";", ",").split(",")]
    geocodes = tuple(Geocode("ISO3166-1", code) for code in codes if len(code) == 3 and code.isalpha())  # noqa: PLR2004 - ISO 3166 alpha-3
    return (Area(known.get("country", ""), geocodes),) if geocodes or known.get("country") else ()


def _joined(drawn: tuple[Area, ...], named: tuple[Area, ...]) -> tuple[Area, ...]:
    """Countries are said of the area that is drawn: beside it they would be an area of their own, and mean the whole of each country."""
    if not drawn or not named:
        return drawn or named
    [first, *others], [more] = drawn, named
    described = "; ".join(dict.fromkeys(one for one in (first.description, more.description) if one))
    return (replace(first, description=described, geocodes=first.geocodes + more.geocodes), *others)


def _parameters(message: Message) -> Mapping[str, str]:
    return {one.name.strip().lower(): one.value.strip() for info in reversed(message.infos) for one in info.parameters}


def _instant(text: str) -> datetime | None:
    """GDACS writes both ISO 8601 and the form of e-mail; without an offset it is UTC."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
        # Away from the ends of the calendar: hours are added to it.
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC) if 1 < found.year < 9999 else None  # noqa: PLR2004
    return None
