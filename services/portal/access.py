"""Who sees which task, and who may open which page. The services decide again on each call: this table only spares people a refusal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request

from kit.auth import Role
from kit.errors import ForbiddenError, UnauthenticatedError
from services.portal.session.service import Ended, Keeper, Visitor

LODGE: Final[frozenset[Role]] = frozenset({"agent", "supervisor", "officer", "demo", "wing", "ngo", "udc", "airport", "wewb"})
READ: Final[frozenset[Role]] = LODGE | {"agency", "decider"}
WORKS: Final[frozenset[Role]] = frozenset({"agent", "supervisor", "officer", "demo", "wing", "wewb", "airport", "decider"})
HANDLE: Final[frozenset[Role]] = frozenset({"agent", "supervisor", "officer", "demo", "wing", "wewb"})
DECIDE: Final[frozenset[Role]] = HANDLE - {"agent"}
ANSWER: Final[frozenset[Role]] = frozenset({"agency"})
RECEIVE: Final[frozenset[Role]] = DECIDE | {"ngo"}
DESK: Final[frozenset[Role]] = frozenset({"agent", "supervisor"})
SUPERVISE: Final[frozenset[Role]] = frozenset({"supervisor"})
REGISTER: Final[frozenset[Role]] = frozenset({"supervisor", "demo", "ngo", "udc", "airport", "wewb", "wing"})
AWAITING: Final[frozenset[Role]] = frozenset({"supervisor", "demo", "wewb", "airport", "wing"})
CASEWORK: Final[frozenset[Role]] = frozenset({"supervisor", "demo", "wewb"})
# Offices of districts: a case is passed on from one to another.
OFFICES: Final[frozenset[Role]] = frozenset({"supervisor", "demo"})
# Desks whose computers several people use. A call-centre agent listens for long without a touch, a wing watches.
SHARED: Final[frozenset[Role]] = frozenset({"demo", "wewb", "udc", "airport", "ngo"})
RECEIVED: Final[frozenset[Role]] = frozenset({"ngo"})
CASES: Final[frozenset[Role]] = frozenset({"agent", "supervisor", "officer", "demo", "wing"})
SEARCH: Final[frozenset[Role]] = frozenset({"supervisor", "officer", "wing"})
AIRPORT: Final[frozenset[Role]] = frozenset({"airport"})
BOARD: Final[frozenset[Role]] = frozenset({"wewb"})
DISTRICT: Final[frozenset[Role]] = frozenset({"demo", "supervisor"})
ON_DUTY: Final[frozenset[Role]] = frozenset({"wing"})
WINGS: Final[frozenset[Role]] = frozenset({"wing", "supervisor"})
WATCH: Final[frozenset[Role]] = frozenset({"wing", "agent", "supervisor", "analyst", "auditor", "admin"})
UNREAD: Final[frozenset[Role]] = frozenset({"wing", "supervisor", "auditor", "admin"})
ALERT_WRITERS: Final[frozenset[Role]] = frozenset({"wing", "supervisor", "admin"})
TEXTS: Final[frozenset[Role]] = frozenset({"wing", "agent", "supervisor", "admin"})
SIGNALS: Final[frozenset[Role]] = frozenset({"wing", "supervisor", "auditor", "admin"})
INCIDENT_LEAD: Final[frozenset[Role]] = frozenset({"wing", "supervisor", "admin"})
INCIDENT_ASK: Final[frozenset[Role]] = frozenset({"wing", "supervisor", "agent"})
EVACUATE: Final[frozenset[Role]] = frozenset({"wing", "supervisor"})
OVERSEE: Final[frozenset[Role]] = frozenset({"supervisor", "officer", "demo", "wing", "wewb"})
AUDIT: Final[frozenset[Role]] = frozenset({"auditor", "admin"})
GLASS: Final[frozenset[Role]] = AUDIT | {"supervisor"}
REPLAY: Final = GLASS
SEAT: Final[frozenset[Role]] = frozenset({"supervisor", "admin"})
CLASSIFY: Final[frozenset[Role]] = frozenset({"decider", "officer", "analyst", "auditor", "admin"})
COMPARE: Final[frozenset[Role]] = frozenset({"decider", "analyst", "admin"})
IMPORT: Final[frozenset[Role]] = frozenset({"admin", "decider"})
AGENCY_OFFICE: Final[frozenset[Role]] = IMPORT | {"analyst", "auditor"}
FACT_NOTERS: Final[frozenset[Role]] = IMPORT | {"demo", "wing"}
UNREGISTERED: Final[frozenset[Role]] = IMPORT | {"supervisor"}
OWN_CLASS: Final[frozenset[Role]] = frozenset({"agency"})
OUTCOMES: Final[frozenset[Role]] = frozenset({"supervisor", "wewb", "analyst", "auditor", "admin"})
CONSULTED: Final[frozenset[Role]] = frozenset({"association"})
NATIONALS: Final[frozenset[Role]] = frozenset({"wing", "agent", "supervisor", "ngo", "udc"})
NATIONAL_OFFICERS: Final[frozenset[Role]] = frozenset({"wing", "agent", "supervisor"})
PARTNER_KEEPERS: Final[frozenset[Role]] = frozenset({"admin", "decider"})
PARTNERS: Final[frozenset[Role]] = PARTNER_KEEPERS | {"ngo", "agency", "association"}
SHARING: Final[frozenset[Role]] = PARTNERS | {"auditor", "analyst"}
SHARING_LOG: Final[frozenset[Role]] = frozenset({"auditor", "analyst"})
FRAMEWORK_REPORT: Final[frozenset[Role]] = frozenset({"analyst", "officer"})
FRAMEWORK_COMMENT: Final[frozenset[Role]] = frozenset({"ngo"})
COMMITTEES: Final[frozenset[Role]] = frozenset({"demo", "analyst"})
REPORT_EDIT: Final[frozenset[Role]] = frozenset({"analyst", "admin"})


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do from the home page. Its words stand in `tasks.html` under `name`."""

    name: str
    path: str
    roles: frozenset[Role] | None


