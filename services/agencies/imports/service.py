"""Use cases of imports: read a spreadsheet, judge each row, load all or the good ones, keep what was said of each."""

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Bilingual, Text
from kit.auth import Caller
from kit.ids import new_id
from kit.paging import Paging
from kit.validation_words import words_for
from services.agencies import service as agencies
from services.agencies.evidence.models import Deployment
from services.agencies.evidence.schemas import DeploymentIn
from services.agencies.evidence.service import touch
from services.agencies.imports import repository, rules, spreadsheet
from services.agencies.imports.models import ImportRun
from services.agencies.imports.rules import Column, Judged
from services.agencies.models import Agency
from services.agencies.schemas import AgencyIn

Mode = Literal["all", "good"]
In = TypeVar("In", bound=BaseModel)


@dataclass(slots=True)
class Rows(Generic[In]):
    """`good` by row number. `report` says of each other row what became of it."""

    good: dict[int, In] = field(default_factory=dict)
    report: dict[int, dict[str, Any]] = field(default_factory=dict)
    bad: int = 0

    def refuse(self, row: Judged) -> None:
        self.bad += 1
        self.note(row.number, row.values.get("licence"), "refused", row.reasons)

    def note(self, number: int, licence: str | None, result: str, reasons: Iterable[Text] = ()) -> None:
        self.report[number] = {
            "row": number,
            "licence": licence,
            "result": result,
            "reasons": [Bilingual.of(one).model_dump() for one in reasons],
        }


async def import_register(session: AsyncSession, caller: Caller, body: bytes, mode: Mode) -> ImportRun:
    """Enters the licences of a list. Raises the refusals of `spreadsheet.read`, `ColumnsMissingError`.

    A row that says what stands there already is unchanged. One that says otherwise is refused: what happened to a licence is a step of its
    history, not a new row.
    """
    rows = await asyncio.to_thread(_judged, body, rules.REGISTER, AgencyIn, _prepare_agency)
    _refuse_twice(rows, lambda one: one.licence, "licence")
    known = await repository.agencies_by_licence(session, {one.licence for one in rows.good.values()})
    for number, one in list(rows.good.items()):
        if (agency := known.get(one.licence)) is None:
            continue
        del rows.good[number]
        if _says_the_same(one, agency):
            rows.note(number, one.licence, "unchanged")
        else:
            rows.refuse(Judged(number, {"licence": one.licence}, [rules.DIFFERENT]))
    loaded = mode == "good" or not rows.bad
    if loaded:
        await agencies.register_agencies(session, caller, list(rows.good.values()))
    return await _keep(session, caller, body, _Outcome("register", mode, loaded), rows)


async def import_deployments(session: AsyncSession, caller: Caller, body: bytes, mode: Mode) -> ImportRun:
    """Adds lines of workers sent; a line with another number than stands there supersedes it."""
    rows = await asyncio.to_thread(_judged, body, rules.DEPLOYMENTS, DeploymentIn, _prepare_deployment)
    _refuse_twice(rows, lambda one: one.key(), "licence")
    licences = {one.licence for one in rows.good.values()} | {one.with_licence for one in rows.good.values() if one.with_licence}
    registered = await repository.lock_agencies(session, licences)
    for number, one in list(rows.good.items()):
        if not {one.licence, one.with_licence or one.licence} <= registered:
            del rows.good[number]
            rows.refuse(Judged(number, {"licence": one.licence}, [rules.NO_SUCH_LICENCE]))
    loaded = mode == "good" or not rows.bad
    if loaded:
        changed = await _add_deployments(session, caller, rows)
        await touch(session, changed, datetime.now(UTC))
    return await _keep(session, caller, body, _Outcome("deployments", mode, loaded), rows)


async def _add_deployments(session: AsyncSession, caller: Caller, rows: Rows[DeploymentIn]) -> set[str]:
    now, added = datetime.now(UTC), []
    standing = await repository.standing_deployments(
        session, {one.licence for one in rows.good.values()}, {one.year for one in rows.good.values()}
    )
    by_key = {DeploymentIn.key_of(line): line for line in standing}
    for number, one in list(rows.good.items()):
        before = by_key.get(one.key())
        if before is not None and before.workers == one.workers:
            del rows.good[number]
            rows.note(number, one.licence, "unchanged")
            continue
        if before is not None:
            rows.note(number, one.licence, "changed")
        added.append(
            Deployment(
                id=new_id(),
                **one.model_dump(),
                version=before.version + 1 if before else 1,
                supersedes=before.id if before else None,
                recorded_at=now,
                recorded_by=caller.subject,
            )
        )
    await repository.add_deployments(session, added)
    return {line.licence for line in added}


