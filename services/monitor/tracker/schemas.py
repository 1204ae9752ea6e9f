"""What goes in and out of the API about what is tracked: matters, their steps, actions."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from contracts.places import CountryCode
from contracts.text import Bilingual, Text
from kit.text import ONE_LINE, Day
from services.monitor.activities.schemas import WithDocument
from services.monitor.tracker import lists, rules
from services.monitor.tracker.models import OpenedMatter, ToldAction, ToldStep
from services.monitor.tracker.rules import ActionState, StepState

Line = Annotated[str, Field(min_length=3, max_length=300), ONE_LINE]
Code = Annotated[str, Field(max_length=40)]


class Spoken(WithDocument):
    """`actor`: the body for which it is said."""

    actor: Code


class MatterIn(Spoken):
    """`text`: what it is, and where that is written."""

    kind: Code
    title_en: Line
    title_bn: Line
    country: CountryCode | None = None
    activities: Annotated[list[Annotated[str, Field(max_length=20)]], Field(min_length=1, max_length=20)]


class StepIn(Spoken):
    """`on_day`: when it is planned for, or was done. `replaces`: the version whose place this one takes (a plan kept, a mistake)."""

    step: Code
    state: StepState
    on_day: Day
    outcome: Code | None = None
    replaces: Annotated[int, Field(ge=1)] | None = None

    def told(self, version: int) -> rules.Told:
        return rules.Told(version, self.step, self.state, self.on_day, self.outcome, self.replaces)


class ActionIn(Spoken):
    """`as_of`: the day of the meeting that decided it. `owner`: the body that is to do it."""

    task: Line
    owner: Code
    due: Day
    as_of: Day


class ActionChangeIn(Spoken):
    """How it stands since `as_of`; `due` and `owner` where they are others now."""

    state: ActionState
    as_of: Day
    due: Day | None = None
    owner: Code | None = None


class OutcomeOut(BaseModel):
    code: str
    title: Bilingual

    @classmethod
    def of(cls, known: Sequence[lists.Outcome], code: str) -> Self:
        """What a later list no longer has is shown by its code: what was told stays."""
        title = next((one.title for one in known if one.code == code), Text(code, code))
        return cls(code=code, title=Bilingual.of(title))


class StepKindOut(BaseModel):
    """`after`: steps that come no later. `ends`: nothing follows it."""

    code: str
    title: Bilingual
    repeats: bool
    after: list[str]
    ends: bool
    outcomes: list[OutcomeOut]

    @classmethod
    def of(cls, step: lists.Step) -> Self:
        outcomes = [OutcomeOut(code=one.code, title=Bilingual.of(one.title)) for one in step.outcomes]
        return cls(**step.model_dump(include={"code", "repeats", "after", "ends"}), title=Bilingual.of(step.title), outcomes=outcomes)


class KindOut(BaseModel):
    code: str
    title: Bilingual
    holds_actions: bool
    steps: list[StepKindOut]

    @classmethod
    def of(cls, kind: lists.Kind | None, code: str) -> Self:
        """As an outcome: an unknown kind is shown by its code."""
        if kind is None:
            return cls(code=code, title=Bilingual(en=code, bn=code), holds_actions=False, steps=[])
        steps = [StepKindOut.of(one) for one in kind.steps]
        return cls(code=code, title=Bilingual.of(kind.title), holds_actions=kind.holds_actions, steps=steps)


class KindsOut(BaseModel):
    """`label`: whether a ministry ordered these steps, or they are placeholders."""

    items: list[KindOut]
    version: int
    valid_from: date
    label: Literal["illustrative", "ordered"]
    source: str
    next: None = None

    @classmethod
    def here(cls) -> Self:
        tracker = lists.load()
        kinds = [KindOut.of(one, one.code) for one in tracker.kinds]
        return cls(items=kinds, **tracker.model_dump(include={"version", "valid_from", "label", "source"}))


class StepOut(BaseModel):
    """`late`: planned, and its day is over. `from_paper`: written down by another office from the document named."""

    version: int
    step: str
    title: Bilingual
    state: StepState
    on_day: date
    late: bool
    outcome: OutcomeOut | None
    actor: str
    from_paper: bool
    text: str
    document: str | None
    document_url: str | None
    paper: UUID | None
    replaces: int | None
    told_at: datetime

    @classmethod
    def of(cls, row: ToldStep, kind: lists.Kind | None, today: date) -> Self:
        known = next((one for one in kind.steps if one.code == row.step), None) if kind else None
        title = known.title if known else Text(row.step, row.step)
        return cls(
            **row.model_dump(exclude={"id", "matter", "outcome", "told_by"}),
            title=Bilingual.of(title),
            late=rules.is_late(row, today),
            outcome=OutcomeOut.of(known.outcomes if known else (), row.outcome) if row.outcome else None,
        )


class MatterRow(BaseModel):
    """`last`: the step done last; `next`: the one planned first. `version` goes into `If-Match` of the next step."""

    code: str
    kind: str
    kind_title: Bilingual
    title: Bilingual
    country: str | None
    activities: list[str]
    owners: list[str]
    last: StepOut | None
    next: StepOut | None
    late: bool
    ended: bool
    actions_open: int
    actions_late: int
    version: int


class MatterOut(MatterRow):
    """`said`: how the framework tells that it stood in its own year, and `found` where. `text`, the document: of what an office opened."""

    said: Bilingual | None
    found: Bilingual | None
    text: str | None
    document: str | None
    document_url: str | None
    paper: UUID | None
    opened_at: datetime | None
    steps: list[StepOut]
    of_kind: KindOut
    label: Literal["illustrative", "ordered"]


class ActionVersionOut(BaseModel):
    version: int
    owner: str
    due: date
    state: ActionState
    as_of: date
    actor: str
    from_paper: bool
    text: str
    document: str | None
    document_url: str | None
    paper: UUID | None
    told_at: datetime

    @classmethod
    def of(cls, row: ToldAction) -> Self:
        return cls.model_validate(row, from_attributes=True)


class ActionOut(ActionVersionOut):
    """`id` names it in addresses, `number` in its committee's register."""

    id: UUID
    matter: str
    number: int
    task: str
    late: bool

    @classmethod
    def shown(cls, row: ToldAction, today: date) -> Self:
        same = row.model_dump(exclude={"id", "action", "told_by"})
        return cls(**same, id=row.action, late=rules.is_overdue(row.state, row.due, today))


class ActionDetail(ActionOut):
    """`earlier`: how it stood before, the newest first."""

    earlier: list[ActionVersionOut]

    @classmethod
    def whole(cls, rows: Sequence[ToldAction], today: date) -> Self:
        newest, *before = rows
        return cls(**ActionOut.shown(newest, today).model_dump(), earlier=[ActionVersionOut.of(one) for one in before])


def opened_title(row: OpenedMatter) -> Text:
    return Text(row.title_en, row.title_bn)
