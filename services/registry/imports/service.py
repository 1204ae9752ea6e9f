"""Use cases of imports: take a file in parts, say what its columns are, have it judged, released by a second person, and taken."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from contracts.registry import NationalsImported
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.files import Files, WrongDigestError, one_part, too_large
from kit.ids import new_id
from kit.outbox import emit
from kit.timer import DueTimer, TimerHandler, schedule
from services.registry.imports import repository, rules, views
from services.registry.imports.models import ImportPart, NationalImport
from services.registry.imports.rows.judging import Judge, Plan
from services.registry.imports.rows.lists import LISTS
from services.registry.imports.rows.reading import Dialect, NotATableError, Record, Splitter, cells_of, header_of
from services.registry.imports.rules import OVER, State
from services.registry.imports.schemas import ColumnChoice, ColumnOut, ColumnsOut, ImportIn, MappingIn, SampleOut, SampleRow

PART: Final = 4 * 1024 * 1024
MOST_PART: Final = 8 * 1024 * 1024
HEAD: Final = 64 * 1024
PREVIEWED: Final = 20
SAMPLES: Final = 3
SAMPLED: Final = 20
STRETCHES: Final = 10
SWEEP: Final = "import.sweep"
RECORD: Final = "national_import"


async def begin(session: AsyncSession, keyring: Keyring, caller: Caller, wanted: ImportIn) -> NationalImport:
    """Raises `FileTooLargeError`."""
    if wanted.length > LISTS.most_bytes:
        raise too_large(LISTS.most_bytes)
    now = datetime.now(UTC)
    run = NationalImport(
        id=new_id(),
        version=1,
        state=State.RECEIVING,
        name=keyring.seal(wanted.name, views.NAME) if wanted.name else None,
        length=wanted.length,
        received=0,
        sha256=bytes.fromhex(wanted.sha256) if wanted.sha256 else None,
        as_of=wanted.as_of,
        kind=None,
        country=None,
        delimiter=None,
        lists_version=LISTS.version,
        at=now,
        by=caller.subject,
    )
    await repository.add(session, run)
    await schedule(session, now + timedelta(days=LISTS.keep_days), SWEEP, run.id)
    return run


async def get(session: AsyncSession, identity: UUID, *, lock: bool = False) -> NationalImport:
    """Raises `UnknownImportError`."""
    run = await repository.find(session, identity, lock=lock)
    if run is None:
        raise rules.UnknownImportError
    return run


async def take_part(session: AsyncSession, files: Files, run: NationalImport, offset: int, content: bytes) -> int:
    """How many bytes are here now. Called while holding the import's row. Raises `WrongOffsetError` with the offset to send from."""
    _at(run, State.RECEIVING)
    new = rules.useful_part(received=run.received, offset=offset, size=len(content), length=run.length)
    if new is None:
        raise rules.WrongOffsetError(offset=run.received, headers={"Upload-Offset": str(run.received)})
    if useful := content[new]:
        stored = await files.put(one_part(useful), most=MOST_PART)
        await repository.add(session, ImportPart(import_id=run.id, start=run.received, size=len(useful), file_id=stored.id))
        run.received += len(useful)
    return run.received


async def complete(session: AsyncSession, files: Files, run: NationalImport) -> NationalImport:
    """All of it is here: its first row is read. A second call does nothing.

    Raises `IncompleteError`, `NoTableError`, `WrongDigestError`.
    """
    if run.state != State.RECEIVING:
        return run
    if run.received < run.length:
        raise rules.IncompleteError(offset=run.received)
    parts = await repository.parts_of(session, run.id)
    if run.sha256 is not None and not hmac.compare_digest(run.sha256, await _digest(files, parts)):
        raise WrongDigestError
    try:
        dialect, headers, size = header_of(await _head(files, parts), is_whole=run.length <= HEAD)
    except NotATableError as error:
        raise rules.NoTableError(rules.KINDS_OF_FILE[error.kind]) from error
    run.delimiter, run.headers, run.rows_begin = dialect.delimiter, [one.strip()[:200] for one in headers], size
    run.columns = rules.proposed_columns(headers, LISTS)
    _step(run, State.RECEIVED)
    return run