TASKS: Final = (
    Task("today", "/today", CASEWORK - {"supervisor"}),
    Task("wing", "/wing", ON_DUTY),
    Task("alerts", "/alerts", ON_DUTY),
    Task("board", "/desk/board", SUPERVISE),
    Task("desk", "/desk", DESK),
    Task("arrivals", "/cases/arrivals", AIRPORT),
    Task("grants", "/cases/grants", BOARD),
    Task("new-complaint", "/complaints/new", LODGE),
    Task("complaints", "/complaints", READ),
    Task("cases", "/cases", CASES),
    Task("supervision", "/supervision", OVERSEE),
    Task("answers", "/answers", ANSWER),
    Task("deployed", "/deployed", ANSWER),
    Task("money-tasks", "/money-tasks", HANDLE),
    Task("today", "/today", CASEWORK),
    Task("duplicates", "/duplicates", DECIDE),
    Task("doubts", "/doubts", DESK),
    Task("glass-uses", "/break-glass/uses", GLASS),
    Task("reads", "/reads", AUDIT),
    Task("referrals", "/referrals", RECEIVE),
    Task("new-returnee", "/returnees/new", REGISTER),
    Task("returnees", "/returnees", REGISTER),
    Task("expected", "/returnees/expected", AWAITING),
    Task("received", "/received", RECEIVED),
    Task("withdrawals", "/withdrawals", PARTNERS | {"auditor"}),
    Task("providers", "/providers", CASEWORK),
    Task("protected", "/protected", CASEWORK),
    Task("emergencies", "/protected/emergencies", AUDIT),
    Task("field", "/field/", REGISTER - ON_DUTY),
    Task("outcomes", "/outcomes", OUTCOMES),
    Task("wing", "/wing", WINGS - ON_DUTY),
    Task("alerts", "/alerts", WATCH - ON_DUTY),
    Task("sources", "/sources", WATCH - {"agent"}),
    Task("replay", "/replay", REPLAY),
    Task("texts", "/texts", TEXTS),
    Task("relays", "/relays", ALERT_WRITERS),
    Task("signals", "/signals", SIGNALS),
    Task("incidents", "/incidents", WATCH),
    Task("postures", "/postures", WATCH),
    Task("brought-home", "/evacuation/legs", AIRPORT),
    Task("my-class", "/classes/mine", OWN_CLASS),
    Task("classes", "/classes", CLASSIFY - {"officer"}),
    Task("class-reviews", "/classes/reviews", CLASSIFY),
    Task("inspections", "/classes/inspections", COMPARE),
    Task("rule-sets", "/classes/rule-sets", CLASSIFY | CONSULTED),
    Task("own-file", "/agencies/mine", OWN_CLASS),
    Task("imports", "/agencies/imports", IMPORT),
    Task("unregistered", "/unregistered", UNREGISTERED),
    Task("new-mention", "/unregistered/new", FACT_NOTERS - IMPORT),
    Task("nationals", "/nationals", NATIONALS),
    Task("national-duplicates", "/nationals/duplicates", NATIONAL_OFFICERS),
    Task("national-updates", "/nationals/updates", NATIONAL_OFFICERS),
    Task("national-imports", "/nationals/imports", IMPORT),
    Task("framework-duties", "/framework/duties", FRAMEWORK_REPORT),
    Task("committee-returns", "/framework/committee-returns", COMMITTEES),
    Task("partners", "/partners", PARTNERS | {"auditor"}),
    Task("simulator", "/sharing/simulator", SHARING),
    Task("sharing-decisions", "/sharing/decisions", SHARING_LOG),
    Task("report-drafts", "/framework/report-drafts", REPORT_EDIT),
    Task("register", "/register", None),
    Task("report", "/report", None),
    Task("track", "/track", None),
    Task("family-request", "/family-request", None),
    Task("agencies", "/agencies", None),
    Task("framework", "/framework", None),
    Task("reports", "/framework/reports", None),
    Task("committees", "/framework/committees", None),
    Task("figures", "/figures", None),
    Task("returnee-figures", "/outcomes/public", None),
)


