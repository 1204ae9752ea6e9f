"""What goes in and out of the API of incidents."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from contracts.places import CountryCode
from contracts.text import Bilingual, Text
from kit.dated import Choice
from kit.text import ONE_LINE, PARAGRAPHS
from services.crisis.handover.schemas import MissionOut
from services.crisis.incidents import lists
from services.crisis.incidents.rules import Origin, Phase, State, TaskState

LISTS: Final = lists.load()
_ONE_OF: Final = Text("Choose one of the list.", "তালিকা থেকে একটি বেছে নিন।")

Line = Annotated[str, Field(min_length=1, max_length=200), ONE_LINE]
Words = Annotated[str, Field(min_length=1, max_length=4000), PARAGRAPHS]


def one_of(choices: Sequence[Choice]) -> Callable[[str], str]:
    def check(code: str) -> str:
        if not lists.has(choices, code):
            raise ValueError(_ONE_OF)
        return code

    return check


class In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class IncidentIn(In):
    """`alerts`: warnings of this country that it is about; `signal`: a burst of complaints that drafted it. Neither: an officer knows."""

    country: CountryCode
    hazard: Annotated[str, AfterValidator(one_of(LISTS.hazards))]
    is_drill: bool = False
    alerts: list[UUID] = Field(default_factory=list, max_length=20)
    signal: UUID | None = None
    phase: Phase = Phase.DURING
    commander: Line
    liaison: Line | None = None
    scribe: Line | None = None
    reason: Words


class ChangeIn(In):
    phase: Phase | None = None
    state: Literal[State.MONITORING, State.ACTIVE, State.STABLE, State.RECOVERY] | None = None
    commander: Line | None = None
    liaison: Line | None = None
    scribe: Line | None = None


class LinkIn(In):
    alert: UUID


class ClosingIn(In):
    reason: Words


class NoteIn(In):
    note: Words


class TaskIn(In):
    """`is_urgent`: the phone of `owner_shift` rings, a shift of the rota; without one, that of who is on duty."""

    sector: Annotated[str, AfterValidator(one_of(LISTS.sectors))]
    words: Words
    owner: Line | None = None
    owner_shift: UUID | None = None
    is_urgent: bool = False
    due: AwareDatetime | None = None


class TaskChangeIn(In):
    owner: Line | None = None
    owner_shift: UUID | None = None
    is_urgent: bool | None = None
    due: AwareDatetime | None = None
    state: TaskState | None = None


class ChoiceOut(BaseModel):
    code: str
    name: Bilingual


class ItemOut(ChoiceOut):
    sector: str
    phase: Phase


class CountedOut(ChoiceOut):
    kind: str


class ListsOut(BaseModel):
    version: str
    illustrative: bool
    hazards: list[ChoiceOut]
    sectors: list[ChoiceOut]
    counts: list[CountedOut]
    phases: list[ChoiceOut]
    states: list[ChoiceOut]


class IncidentOut(BaseModel):
    id: UUID
    version: int
    is_drill: bool
    country: str
    hazard: ChoiceOut
    phase: Phase
    phase_label: Bilingual
    state: State
    state_label: Bilingual
    opened_from: Origin
    signal_id: UUID | None
    commander: str
    liaison: str | None
    scribe: str | None
    opened_at: datetime
    closed_at: datetime | None


class IncidentDetail(IncidentOut):
    """`access`: whether the register has opened its records to those in charge: owed, open, ended.

    `duty_with`: who acts here while the duty of the caller's mission is theirs; `may_act` is then false, and every act is refused.
    """

    alerts: list[UUID]
    access: Literal["owed", "open", "ending", "ended"]
    access_until: datetime
    closed_reason: str | None
    may_act: bool
    duty_with: MissionOut | None


class TaskOut(BaseModel):
    """`paging`: whether the phone of whom an urgent task was given to still rings, was answered, or need not any more."""

    id: UUID
    version: int
    sector: str
    phase: Phase
    words: Bilingual
    owner: str | None
    owner_shift: UUID | None
    is_urgent: bool
    paging: Literal["rings", "acknowledged", "over"] | None
    due: datetime | None
    state: TaskState
    overdue: bool
    ended_at: datetime | None


class SectorOut(ChoiceOut):
    tasks: list[TaskOut]


class ChecklistOut(BaseModel):
    sectors: list[SectorOut]


class LogRow(BaseModel):
    """`about`: what a change was about, where its codes say so."""

    position: int
    at: datetime
    kind: str
    by: str
    about: Bilingual | None
    detail: dict[str, Any]
    note: str | None
    hash: str


class LogOut(BaseModel):
    """`intact`: each row's hash fits the one before."""

    items: list[LogRow]
    intact: bool
