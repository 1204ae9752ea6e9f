"""What an officer writes down is an act: one short form, one page, so that it can be done on a phone."""

from dataclasses import dataclass
from typing import Final, Literal

from contracts.text import Text

Kind = Literal["line", "area", "day", "yes_no", "choice", "many", "amount", "number", "file"]
Words = tuple[tuple[str, Text], ...]
YES_NO: Final[Words] = (("yes", Text("Yes", "হ্যাঁ")), ("no", Text("No", "না")), ("unknown", Text("Not known", "জানা নেই")))


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. `choices`: the name of a list of the service, or the choices themselves."""

    name: str
    kind: Kind
    label: Text
    hint: Text | None = None
    choices: str | Words = ""
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Act:
    """`path` below the record; `{of}` is the part of it that is meant. `kinds`: where it is offered; none: beside a line of the page."""

    path: str
    title: Text
    asks: tuple[Ask, ...]
    kinds: frozenset[str] = frozenset()
    hint: Text | None = None
    method: Literal["POST", "PUT"] = "POST"
    button: Text | None = None