# What tasks are about: the menu and the home page show them so. Words of a group stand in `tasks.html`.
GROUPS: Final[Mapping[str, frozenset[str]]] = {
    "crisis": frozenset(
        {"wing", "alerts", "sources", "replay", "texts", "relays", "signals", "incidents", "postures"} | {"brought-home", "deployed"}
    ),
    "complaints": frozenset(
        {"board", "desk", "new-complaint", "complaints", "cases", "supervision", "answers", "money-tasks", "duplicates", "doubts"}
        | {"glass-uses", "reads", "referrals", "arrivals", "grants", "report", "track", "family-request"}
    ),
    "returnees": frozenset(
        {"today", "new-returnee", "returnees", "expected", "received", "withdrawals", "providers", "protected"}
        | {"emergencies", "field", "outcomes"}
    ),
    "abroad": frozenset({"nationals", "national-duplicates", "national-updates", "national-imports", "register"}),
    "agencies": frozenset(
        {"my-class", "classes", "class-reviews", "inspections", "rule-sets", "own-file", "imports", "agencies"}
        | {"unregistered", "new-mention"}
    ),
    "figures": frozenset(
        {"framework-duties", "report-drafts", "committee-returns", "committees", "framework", "reports", "figures", "returnee-figures"}
    ),
    "partners": frozenset({"partners", "simulator", "sharing-decisions"}),
}
# So many stand in the line above each page; the rest opens below it.
IN_LINE: Final = 5

# Forms for people without an account: an officer has a page of their own for each, and a shorter list of tasks.
FOR_STRANGERS: Final = frozenset({"report", "track", "register", "family-request"})


def tasks_of(visitor: Visitor | None) -> list[Task]:
    """What this person may do, what is urgent for their role first; open pages for everybody. One entry per page."""
    roles = visitor.caller.roles if visitor else frozenset()
    left_out = FOR_STRANGERS if not roles.isdisjoint(LODGE) else frozenset()
    allowed = [task for task in TASKS if (task.roles is None or not task.roles.isdisjoint(roles)) and task.name not in left_out]
    by_page: dict[str, Task] = {}
    for task in allowed:
        by_page.setdefault(task.path, task)
    return list(by_page.values())


@dataclass(frozen=True, slots=True)
class Menu:
    """`line`: what stands above a page; `groups`: everything by what it is about, empty where the line holds it all."""

    line: Sequence[Task]
    groups: Sequence[tuple[str, Sequence[Task]]]


