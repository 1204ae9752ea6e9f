"""Every service has the same rooms under the same names, and what stands in a room is what its name promises."""

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

import pytest

ROOMS: Final = frozenset(
    {"__init__", "main", "settings", "models", "schemas", "rules", "repository", "service", "endpoints", "consumers", "access", "clients"}
    | {"views"}  # what each reader of a record is shown: grew out of `service` in three services
    | {"lists"}  # what a ministry may change, as dated data (`kit.dated`), read and judged at start-up
)
FOLDERS: Final = frozenset({"migrations", "tests", "data", "templates", "static", "assets", "locale"})
NEVER: Final = frozenset({"utils", "util", "helpers", "helper", "common", "base", "crud", "misc", "shared", "lib"})

# A room that one service needs and others do not, named after its subject, with what it is for.
ROOMS_OF_THEIR_OWN: Final = {
    "services/partners/onboarding/keys.py": "public keys of programs: read, judged by a library of cryptography, and stripped",
    "services/partners/sharing.py": "questions to the one engine of sharing, and what its policy says of kinds of record",
    "services/registry/sealing.py": "a person as sealed rows, with the blind indexes by which they are found",
    "services/registry/sharing.py": "questions to the one engine of sharing, for the register's readers",
    "services/agencies/ceilings.py": "what may lawfully be charged, as dated data, read and judged at start-up",
    "services/agencies/check/guidance.py": "what a person about to pay is told, as dated data, read and judged at start-up",
    "services/agencies/oversight/risk.py": "what makes an agency urgent to look at, as dated data",
    "services/agencies/ratings/canonical.py": "one byte string for one value: what is hashed and signed",
    "services/agencies/ratings/rule_set.py": "the rule sets of classification as dated data, read and judged at start-up",
    "services/agencies/runs/following.py": "what was published, computed again when its evidence changes",
    "services/agencies/runs/periods.py": "the periods of the process as dated data, read and judged at start-up",
    "services/agencies/runs/signature.py": "the detached signature of what is published, and the public keys",
    "services/agencies/imports/spreadsheet.py": "reads rows out of a CSV or XLSX file that may be hostile",
    "services/complaints/cases/money.py": "money of a case, written by who works on it and kept as redress",
    "services/complaints/calls/callbacks/questions.py": "what redress asks a person, joined to the call-back of their number",
    "services/complaints/lifecycle/checks.py": "what else must hold for an act of the procedure: pure questions under its table",
    "services/portal/cases/choices.py": "what the forms of cases offer where the service has no list of its own",
    "services/portal/reports/charts.py": "a division of a report as a bar chart in plain SVG: pure",
    "services/portal/uploads.py": "files on their way from a form or a page's script to a service",
    "services/complaints/cases/death/desks.py": "what the airport and the Welfare Board see of a death, and no more",
    "services/complaints/clocks/calendars.py": "the calendars in force, held against the offices that there are",
    "services/complaints/clocks/clock_list.py": "the clocks and ladders in force, as dated data, read and judged at start-up",
    "services/complaints/clocks/opening.py": "what a new complaint starts with: asked by the repository's one statement that lodges",
    "services/complaints/contact/sender.py": "the loop that calls the company that carries texts, outside of any transaction",
    "services/complaints/doors/bijoy.py": "text of an old Bangla font, found and turned into Unicode",
    "services/complaints/messages/fetcher.py": "the loop that fetches recordings from the company that has them, outside of transactions",
    "services/complaints/lifecycle/happenings.py": "what each thing that was done with a complaint is called, in both languages",
    "services/complaints/lifecycle/procedures.py": "numbers, spans and outcomes of the procedure, as dated data, judged at start-up",
    "services/complaints/offices.py": "the offices that hold complaints, as dated data, read and judged at start-up",
    "services/complaints/taxonomy.py": "the dated list of what a complaint may be about, read and judged at start-up",
    "services/reintegration/abroad/asking.py": "the loop that asks the register of nationals, outside of transactions",
    "services/reintegration/field/lane.py": "turns for the parts of queues: so many at once, the rest told when to come again",
    "services/complaints/calls/numbers.py": "a caller's number, in whatever form an exchange writes it",
    "services/complaints/calls/stream.py": "server-sent events, which outlive a request's transaction",
    "services/complaints/calls/timers.py": "which handler each of the call centre's timers wakes",
    "services/crisis/paging/answering.py": "how an officer says that they have it, by page or by text; it acknowledges the warning too",
    "services/crisis/paging/sending.py": "the loop that sends pages, outside of transactions",
    "services/crisis/cases/working_days.py": "whose working days count for a case",
    "services/crisis/warnings/cap.py": "reads a CAP message out of XML that may be hostile",
    "services/crisis/warnings/countries.py": "finds countries in a warning's areas",
    "services/crisis/lineage/judging.py": "what follows from a message by the data in force: asked by its taking-in and by a replay",
    "services/crisis/lineage/replaying.py": "stored messages judged again as of any instant, beside what is written down",
    "services/crisis/warnings/taking.py": "how a message becomes a warning, in one transaction: sources and endpoints bring it here",
    "services/crisis/decisions/deciding.py": "what every new warning begins with: asked by the warnings' service in its transaction",
    "services/crisis/evacuation/legs/telling.py": "what reintegration is told after a leg arrived: an errand, read when it is sent",
    "services/crisis/enquiries/matching.py": "whom an enquiry may be about: proposals of two areas in one order",
    "services/crisis/incidents/closing.py": "what must hold in every area before an incident ends, and what each then forgets",
    "services/crisis/duty/counting.py": "the loop that counts chains of warnings for the wing's page, outside of any request",
    "services/crisis/geometry/drawing.py": "a small map of a warning as paths: pure",
    "services/crisis/incidents/errands.py": "the loop that makes the calls which incidents owe, outside of any transaction",
    "services/crisis/incidents/journal.py": "the hash-chained log: asked by every area that changes something in an incident",
    "services/crisis/evacuation/totals/figures.py": "after the action: times and reach, asked of three areas",
    "services/crisis/evacuation/totals/counting.py": "how many an incident's warnings concern, asked of the area of exposure",
    "services/crisis/issued/writing.py": "CAP documents and their index as XML: pure, from what `service` has decided",
    "services/crisis/indexes.py": "blind indexes by which one person is found again among those asked for, evacuated and sent abroad",
    "services/crisis/exposure/asking.py": "the loop that asks the register whom a warning concerns, outside of any transaction",
    "services/crisis/geometry/borders.py": "the borders of countries, read once, and what lies within them",
    "services/crisis/hazards.py": "kinds of danger and how far each reaches, as dated data, read and judged at start-up",
    "services/crisis/checkins/inbound.py": "texts that come in by the shared number, and what is passed on of them",
    "services/crisis/checkins/recordings/fetching.py": "the loop that fetches voice notes and pictures, outside of transactions",
    "services/crisis/outreach/figures.py": "the aggregates behind the figures of reach",
    "services/crisis/outreach/ledger.py": "rows of the ledger and links, from a person and how they may be reached",
    "services/crisis/outreach/replying.py": "an answer to who wrote, as a row of the ledger: asked by check-ins",
    "services/crisis/directory.py": "the directory of missions and the list of sources, as dated data",
    "services/portal/casework/forms.py": "the assessment's and the plan's long forms, as the service takes them",
    "services/crisis/sources/advice.py": "what is odd in a message that was read anyway, by the standard's schema and recommendations",
    "services/crisis/sources/gdacs.py": "what a message of GDACS means, in spite of how it is written",
    "services/crisis/sources/index.py": "reads the index of a feed out of XML that may be hostile",
    "services/crisis/sources/polling.py": "the loop that reads feeds, one replica at a time",
    "services/crisis/sources/reading.py": "how a message that somebody brings becomes a warning: kept first, then judged and read",
    "services/crisis/sources/signature.py": "whether a message is signed by somebody known before it came",
    "services/crisis/sources/watching.py": "the timer that notices when nothing is read",
    "services/crisis/warnings/reading.py": "a message as this service understands it, a sender's habits undone",
    "services/crisis/warnings/stream.py": "server-sent events, which outlive a request's transaction",
    "services/reintegration/casework/instrument.py": "the questions of the assessment and how a case goes, read and judged at start-up",
    "services/reintegration/referrals/helps.py": "what a returnee can be passed on for, read and judged at start-up",
    "services/registry/imports/rows/judging.py": "what a row of a file says of a person: pure, called a million times",
    "services/registry/imports/rows/problems.py": "what can be wrong with a row, in both languages",
    "services/registry/imports/rows/reading.py": "cuts a file of any size, which may be hostile, into records",
    "services/registry/imports/rows/rowbytes.py": "rows of PostgreSQL's binary COPY, made where the sealing is done",
    "services/registry/imports/runs.py": "the loop that reads files in the background, outside of requests",
    "services/registry/imports/rows/sealing.py": "a person of a file as sealed rows of the register",
    "services/registry/imports/taking.py": "a block of sealed rows into the register, on the loop's own connection",
    "services/registry/imports/rows/workers.py": "what runs in the processes beside the service",
    "services/portal/complaints/acts.py": "what each act of the procedure asks for: fields of its page, JSON of its call",
    "services/portal/unregistered/acts.py": "what is written down of somebody who recruits without registration, form by form",
    "services/portal/licences/acts.py": "what the office writes down of an agency, form by form",
    "services/portal/tracker/acts.py": "what is asked of a step, a matter, an action",
    "services/portal/acts.py": "what an officer writes down as one short form: its questions",
    "services/portal/act_forms.py": "the page of an act, and the JSON that a service takes of it",
    "services/portal/returnees/forms.py": "the questions about a returnee, as typed, as the service takes them, and back again",
    "services/portal/complaints/sections.py": "which parts a complaint's page has",
    "services/portal/returnees/sections.py": "which parts a returnee's page has",
    "services/portal/nationals/sections.py": "which parts the page of a person abroad has",
    "services/portal/sections.py": "the parts of a record's page, each fed by a call of its own",
    "services/portal/assets.py": "the built style sheet, scripts and font, served with a lasting name",
    "services/portal/forms.py": "a form's fields, as typed and as judged",
    "services/portal/front.py": "headers and language of every page",
    "services/portal/home.py": "the home page of each role",
    "services/portal/wing/december.py": "pages of the December report",
    "services/portal/wing/sections.py": "the parts of a case of a wing",
    "services/portal/wing/duty.py": "pages of whose duty is with whom",
    "services/portal/wing/rota.py": "the page of alarms and of who is on duty when",
    "services/portal/handover/emergencies.py": "pages of a protected case opened from outside, and of judging that",
    "services/portal/handover/arrivals.py": "pages of who was brought home from a crisis",
    "services/portal/handover/claims.py": "pages of what a returnee is owed abroad",
    "services/portal/handover/trained.py": "pages of who may record an identification",
    "services/portal/handover/expected.py": "pages of returnees whom a wing registered before the flight",
    "services/portal/reach/relays.py": "pages of who passes warnings on to people that are not registered",
    "services/portal/reach/texts.py": "pages of what warned people wrote and no rule could read",
    "services/portal/handover/transfers.py": "pages of cases that one office passes on to another",
    "services/portal/language.py": "English and Bangla: words, digits, dates",
    "services/portal/page.py": "how a page is put together from templates",
    "services/portal/streams.py": "an open answer of a service, passed on to a browser",
    "services/portal/problems.py": "a problem as a page for people",
}

