"""What the crisis service is told of a person: how they may be reached, and never who they are."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple
from uuid import UUID

from contracts.text import Text
from kit.crypto import Keyring
from services.registry import rules as core
from services.registry.exposure.rules import Class, reason_code
from services.registry.exposure.schemas import ChannelOut, ContactRuleOut, ExposedOut, ReachableOut
from services.registry.models import National, NationalContact
from services.registry.push.models import NationalPush
from services.registry.push.service import SEALED
from services.registry.rules import ContactKind, Whose

_BAD_CURSOR: Final = Text(
    "This cursor is not one of ours: take `next` from the page before.", "এই কার্সরটি আমাদের নয়: আগের পাতার `next` ঠিকানাটি ব্যবহার করুন।"
)
_BAD_CLASS: Final = Text("The classes are inside, near, same_country and unknown.", "শ্রেণি হবে inside, near, same_country বা unknown।")
_KINDS: Final[dict[str, Literal["sms", "whatsapp", "email"]]] = {
    ContactKind.PHONE: "sms",
    ContactKind.WHATSAPP: "whatsapp",
    ContactKind.EMAIL: "email",
}


class Place(NamedTuple):
    """Where a page begins: class, number of the stored page, and which one of it."""

    rank: int
    number: int
    offset: int


class Asked(NamedTuple):
    classes: Sequence[Class]
    start: Place
    limit: int


def cursor_of(place: Place) -> str:
    return ".".join(str(one) for one in place)


def read_cursor(written: str) -> Place:
    """Raises `ValueError(Text)`."""
    parts = written.split(".")
    if len(parts) != len(Place._fields) or not all(one.isascii() and one.isdigit() and len(one) < 9 for one in parts):  # noqa: PLR2004 - fits an integer of the database
        raise ValueError(_BAD_CURSOR)
    return Place(*(int(one) for one in parts))


def read_classes(written: str) -> list[Class]:
    """Raises `ValueError(Text)`."""
    named = {one.code: one for one in Class}
    try:
        return sorted({named[one.strip()] for one in written.split(",")})
    except KeyError as error:
        raise ValueError(_BAD_CLASS) from error


def by_person(contacts: Sequence[NationalContact]) -> dict[UUID, list[NationalContact]]:
    found: dict[UUID, list[NationalContact]] = defaultdict(list)
    for one in contacts:
        found[one.person_id].append(one)
    return found


@dataclass(frozen=True, slots=True)
class Ways:
    """All that is kept of how one person is reached."""

    contacts: Sequence[NationalContact] = ()
    pushes: Sequence[NationalPush] = ()


def reachable_of(person: National, ways: Ways, keyring: Keyring, fields: Collection[str]) -> ReachableOut:
    """Without the employer's number: a warning that an employer reads first may cost somebody their freedom."""
    told = ways if "contacts" in fields else Ways()
    return ReachableOut(
        person=person.id,
        flags=core.flag_codes(person.flags) if "flags" in fields else [],
        language="en" if person.language == "en" else "bn",
        country=person.country if "country" in fields else "",
        channels=[
            *(_push(one, keyring) for one in told.pushes),
            *(_channel(one, keyring) for one in told.contacts if one.whose != Whose.EMPLOYER),
        ],
        contact_rule=_rule(person) if "contact_rule" in fields else None,
    )


def exposed_of(person: ReachableOut, rank: Class, reason: int, distance: int | None) -> ExposedOut:
    told = {"class": rank.code, "reason": reason_code(reason), "distance_m": distance}
    return ExposedOut.model_validate({**person.model_dump(), **told})


def _channel(contact: NationalContact, keyring: Keyring) -> ChannelOut:
    return ChannelOut(
        kind=_KINDS[contact.kind],
        address=keyring.open(contact.address, "national_contact.address"),
        at_home=contact.at_home,
        whose="family" if contact.whose == Whose.FAMILY else "own",
    )


def _push(push: NationalPush, keyring: Keyring) -> ChannelOut:
    address = json.dumps({"id": str(push.id), **json.loads(keyring.open(push.subscription, SEALED))})
    return ChannelOut(kind="push", address=address, at_home=False, whose="own")


def _rule(person: National) -> ContactRuleOut | None:
    kept = person.contact_rule
    if person.may_call is None and person.may_text is None and not kept:
        return None
    hours = (kept["hours_from"], kept["hours_to"]) if "hours_from" in kept else None
    return ContactRuleOut(
        may_call=person.may_call is True,
        may_text=person.may_text is True,
        words=kept.get("wording", "neutral"),
        hours=hours,
        time_zone=kept.get("time_zone"),
    )
