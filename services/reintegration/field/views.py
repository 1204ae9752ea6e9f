"""What an officer sees of an entry that is to be mended: what was sent, and what is wrong with it."""

import json
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from contracts.text import Bilingual
from kit.crypto import Keyring
from kit.validation_words import words_for
from services.reintegration.field import rules
from services.reintegration.field.models import FieldEntry
from services.reintegration.field.schemas import FaultOut, FieldRegistrationIn, MendOut, MendRow
from services.reintegration.field.service import BODY
from services.reintegration.schemas import LISTS, ChoiceOut


def row_of(entry: FieldEntry, keyring: Keyring) -> MendRow:
    return MendRow.model_validate(_row(entry, _registration(entry, keyring)))


def entry_of(entry: FieldEntry, keyring: Keyring) -> MendOut:
    registration = _registration(entry, keyring)
    return MendOut.model_validate(_row(entry, registration) | {"registration": registration})


def _row(entry: FieldEntry, registration: dict[str, Any]) -> dict[str, Any]:
    off = rules.clock_is_off(entry.device_now, entry.received_at)
    name = registration.get("name")
    return {
        **entry.model_dump(include={"id", "version", "reference", "written_at", "received_at"}),
        "name": name[:300] if isinstance(name, str) else "",
        "flags": [ChoiceOut.chosen(LISTS.flag(one)) for one in entry.flags],
        "written_by_our_clock": _by_our_clock(entry),
        "clock_off_s": round(off.total_seconds()),
        "faults": faults_of(registration),
    }


def _by_our_clock(entry: FieldEntry) -> datetime | None:
    return rules.by_our_clock(entry.written_at, entry.device_now, entry.received_at) if entry.written_at else None


def _registration(entry: FieldEntry, keyring: Keyring) -> dict[str, Any]:
    known: dict[str, Any] = json.loads(keyring.open(entry.body, BODY)) if entry.body else {}
    return known


def faults_of(registration: dict[str, Any]) -> list[FaultOut]:
    """As the service sees it today: what was refused yesterday for a date in the future may be right by now."""
    try:
        FieldRegistrationIn.model_validate(registration)
    except ValidationError as error:
        found = error.errors()
        return [FaultOut(pointer="".join(f"/{step}" for step in one["loc"]), detail=Bilingual.of(words_for(one))) for one in found[:50]]
    return []