def menu_of(tasks: Sequence[Task], path: str) -> Menu:
    """The first tasks of a role are the urgent ones; the page that is open stands in the line too, wherever it belongs."""
    if len(tasks) <= IN_LINE + 1:
        return Menu(tasks, ())
    line = tasks[:IN_LINE]
    present = [task for task in tasks[IN_LINE:] if task.path == path]
    return Menu([*line, *present], grouped(tasks))


def grouped(tasks: Sequence[Task]) -> list[tuple[str, Sequence[Task]]]:
    """Groups in the order of their most urgent task."""
    group_of = {name: group for group, names in GROUPS.items() for name in names}
    found: dict[str, list[Task]] = {}
    for task in tasks:
        found.setdefault(group_of[task.name], []).append(task)
    return list(found.items())


class SignInNeededError(UnauthenticatedError):
    """Leads to the sign-in page. `ended` is the session that this browser had, where it had one."""

    slug = "sign-in-needed"

    def __init__(self, ended: Ended | None = None) -> None:
        super().__init__()
        self.ended = ended


def cookie_name(*, is_secure: bool) -> str:
    return "__Host-session" if is_secure else "session"


def keeper_of(request: Request) -> Keeper:
    state = request.state
    return Keeper(state.sessions, state.keyring, state.provider, state.verifier, state.span, state.parked_for)


async def visitor_of(request: Request) -> Visitor | None:
    """Whoever asks; a page open to anybody shows their name and tasks."""
    cookie = request.cookies.get(cookie_name(is_secure=request.state.is_secure))
    found = await keeper_of(request).find(cookie) if cookie else None
    request.state.ended = found if isinstance(found, Ended) else None
    request.state.visitor = visitor = found if isinstance(found, Visitor) else None
    return visitor


Anybody = Annotated[Visitor | None, Depends(visitor_of)]


async def signed_in(request: Request, visitor: Anybody) -> Visitor:
    if visitor is None:
        raise SignInNeededError(request.state.ended)
    return visitor


SignedIn = Annotated[Visitor, Depends(signed_in)]


class _Holder:
    """Refuses before a form is shown, not after it was filled in."""

    def __init__(self, roles: frozenset[Role]) -> None:
        self._roles = roles

    async def __call__(self, visitor: SignedIn) -> Visitor:
        if self._roles.isdisjoint(visitor.caller.roles):
            raise ForbiddenError
        return visitor