async def _digest(files: Files, parts: Sequence[ImportPart]) -> bytes:
    digest = hashlib.sha256()
    for part in parts:
        async for chunk in files.open(part.file_id):
            digest.update(chunk)
    return digest.digest()


async def _head(files: Files, parts: Sequence[ImportPart]) -> bytes:
    return await _stretch(files, parts, 0, HEAD)


async def _stretch(files: Files, parts: Sequence[ImportPart], start: int, size: int) -> bytes:
    held = bytearray()
    for part in parts:
        at = part.start
        if at + part.size <= start:
            continue
        async for chunk in files.open(part.file_id):
            held += chunk[max(0, start - at) :]
            at += len(chunk)
            if len(held) >= size:
                return bytes(held[:size])
    return bytes(held)


async def columns(session: AsyncSession, files: Files, caller: Caller, run: NationalImport) -> ColumnsOut:
    """What each column is called, is taken to be, and holds in the first rows. The read is logged."""
    _not_at(run, State.RECEIVING)
    parts = await repository.parts_of(session, run.id)
    await record_access(session, caller, [run.id], record_type=RECORD, purpose="mapping", fields=("samples",))
    splitter = Splitter(_dialect(run), run.rows_begin, 2)
    head = await _stretch(files, parts, run.rows_begin, HEAD)
    records = splitter.feed(head, last=run.rows_begin + len(head) >= run.length)[:PREVIEWED]
    rows = [cells_of(one.raw.decode("utf-8", "replace").rstrip("\r"), _dialect(run).delimiter) for one in records if one.raw]
    by_place = {place: code for code, place in run.columns.items()}
    shown = [
        ColumnOut(place=place, header=header, proposed=by_place.get(place), samples=_samples(rows, place))
        for place, header in enumerate(run.headers)
    ]
    return ColumnsOut(choices=[ColumnChoice(code=one.code, en=one.en, bn=one.bn) for one in LISTS.columns], columns=shown)