# What a room may not know of: style of the house, design §2.
MAY_NOT_IMPORT: Final = {
    "rules": ("fastapi", "starlette", "sqlalchemy", "sqlmodel", "nats", "httpx", "aiohttp"),
    "service": ("fastapi", "starlette", "nats", "httpx", "aiohttp"),
    "repository": ("fastapi", "starlette", "nats", "httpx", "aiohttp"),
    "models": ("fastapi", "starlette", "nats", "httpx", "aiohttp"),
    "schemas": ("sqlalchemy", "sqlmodel", "nats", "httpx", "aiohttp"),
    "consumers": ("fastapi", "starlette", "httpx", "aiohttp"),
}
# The portal is a web site: its session is made of cookies and calls to the identity provider.
EXCUSED: Final = {
    ("services/portal/session/service.py", "httpx"): "asks the provider for tokens inside the session's use case",
}

# `rules.py` decides from what it is given: no clock, no chance, no file, no network, no process.
IMPURE_MODULES: Final = frozenset(
    {
        "asyncio",
        "http",
        "io",
        "logging",
        "multiprocessing",
        "os",
        "pathlib",
        "random",
        "secrets",
        "shutil",
        "socket",
        "subprocess",
        "threading",
    }
    | {"tempfile", "time", "urllib.request"}
)
# A neighbour that rules take types or data from may read its own dated data, and an XML text that it is given; nothing else.
OF_A_NEIGHBOUR: Final = frozenset({"pathlib", "pathlib.Path", "yaml", "read_text()", "read_bytes()", "lxml", "lxml.etree"})
IMPURE_CALLS: Final = frozenset({"now", "utcnow", "today", "open", "read_text", "read_bytes", "uuid4", "uuid7", "print", "input"})


