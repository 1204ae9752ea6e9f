"""What goes in and out of the API about activities: reports, comments, bodies."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, UrlConstraints, model_validator

from contracts.framework.register import Activity, Entry, load
from contracts.text import Bilingual, Text
from kit.text import ONE_LINE, PARAGRAPHS
from services.monitor.activities import lists, rules
from services.monitor.activities.models import Comment, Report
from services.monitor.evidence.rules import ActivityFacts

Said = Annotated[str, Field(min_length=10, max_length=4000), PARAGRAPHS]
Document = Annotated[str, Field(min_length=3, max_length=300), ONE_LINE]
Address = Annotated[HttpUrl, UrlConstraints(max_length=500, allowed_schemes=["https"])]
UNNAMED = Text("Say what is found at this address.", "এই ঠিকানায় কী আছে তা লিখুন।")
UNNAMED_FILE = Text("Say what this file is.", "ফাইলটি কী তা লিখুন।")


class NamesPaper(BaseModel):
    """`document` names a paper as a reader would ask for it (title, number, day).

    `document_url` is where anybody reads it; `paper` is the id of one that was brought here, where anybody reads it then.
    """

    model_config = ConfigDict(extra="forbid")

    document: Document | None = None
    document_url: Address | None = None
    paper: UUID | None = None

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        if self.document_url is not None and self.document is None:
            raise ValueError(UNNAMED)
        if self.paper is not None and self.document is None:
            raise ValueError(UNNAMED_FILE)
        return self

    def address(self) -> str | None:
        return str(self.document_url) if self.document_url else None


class WithDocument(NamesPaper):
    """What is said, and the paper that shows it."""

    text: Said


class ReportIn(WithDocument):
    """`actor`: the lead for whom it is said. `as_of`: the day on which it stood so."""

    actor: Annotated[str, Field(max_length=40)]
    state: Annotated[str, Field(max_length=40)]
    as_of: date
    corrects: Annotated[int, Field(ge=1)] | None = None


class CommentIn(WithDocument):
    """`report`: the version of the report that is meant; none: the activity as such."""

    stance: Literal["supports", "doubts", "adds"]
    report: Annotated[int, Field(ge=1)] | None = None


class StateOut(BaseModel):
    code: str
    title: Bilingual

    @classmethod
    def of(cls, code: str) -> Self:
        """A state that a later list no longer has is shown by its code: what was reported stays."""
        known = next((one.title for one in lists.load().states if one.code == code), Text(code, code))
        return cls(code=code, title=Bilingual.of(known))


class ReportOut(BaseModel):
    """`from_paper`: written down by another office from the document named. `edition`, `number`: what the activity was called then."""

    version: int
    edition: str
    number: str
    actor: str
    from_paper: bool
    state: StateOut
    as_of: date
    text: str
    document: str | None
    document_url: str | None
    paper: UUID | None
    corrects: int | None
    reported_at: datetime

    @classmethod
    def of(cls, row: Report) -> Self:
        same = row.model_dump(exclude={"id", "activity", "state", "reported_by"})
        return cls(**same, number=row.activity, state=StateOut.of(row.state))


class CommentOut(BaseModel):
    org: str
    stance: Literal["supports", "doubts", "adds"]
    report: int | None
    text: str
    document: str | None
    document_url: str | None
    paper: UUID | None
    written_at: datetime

    @classmethod
    def of(cls, row: Comment) -> Self:
        return cls.model_validate(row, from_attributes=True)


class ProgressOut(BaseModel):
    """`standing` keeps a claim and its evidence apart. `version` goes into `If-Match` of the next report: 1 where there is none yet."""

    state: StateOut | None
    state_as_of: date | None
    has_document: bool
    standing: rules.Standing
    due: date
    overdue: bool
    report_due: date | None
    report_late: bool
    version: int

    @classmethod
    def of(cls, activity: Activity, last: Report | None, facts: int, today: date) -> Self:
        reporting = lists.load()
        state = next((one for one in reporting.states if last and one.code == last.state), None)
        by = rules.due(load().timeline(activity.timeline), reporting.counts_from)
        next_due = rules.report_due(last.as_of if last else None, state, activity.timeline, reporting)
        return cls(
            state=StateOut.of(last.state) if last else None,
            state_as_of=last.as_of if last else None,
            has_document=last is not None and last.document is not None,
            standing=rules.standing(state, facts),
            due=by,
            overdue=rules.is_overdue(by, state, today),
            report_due=next_due,
            report_late=next_due is not None and today > next_due,
            version=(last.version if last else 0) + 1,
        )


class ActivityOut(BaseModel):
    """`evidence` counts events; 0 says that no service has reported any, not that nothing was done. `last_at`: the last one's day."""

    id: str
    title: Bilingual
    goal: str
    goal_title: Bilingual
    indicator: str
    indicator_title: Bilingual
    lead: list[str]
    co_lead: list[str]
    timeline: Literal["short", "medium", "long"]
    evidence: int
    last_at: datetime | None
    progress: ProgressOut

    @classmethod
    def of(cls, activity: Activity, evidence: ActivityFacts | None, last: Report | None, today: date) -> Self:
        register = load()
        facts = evidence.facts if evidence else 0
        return cls(
            id=activity.id,
            title=Bilingual.of(activity.title),
            goal=activity.goal,
            goal_title=Bilingual.of(register.goal(activity.goal).title),
            indicator=activity.indicator,
            indicator_title=Bilingual.of(register.indicator(activity.indicator).title),
            lead=list(activity.lead),
            co_lead=list(activity.co_lead),
            timeline=activity.timeline,
            evidence=facts,
            last_at=evidence.last_day() if evidence else None,
            progress=ProgressOut.of(activity, last, facts, today),
        )


