"""A line of a queue."""

from datetime import datetime
from typing import cast

from contracts.text import Bilingual
from kit.paging import Position
from services.complaints.clocks.clock_list import CLOCKS, LADDERS
from services.complaints.escalation.repository import ORDER
from services.complaints.escalation.schemas import WaitingOut
from services.complaints.models import Complaint
from services.complaints.views import row_of


def position(queue: str, one: Complaint) -> Position:
    return Position(cast("datetime", getattr(one, ORDER[queue])), one.id)


def waiting_out(one: Complaint) -> WaitingOut:
    clock = CLOCKS.by_code.get(one.due_clock or "")
    more = {
        "due_at": one.due_at,
        "due_clock": one.due_clock,
        "due_name": Bilingual.of(clock.name) if clock else None,
        "risk": one.risk,
        "seat": one.seat,
        "seat_name": Bilingual.of(LADDERS.name_of(one.seat)) if one.seat else None,
        "escalated_at": one.escalated_at,
    }
    return WaitingOut.model_validate({**row_of(one).model_dump(), **more})