def imported(tree: ast.Module) -> Iterator[str]:
    """Full names: `kit.errors`, and `kit.errors.InvalidError` for what is taken out of it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def strange_rooms(paths: Iterable[str]) -> list[str]:
    """Python files of services that are no room, and stand in no list with a reason."""
    found = []
    for path in map(PurePosixPath, paths):
        if path.parts[0] != "services" or len(path.parts) < 3 or {"tests", "migrations"} & set(path.parts):
            continue
        if path.stem not in ROOMS and path.as_posix() not in ROOMS_OF_THEIR_OWN:
            found.append(path.as_posix())
    return found


def shapeless_names(paths: Iterable[str]) -> list[str]:
    return [path for path in paths if NEVER & {part.removesuffix(".py") for part in path.split("/")}]


def foreign_to_room(path: str, tree: ast.Module) -> list[str]:
    room = PurePosixPath(path).stem
    names = [name.split(".")[0] for name in imported(tree)]
    return sorted({name for name in names if name in MAY_NOT_IMPORT.get(room, ()) and (path, name) not in EXCUSED})


def impure(path: str, tree: ast.Module) -> list[str]:
    """What a `rules.py` imports or calls that is not the language, pydantic, contracts, a pure part of kit or its own service."""
    own = ".".join(PurePosixPath(path).parts[:2])
    found = [name for name in imported(tree) if not _is_pure(name, own)] + [f"{name}()" for name in _calls(tree) if name in IMPURE_CALLS]
    return found if path.endswith("/rules.py") else [one for one in found if one not in OF_A_NEIGHBOUR]


def _is_pure(name: str, own: str) -> bool:
    top = name.split(".", maxsplit=1)[0]
    if top in sys.stdlib_module_names:
        return name not in IMPURE_MODULES and top not in IMPURE_MODULES
    return (
        top in {"pydantic", "contracts", "numpy", "shapely"}  # shapes are numbers
        or name.startswith(
            (
                "kit.counts",
                "kit.dated",
                "kit.errors",
                "kit.media",
                "kit.papers",
                "kit.pauses",
                "kit.policy",
                "kit.safe_contact",
                "kit.text",
                "kit.working_time",
                f"{own}.",
            )
        )
        or name in {own, "kit"}
    )


def _calls(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def pure_rooms(sources: dict[str, ast.Module]) -> dict[str, ast.Module]:
    """Every `rules.py`, and the modules of the same service that one imports: purity is inherited."""
    chosen = {path: tree for path, tree in sources.items() if path.startswith("services/") and path.endswith("/rules.py")}
    waiting = list(chosen)
    while waiting:
        for name in imported(chosen[waiting.pop()]):
            path = name.replace(".", "/") + ".py"
            if path in sources and path.startswith("services/") and path not in chosen:
                chosen[path] = sources[path]
                waiting.append(path)
    return chosen


class TestRooms:
    def test_a_service_has_no_room_of_an_unknown_name(self, suite_sources: dict[str, ast.Module]) -> None:
        assert strange_rooms(suite_sources) == []

    def test_a_room_of_its_own_that_is_gone_stands_in_the_list_no_longer(self, suite_sources: dict[str, ast.Module]) -> None:
        assert set(ROOMS_OF_THEIR_OWN) <= set(suite_sources)

    def test_a_service_has_no_folder_of_an_unknown_name(self, project: Path) -> None:
        folders = [path for path in (project / "services").glob("*/*") if path.is_dir() and path.name != "__pycache__"]
        strange = [path for path in folders if path.name not in FOLDERS and not (path / "__init__.py").exists()]
        assert strange == []

    def test_nothing_has_a_name_that_takes_everything(self, sources: dict[str, ast.Module]) -> None:
        assert shapeless_names(sources) == []

    def test_no_tests_folder_is_a_package(self, sources: dict[str, ast.Module]) -> None:
        """Equal names in two packages hide each other's tests without a word (design, trap 2)."""
        assert [path for path in sources if path.endswith("tests/__init__.py")] == []

    def test_every_module_says_what_it_decides(self, suite_sources: dict[str, ast.Module]) -> None:
        modules = {path: tree for path, tree in suite_sources.items() if tree.body and "/migrations/" not in path}
        assert [path for path, tree in modules.items() if ast.get_docstring(tree) is None] == []


