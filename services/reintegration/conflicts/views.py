"""What an officer sees of a conflict: both values side by side."""

from collections.abc import Sequence
from typing import Any

from kit.crypto import Keyring
from services.reintegration.conflicts import rules
from services.reintegration.conflicts.models import ConflictField
from services.reintegration.conflicts.repository import Found
from services.reintegration.conflicts.schemas import ConflictOut, ConflictRow, SidesOut
from services.reintegration.conflicts.service import value_of
from services.reintegration.field.rules import by_our_clock
from services.reintegration.views import names_of


def row_of(found: Found, waiting: int, keyring: Keyring) -> ConflictRow:
    return ConflictRow.model_validate(_row(found, waiting, keyring))


def conflict_of(found: Found, fields: Sequence[ConflictField], keyring: Keyring) -> ConflictOut:
    entry, other = found.entry, found.other
    written = entry.written_at if entry else other.device_at if other else None
    order = {name: place for place, name in enumerate(rules.FIELDS)}
    return ConflictOut(
        **_row(found, sum(one.choice is None for one in fields), keyring),
        other_reference=other.reference if other else None,
        registered_at=found.returnee.registered_at,
        written_at=written,
        written_by_our_clock=by_our_clock(written, entry.device_now, entry.received_at) if entry and written else None,
        received_at=entry.received_at if entry else other.registered_at if other else found.conflict.opened_at,
        decided_at=found.conflict.decided_at,
        fields=[_sides(one, keyring) for one in sorted(fields, key=lambda one: order.get(one.field, len(order)))],
    )


def _row(found: Found, waiting: int, keyring: Keyring) -> dict[str, Any]:
    return {
        "id": found.conflict.id,
        "version": found.conflict.version,
        "returnee_reference": found.returnee.reference,
        **names_of(found.returnee, keyring),
        "restricted": found.returnee.restricted,
        "from_device": found.entry is not None,
        "opened_at": found.conflict.opened_at,
        "waiting": waiting,
    }


def _sides(one: ConflictField, keyring: Keyring) -> SidesOut:
    values = {"kept": value_of(one.kept_value, keyring, "kept"), "new": value_of(one.new_value, keyring, "new")}
    return SidesOut.model_validate({**one.model_dump(include={"field", "choice", "chosen_by", "chosen_at"}), **values})