CaseWorker = Annotated[Visitor, Depends(_Holder(CASES))]
CaseReader = Annotated[Visitor, Depends(_Holder(CASES | {"ngo", "udc"}))]
Searcher = Annotated[Visitor, Depends(_Holder(SEARCH))]
AtAirport = Annotated[Visitor, Depends(_Holder(AIRPORT))]
AtBoard = Annotated[Visitor, Depends(_Holder(BOARD))]
InDistrict = Annotated[Visitor, Depends(_Holder(DISTRICT))]
Lodger = Annotated[Visitor, Depends(_Holder(LODGE))]
Reader = Annotated[Visitor, Depends(_Holder(READ))]
Handler = Annotated[Visitor, Depends(_Holder(HANDLE))]
Officer = Annotated[Visitor, Depends(_Holder(DECIDE))]
Answerer = Annotated[Visitor, Depends(_Holder(ANSWER))]
Receiver = Annotated[Visitor, Depends(_Holder(RECEIVE))]
Awaiting = Annotated[Visitor, Depends(_Holder(AWAITING))]
Registrar = Annotated[Visitor, Depends(_Holder(REGISTER))]
WithdrawalReader = Annotated[Visitor, Depends(_Holder(PARTNERS | {"auditor"}))]
WithdrawalConfirmer = Annotated[Visitor, Depends(_Holder(PARTNERS))]
HelpReceiver = Annotated[Visitor, Depends(_Holder(RECEIVED))]
FrameworkReporter = Annotated[Visitor, Depends(_Holder(FRAMEWORK_REPORT))]
FrameworkCommenter = Annotated[Visitor, Depends(_Holder(FRAMEWORK_COMMENT))]
CommitteeReturner = Annotated[Visitor, Depends(_Holder(COMMITTEES))]
ReportEditor = Annotated[Visitor, Depends(_Holder(REPORT_EDIT))]
CaseOfficer = Annotated[Visitor, Depends(_Holder(CASEWORK))]
EmergencyReader = Annotated[Visitor, Depends(_Holder(CASEWORK | AUDIT))]
OfficeOfficer = Annotated[Visitor, Depends(_Holder(OFFICES))]
Agent = Annotated[Visitor, Depends(_Holder(DESK))]
SupervisorOnly = Annotated[Visitor, Depends(_Holder(SUPERVISE))]
GlassWatcher = Annotated[Visitor, Depends(_Holder(GLASS))]
AlertWriter = Annotated[Visitor, Depends(_Holder(ALERT_WRITERS))]
RelayKeeper = Annotated[Visitor, Depends(_Holder(ALERT_WRITERS))]
TextReader = Annotated[Visitor, Depends(_Holder(TEXTS))]
SignalReader = Annotated[Visitor, Depends(_Holder(SIGNALS))]
IncidentReader = Annotated[Visitor, Depends(_Holder(WATCH))]
IncidentLeader = Annotated[Visitor, Depends(_Holder(INCIDENT_LEAD))]
IncidentVisitor = Annotated[Visitor, Depends(_Holder(INCIDENT_ASK))]
EvacuationMover = Annotated[Visitor, Depends(_Holder(EVACUATE))]
EvacuationReceiver = Annotated[Visitor, Depends(_Holder(EVACUATE | AIRPORT))]
Auditor = Annotated[Visitor, Depends(_Holder(AUDIT))]
Replayer = Annotated[Visitor, Depends(_Holder(REPLAY))]
WingOfficer = Annotated[Visitor, Depends(_Holder(WINGS))]
Watcher = Annotated[Visitor, Depends(_Holder(WATCH))]
QuarantineReader = Annotated[Visitor, Depends(_Holder(UNREAD))]
QuarantineHandler = Annotated[Visitor, Depends(_Holder(UNREAD - {"auditor"}))]
SourceLogReader = Annotated[Visitor, Depends(_Holder(WATCH - {"agent", "wing"}))]
Overseer = Annotated[Visitor, Depends(_Holder(OVERSEE))]
Seater = Annotated[Visitor, Depends(_Holder(SEAT))]
Classifier = Annotated[Visitor, Depends(_Holder(CLASSIFY))]
OutcomeReader = Annotated[Visitor, Depends(_Holder(OUTCOMES))]
Comparer = Annotated[Visitor, Depends(_Holder(COMPARE))]
FileReader = Annotated[Visitor, Depends(_Holder(CLASSIFY | OWN_CLASS))]
NationalDesk = Annotated[Visitor, Depends(_Holder(NATIONALS))]
NationalOfficer = Annotated[Visitor, Depends(_Holder(NATIONAL_OFFICERS))]
Importer = Annotated[Visitor, Depends(_Holder(IMPORT))]
OfficeReader = Annotated[Visitor, Depends(_Holder(AGENCY_OFFICE))]
FactNoter = Annotated[Visitor, Depends(_Holder(FACT_NOTERS))]
UnregisteredReader = Annotated[Visitor, Depends(_Holder(UNREGISTERED))]
UnregisteredJoiner = Annotated[Visitor, Depends(_Holder(IMPORT))]
MentionNoter = Annotated[Visitor, Depends(_Holder(UNREGISTERED | FACT_NOTERS))]
PartnerReader = Annotated[Visitor, Depends(_Holder(PARTNERS | {"auditor"}))]
SharingReader = Annotated[Visitor, Depends(_Holder(SHARING))]
DecisionReader = Annotated[Visitor, Depends(_Holder(SHARING_LOG))]
PartnerKeeper = Annotated[Visitor, Depends(_Holder(PARTNER_KEEPERS))]
PartnerApplicant = Annotated[Visitor, Depends(_Holder(PARTNERS))]
RuleReader = Annotated[Visitor, Depends(_Holder(CLASSIFY | CONSULTED))]


async def _keeping(request: Request) -> Keeper:
    return keeper_of(request)


Keeping = Annotated[Keeper, Depends(_keeping)]