async def get_import(session: AsyncSession, identity: UUID) -> ImportRun:
    """Raises `UnknownImportError`."""
    found = await repository.find_import(session, identity)
    if found is None:
        raise rules.UnknownImportError
    return found


async def list_imports(session: AsyncSession, paging: Paging) -> Sequence[ImportRun]:
    return await repository.list_imports(session, paging)


def _judged(body: bytes, columns: Sequence[Column], model: type[In], prepare: Callable[[Judged], None]) -> Rows[In]:
    """Runs in a thread: reading 20,000 rows takes seconds, and the loop has others to serve."""
    lines = spreadsheet.read(body)
    head = next(lines, None)
    where = rules.places([cell.text for cell in head[1]] if head else [], columns)
    rows: Rows[In] = Rows()
    for number, cells in lines:
        row = rules.row_values(number, [(cell.text, cell.is_formula) for cell in cells], where, columns)
        prepare(row)
        accepted = _validated(row, model)
        if accepted is None or row.reasons:
            rows.refuse(row)
        else:
            rows.good[number] = accepted
    return rows


def _validated(row: Judged, model: type[In]) -> In | None:
    formulas = {reason.en.partition(":")[0] for reason in row.reasons}
    try:
        return model.model_validate(row.values)
    except ValidationError as error:
        for one in error.errors():
            column = str(one["loc"][0]) if one["loc"] else "row"
            if column not in formulas:
                row.refuse(column, words_for(one))
        return None


def _prepare_agency(row: Judged) -> None:
    rules.judge_bangla(row)
    _replace(row, {"status": rules.status_of, "district": rules.district_of, "deployed_last_year": rules.whole, "licence": rules.whole})
    row.values["source"] = "imported from a spreadsheet"


def _prepare_deployment(row: Judged) -> None:
    _replace(
        row,
        {
            "licence": rules.whole,
            "with_licence": rules.whole,
            "year": rules.whole,
            "workers": rules.whole,
            "district": rules.district_of,
            "sex": rules.sex_of,
            "country": str.upper,
            "skill": str.lower,
        },
    )
    row.values["source"] = "imported from a spreadsheet"


def _replace(row: Judged, by: dict[str, Callable[[str], str]]) -> None:
    for name, reading in by.items():
        if name in row.values:
            row.values[name] = reading(row.values[name])


def _refuse_twice(rows: Rows[In], key: Callable[[In], object], column: str) -> None:
    """The first of two rows for the same thing is good, the second says where the first stands."""
    first: dict[object, int] = {}
    for number, one in list(rows.good.items()):
        if (before := first.setdefault(key(one), number)) != number:
            del rows.good[number]
            rows.refuse(Judged(number, {"licence": getattr(one, "licence", None)}, [rules.twice(column, before)]))


def _says_the_same(one: AgencyIn, agency: Agency) -> bool:
    return all(getattr(one, name) == getattr(agency, name) for name in ("name_en", "name_bn", "valid_until", "district", "status"))


@dataclass(frozen=True, slots=True)
class _Outcome:
    kind: str
    mode: str
    loaded: bool


async def _keep(session: AsyncSession, caller: Caller, body: bytes, outcome: _Outcome, rows: Rows[Any]) -> ImportRun:
    if not outcome.loaded:
        for number, one in rows.good.items():
            rows.note(number, one.licence, "not_loaded")
    unchanged = sum(1 for one in rows.report.values() if one["result"] == "unchanged")
    good = len(rows.good) + unchanged
    run = ImportRun(
        id=new_id(),
        kind=outcome.kind,
        mode=outcome.mode,
        file_hash=hashlib.sha256(body).digest(),
        rows=good + rows.bad,
        good=good,
        bad=rows.bad,
        loaded=outcome.loaded,
        report=[rows.report[number] for number in sorted(rows.report)],
        imported_at=datetime.now(UTC),
        imported_by=caller.subject,
    )
    await repository.add_import(session, run)
    return run


KINDS: Final = {"register": import_register, "deployments": import_deployments}