class TestWhatStandsInARoom:
    def test_no_room_imports_what_it_may_not_know(self, suite_sources: dict[str, ast.Module]) -> None:
        services = {path: tree for path, tree in suite_sources.items() if path.startswith("services/")}
        assert {path: found for path, tree in services.items() if (found := foreign_to_room(path, tree))} == {}

    def test_rules_decide_from_what_they_are_given(self, suite_sources: dict[str, ast.Module]) -> None:
        assert {path: found for path, tree in pure_rooms(suite_sources).items() if (found := impure(path, tree))} == {}

    def test_kit_knows_no_service(self, suite_sources: dict[str, ast.Module], project: Path) -> None:
        """The plumbing would otherwise grow into the system (a comparable one's is larger than its largest service)."""
        services = {path.name for path in (project / "services").iterdir() if (path / "__init__.py").exists()}
        named = {
            path: sorted(found)
            for path, tree in suite_sources.items()
            if path.startswith("kit/") and path != "kit/ports.py"
            if (
                found := services
                & {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
            )
        }
        assert named == {}


class TestTheseChecksCanFail:
    def test_an_unknown_room(self) -> None:
        assert strange_rooms(["services/crisis/rules.py", "services/crisis/manager.py", "services/crisis/duty/roster.py"]) == [
            "services/crisis/manager.py",
            "services/crisis/duty/roster.py",
        ]

    @pytest.mark.parametrize("path", ["services/crisis/utils.py", "kit/common/words.py", "tests/helpers/__init__.py"])
    def test_a_shapeless_name(self, path: str) -> None:
        assert shapeless_names([path, "services/crisis/rules.py"]) == [path]

    def test_a_use_case_that_knows_of_http(self) -> None:
        tree = ast.parse("from fastapi import Request\nimport nats.aio")
        assert foreign_to_room("services/crisis/service.py", tree) == ["fastapi", "nats"]

    @pytest.mark.parametrize(
        ("line", "found"),
        [
            ("from datetime import datetime, UTC\nnow = datetime.now(UTC)", ["now()"]),
            ("import httpx", ["httpx"]),
            ("from kit.database import SessionDep", ["kit.database", "kit.database.SessionDep"]),
            ("from services.agencies.rules import classify", ["services.agencies.rules", "services.agencies.rules.classify"]),
            ("import random", ["random"]),
            ("text = open('rules.yaml').read()", ["open()"]),
            ("text = FILE.read_text()", ["read_text()"]),
        ],
    )
    def test_a_rule_that_looks_elsewhere(self, line: str, found: list[str]) -> None:
        assert impure("services/crisis/rules.py", ast.parse(line)) == found

    def test_a_rule_that_looks_elsewhere_through_its_neighbour(self) -> None:
        tree = {
            "services/crisis/rules.py": ast.parse("from services.crisis import cap\nfrom services.crisis.cap import read"),
            "services/crisis/cap.py": ast.parse("import httpx"),
        }
        assert set(pure_rooms(tree)) == {"services/crisis/rules.py", "services/crisis/cap.py"}
