"""What the clocks give a new complaint, computed without a look at the database: written in the one statement that lodges it."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from services.complaints.clocks import rules
from services.complaints.clocks.calendars import CALENDARS
from services.complaints.clocks.clock_list import CLOCKS, LADDERS
from services.complaints.rules import Status

TIMER: Final = "complaint-clock"
# All three files together: deadlines depend on each.
VERSION: Final = f"{CALENDARS.version}+{CLOCKS.version}+{LADDERS.version}"


class Opening(NamedTuple):
    """Columns of the complaint, and rows of `deadline`. `columns["look_at"]` is when the timer fires first."""

    columns: dict[str, Any]
    deadlines: list[dict[str, Any]]


def opening(values: Mapping[str, Any]) -> Opening:
    steps = [rules.Step(values["lodged_at"], "lodged", values["office"], Status(values["status"]))]
    case = rules.Case(values["kind"], values["category"], values["severity"])
    rounds = rules.replay(CLOCKS, case, steps, CALENDARS.of)
    seen = rules.watch(steps, CLOCKS.substance, assigned=values.get("assignee") is not None)
    first = min(rules.duties(rounds, CLOCKS, LADDERS.of(values["office"]), seen, CALENDARS.of))
    columns = {**due_columns(rounds), "risk": "none", "seat": None, "escalated_at": None, "look_at": first.at}
    return Opening(columns, [deadline_row(values["id"], one) for one in rounds])


def due_columns(rounds: list[rules.Round]) -> dict[str, Any]:
    """The deadline of an office that comes next, and which clock's it is."""
    mine = [one for one in rounds if one.ended_at is None and one.due_at is not None and CLOCKS.by_code[one.clock].whose == "office"]
    following = min(mine, key=lambda one: (one.due_at, one.clock), default=None)
    return {"due_at": following.due_at if following else None, "due_clock": following.clock if following else None}


def deadline_row(complaint_id: Any, one: rules.Round) -> dict[str, Any]:
    return {
        "complaint_id": complaint_id,
        "clock": one.clock,
        "round": one.number,
        "state": one.state,
        "began_at": one.began_at,
        "risk_at": one.risk_at,
        "due_at": one.due_at,
        "ended_at": one.ended_at,
        "version": VERSION,
        "explanation": rules.as_stored(one, VERSION),
        "changes": [],
    }
