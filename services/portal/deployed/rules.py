"""A list of workers as it is pasted from a spreadsheet: one worker a line, decided without a clock or the network."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from kit.text import digits

WORKER: Final = ("name", "phone", "passport", "place", "employer", "state")
_BETWEEN: Final = re.compile(r"\s*[;,]\s*")
REMOVED: Final = "removed"


def whole_list(text: str, states: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, str]], list[int]]:
    """The workers, and the numbers of the lines whose last column is no state. `states`: in the order in which the page numbers them."""
    workers, unread = [], []
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in (line.split("\t") if "\t" in line else _BETWEEN.split(line.strip()))]
        if not any(cells):
            continue
        *others, last = cells
        state = _state(last, states)
        if state is None or len(others) >= len(WORKER):
            unread.append(number)
        else:
            workers.append({name: cell for name, cell in zip(WORKER, others, strict=False) if cell} | {"state": state})
    return workers, unread


def _state(written: str, states: Sequence[Mapping[str, Any]]) -> str | None:
    """By its number, in digits of either script, or by its words."""
    plain = digits(written).casefold()
    for number, one in enumerate(states, 1):
        if plain in {str(number), one["code"], one["name"]["en"].casefold(), one["name"]["bn"]}:
            return str(one["code"])
    return None


def as_sent(person: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(person[name]) for name in WORKER if person[name]}


def with_states(people: Sequence[Mapping[str, Any]], chosen: Mapping[str, str]) -> list[dict[str, str]]:
    """`chosen`: by the worker's id; whom the agency takes off its list is left out."""
    kept = [one for one in people if chosen.get(one["id"]) != REMOVED]
    return [as_sent(one) | {"state": chosen.get(one["id"]) or str(one["state"])} for one in kept]
