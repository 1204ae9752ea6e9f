"""The two long forms of a case: the assessment's questions and the plan's goals, as the service takes them."""

from collections.abc import Mapping
from typing import Any, Final

from services.portal.casework.rules import GOAL_FIELDS, MOST_GOALS
from services.portal.forms import Form, body_of, iso_date
from services.portal.session.service import Fields

AGREED: Final = {"yes": True, "no": False}
_PARTS: Final = ("day", "month", "year")


def answers_of(form: Form, questions: list[str]) -> dict[str, Any]:
    """What was not asked is left out: it counts neither way."""
    given = {one: form.value(f"answers.{one}") for one in questions}
    return {"answers": {one: int(value) for one, value in given.items() if value.isdecimal()}}


def goals_of(plan: Mapping[str, Any] | None) -> Fields:
    """The goals that are still open, for a plan that is made anew."""
    fields: dict[str, list[str]] = {}
    still_open = [goal for goal in (plan or {}).get("goals", []) if goal["state"] == "open"]
    for place, goal in enumerate(still_open[:MOST_GOALS]):
        fields |= {f"goals.{place}.{name}": [goal[name] or ""] for name in ("dimension", "words", "help", "who")}
        fields |= _day(f"goals.{place}.due_on", goal["due_on"])
    return fields


def _day(name: str, day: str) -> Fields:
    year, month, of_month = (str(int(part)) for part in day.split("-"))
    return {f"{name}.day": [of_month], f"{name}.month": [month], f"{name}.year": [year]}


def day_fields(name: str, day: str | None) -> Fields:
    return _day(name, day) if day else {}


def packed(form: Form) -> Form:
    """Filled goals first: a fault that the service names by its place stands at that goal again."""
    rest = {name: values for name, values in form.values.items() if not name.startswith("goals.")}
    goals = [{name: form.values.get(f"goals.{place}.{name}", []) for name in _names()} for place in range(MOST_GOALS)]
    filled = [one for one in goals if any("".join(one[name]) for name in ("words", "dimension", "due_on.day"))]
    placed = {f"goals.{place}.{name}": values for place, one in enumerate(filled) for name, values in one.items() if values}
    return Form(rest | placed, form.errors, form.general, form.key)


def plan_of(form: Form) -> dict[str, Any]:
    """Of a packed form."""
    goals = []
    for place in range(MOST_GOALS):
        at = f"goals.{place}"
        values: dict[str, Any] = {name: form.value(f"{at}.{name}") for name in ("dimension", "words", "help", "who")}
        goal = body_of(values | {"due_on": iso_date(form, f"{at}.due_on")})
        if set(goal) - {"who"}:
            goals.append(goal)
    return {"goals": goals} | ({"agreed": AGREED[form.value("agreed")]} if form.value("agreed") in AGREED else {})


def plan_fields() -> list[str]:
    return ["agreed", "goals", *(f"goals.{place}.{name}" for place in range(MOST_GOALS) for name in GOAL_FIELDS)]


def _names() -> list[str]:
    return ["dimension", "words", "help", "who", *(f"due_on.{part}" for part in _PARTS)]
