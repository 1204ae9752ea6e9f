"""What an agent's desk and the supervisor's board show at once."""

from datetime import datetime

from pydantic import BaseModel

from services.complaints.calls.callbacks.schemas import CallbackRow
from services.complaints.calls.schemas import CallRow
from services.complaints.calls.shifts.schemas import HandoverRow, OpenItem, ShiftOut
from services.complaints.schemas import ComplaintRow


class DeskOut(BaseModel):
    """`shift` null: not on shift, and then nothing rings here."""

    at: datetime
    shift: ShiftOut | None
    waiting: list[CallRow]
    in_hand: list[CallRow]
    unclaimed: list[CallRow]
    callbacks: list[CallbackRow]
    handovers: list[HandoverRow]
    reviews: list[CallRow]
    items: list[OpenItem]


class BoardOut(BaseModel):
    """`withheld_missed`: calls of the last day that nobody took and nobody can call back.

    `told_in_danger`: complaints by any door whose person was not safe, and which no officer has yet; longest waiting first.
    """

    at: datetime
    waiting: list[CallRow]
    talking: list[CallRow]
    in_danger: list[CallRow]
    told_in_danger: list[ComplaintRow]
    unclaimed: list[CallRow]
    shifts: list[ShiftOut]
    overtime: list[ShiftOut]
    callbacks: list[CallbackRow]
    overdue: int
    handovers: list[HandoverRow]
    withheld_missed: int