class CountsOut(BaseModel):
    """The document claims one number of activities and prints another: both are shown."""

    claimed: int
    found: int

    @classmethod
    def here(cls) -> Self:
        return cls.model_validate(load().counts.activities, from_attributes=True)


class CountedFrom(BaseModel):
    """From which day horizons are counted, which the document does not name; `reporting_label`: whether a ministry ordered it."""

    counts_from: date
    reporting_label: Literal["illustrative", "ordered"]

    @classmethod
    def here(cls) -> "CountedFrom":
        reporting = lists.load()
        return CountedFrom(counts_from=reporting.counts_from, reporting_label=reporting.label)


class ActivitiesOut(CountedFrom):
    items: list[ActivityOut]
    counts: CountsOut
    next: None = None


class NamedOut(BaseModel):
    id: str
    title: Bilingual


class SubIndicatorOut(NamedOut):
    """`baseline`: how a reader judged that things stood in the document's own year. It is judged, never certain."""

    baseline: Literal["in_place", "partial", "none"]


class PublishedOut(BaseModel):
    """The edition that counts now of a report that this activity asks for."""

    report: str
    period: str
    edition: int
    title: Bilingual
    published_at: datetime


class ActivityDetail(ActivityOut, CountedFrom):
    """`published`: the newest reports that answer for it. `has_committees`: committees are counted for it.

    `judged`: cells that the printed table leaves open and a reader decided. `remarks`: what the document misprints or leaves open.
    """

    sub_indicators: list[SubIndicatorOut]
    baseline_year: int
    leads: list[NamedOut]
    co_leads: list[NamedOut]
    judged: list[str]
    akin: list[NamedOut]
    gcm_objectives: list[NamedOut]
    gcm_paragraphs: list[str]
    mcof_goals: list[NamedOut]
    crosswalk_judged: bool
    published: list[PublishedOut]
    has_committees: bool
    remarks: list[Bilingual]

    @classmethod
    def whole(cls, activity: Activity, shown: ActivityOut, published: Sequence[PublishedOut], *, has_committees: bool) -> Self:
        register, reporting = load(), lists.load()
        links = register.links(activity.goal)
        subs = [register.sub_indicator(one) for one in activity.sub_indicators]
        return cls(
            **shown.model_dump(),
            sub_indicators=[SubIndicatorOut(id=one.id, title=Bilingual.of(one.title), baseline=one.baseline) for one in subs],
            baseline_year=register.source.baseline_year,
            leads=[body(one) for one in activity.lead],
            co_leads=[body(one) for one in activity.co_lead],
            judged=list(activity.judged),
            akin=[NamedOut(id=one, title=Bilingual.of(register.activity(one).title)) for one in activity.akin],
            gcm_objectives=[_entry(one) for one in register.crosswalk.gcm_objectives if one.id in links.gcm_objectives],
            gcm_paragraphs=list(links.gcm_paragraphs),
            mcof_goals=[_entry(one) for one in register.crosswalk.mcof_goals if one.id in links.mcof_goals],
            crosswalk_judged=links.judged,
            **CountedFrom.here().model_dump(),
            published=list(published),
            has_committees=has_committees,
            remarks=[Bilingual.of(one.text) for one in reporting.remarks if activity.id in one.activities],
        )


class ActorRow(NamedOut):
    """How many activities a body leads, helps to lead, and has said something of."""

    leads: int
    co_leads: int
    reported: int


class ActorsOut(BaseModel):
    items: list[ActorRow]
    next: None = None


class ActorOut(NamedOut, CountedFrom):
    """Who does what: `leads` and `co_leads` as they stand today."""

    leads: list[ActivityOut]
    co_leads: list[ActivityOut]


class ReminderOut(BaseModel):
    """The last of `number` reminders of the report that is awaited now. `overdue`: its day was over then."""

    number: int
    overdue: bool
    reminded_at: datetime


class DutyOut(BaseModel):
    """An activity on which the caller may report, and for which of its leads. `from_paper`: only from a paper that the lead sent."""

    activity: ActivityOut
    actors: list[str]
    from_paper: bool
    reminded: ReminderOut | None


class DutiesOut(CountedFrom):
    """The longest awaited first."""

    items: list[DutyOut]
    states: list[StateOut]
    next: None = None


def body(actor: str) -> NamedOut:
    return NamedOut(id=actor, title=Bilingual.of(load().actor(actor).name))


def _entry(one: Entry) -> NamedOut:
    return NamedOut(id=one.id, title=Bilingual.of(one.title))