def _samples(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    cells = (row[place].strip()[:60] for row in rows if place < len(row))
    return [one for one in cells if one][:SAMPLES]


async def judge(session: AsyncSession, run: NationalImport, said: MappingIn) -> NationalImport:
    """Which column is what is settled: every row is judged, in the background. Also once more, after another mapping."""
    _at(run, State.RECEIVED, State.JUDGED)
    rules.check_columns(said.columns, len(run.headers), said.country, LISTS)
    await repository.forget_report(session, run.id)
    run.columns, run.country, run.kind = dict(said.columns), said.country, said.kind
    run.rows = run.good = run.warned = run.refused = run.known = run.updates = 0
    run.judging_at, run.judged_at = datetime.now(UTC), None
    _from_the_first_row(run)
    _step(run, State.JUDGING)
    return run


async def release(session: AsyncSession, run: NationalImport, caller: Caller) -> NationalImport:
    """The second person: only now rows become persons. Raises `OwnImportError`, `NothingToTakeError`, `WrongStateError`."""
    _at(run, State.JUDGED)
    if caller.subject == run.by:
        raise rules.OwnImportError
    if run.good == 0:
        raise rules.NothingToTakeError
    run.released_by, run.released_at = caller.subject, datetime.now(UTC)
    run.known = run.updates = run.taken = 0
    _from_the_first_row(run)
    _step(run, State.TAKING)
    await session.flush()
    return run


async def refuse(session: AsyncSession, keyring: Keyring, run: NationalImport, because: str) -> NationalImport:
    """By either person, as long as no row was taken. The file is deleted."""
    if run.state in OVER or run.state == State.TAKING:
        raise rules.WrongStateError
    run.because = keyring.seal(because, views.BECAUSE)
    await _over(session, run, State.REFUSED, keep_days=0)
    return run


async def end_step(session: AsyncSession, identity: UUID, step: State, state: State) -> None:
    """What the loop says when it has read to the end, or cannot. Does nothing for an import that is no longer at this step."""
    run = await repository.find(session, identity, lock=True)
    if run is None or run.state != step:
        return
    if state is State.JUDGED:
        run.judged_at = datetime.now(UTC)
        _step(run, State.JUDGED)
        return
    ended = await _over(session, run, state, keep_days=LISTS.keep_taken_days)
    if state is State.TAKEN:
        event = NationalsImported(taken=run.taken, known=run.known, refused=run.refused, kind=run.kind or "", imported_at=ended)
        await emit(session, event, subject=run.id, sequence=run.version)


async def _over(session: AsyncSession, run: NationalImport, state: State, *, keep_days: int) -> datetime:
    """When it ended; its file is deleted `keep_days` later."""
    run.ended_at = ended = datetime.now(UTC)
    _step(run, state)
    await schedule(session, ended + timedelta(days=keep_days), SWEEP, run.id)
    return ended


async def sample(session: AsyncSession, files: Files, caller: Caller, run: NationalImport) -> SampleOut:
    """Rows from all over the file, as they will be taken: what a second person looks at. The read is logged."""
    _at(run, State.JUDGING, State.JUDGED)
    parts = await repository.parts_of(session, run.id)
    await record_access(session, caller, [run.id], record_type=RECORD, purpose="release", fields=("sample",))
    judge = Judge(plan_of(run), LISTS)
    shown: list[SampleRow] = []
    for record in await _spread(files, parts, run):
        if not judge.is_empty(record):
            person, found = judge(record)
            shown.append(SampleRow(line=record.line, person=asdict(person) if person else None, problems=views.problems_of(found)))
    return SampleOut(items=shown[:SAMPLED])


async def _spread(files: Files, parts: Sequence[ImportPart], run: NationalImport) -> list[Record]:
    """The first rows of some stretches, evenly over the file. In the midst of it lines are not numbered: nobody counted them yet."""
    found: list[Record] = []
    size = run.length - run.rows_begin
    for number in range(STRETCHES if size > HEAD else 1):
        start = run.rows_begin + size * number // STRETCHES
        content = await _stretch(files, parts, start, HEAD // 4)
        splitter = Splitter(_dialect(run), start, 2 if number == 0 else 0)
        records = splitter.feed(content, last=start + len(content) >= run.length)
        if number == 0 and size <= HEAD:
            return records
        # Where a stretch begins is as a rule the midst of a row.
        found += [Record(0, one.raw) for one in records[1 : 1 + SAMPLED // STRETCHES]]
    return found


def plan_of(run: NationalImport) -> Plan:
    """How its rows are read: by the day on which they were judged first, also when they are taken days later."""
    return Plan(_dialect(run), run.columns, run.country, (run.judging_at or run.at).astimezone(DHAKA).date())


def _dialect(run: NationalImport) -> Dialect:
    return Dialect(run.delimiter or ",", len(run.headers))


def _from_the_first_row(run: NationalImport) -> None:
    run.read_to, run.line, run.pace, run.attempts = run.rows_begin, 2, None, 0


def _step(run: NationalImport, state: State) -> None:
    run.state = state
    run.version += 1


def _at(run: NationalImport, *states: State) -> None:
    if run.state not in states:
        raise rules.WrongStateError(state=run.state)


def _not_at(run: NationalImport, state: State) -> None:
    if run.state == state:
        raise rules.WrongStateError(state=run.state)


def timers(files: Files) -> Mapping[str, TimerHandler]:
    async def sweep(session: AsyncSession, due: DueTimer) -> None:
        """The file of an import that is over, or that nobody brought to its end in time. What was said of its rows stays."""
        run = await repository.find(session, due.record, lock=True)
        if run is None or run.state == State.TAKING:
            return
        for part in await repository.parts_of(session, run.id):
            await files.delete(part.file_id)
        await repository.forget_parts(session, run.id)
        if run.state not in OVER:
            run.ended_at = datetime.now(UTC)
            _step(run, State.LAPSED)

    return {SWEEP: sweep}
