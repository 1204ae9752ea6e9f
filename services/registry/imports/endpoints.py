"""The HTTP edge of imports.

A file comes in parts, after tus 1.0 (https://tus.io/protocols/resumable-upload) in what a bad line needs: GET tells `Upload-Offset`, PATCH
sends a part from there.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from starlette.responses import StreamingResponse

from kit.crypto import KeyringDep
from kit.database import SessionDep, Sessions
from kit.files import FilesDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.spreadsheet import MARK, as_csv
from kit.versions import ExpectedVersion, check_version, etag
from services.registry.imports import repository, service, views
from services.registry.imports.access import Importer, ImportReader
from services.registry.imports.models import NationalImport
from services.registry.imports.schemas import ColumnsOut, ImportIn, ImportOut, MappingIn, RefusalIn, ReportOut, SampleOut

router = APIRouter(prefix="/v1/nationals/imports", tags=["imports"])

OCTETS: Final = {"requestBody": {"content": {"application/offset+octet-stream": {}}, "required": True}}
Offset = Annotated[int, Header(alias="Upload-Offset", ge=0)]
REPORTED: Final = 200
WRITTEN: Final = 5_000


@router.post("", status_code=201, response_model=ImportOut)
async def begin_import(wanted: ImportIn, caller: Importer, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    """Announces a file (CSV, UTF-8, first the names of columns). It then comes in parts of `part_size`."""

    async def effect() -> ImportOut:
        return _view(await service.begin(session, keyring, caller, wanted), keyring)

    return await once(caller.subject, effect, location=lambda run: f"/v1/nationals/imports/{run.id}")


@router.get("")
async def list_imports(_: ImportReader, session: SessionDep, keyring: KeyringDep, paging: PagingDep) -> Page[ImportOut]:
    """Newest first."""
    runs = await repository.list_imports(session, paging)
    return paging.page(runs, lambda one: Position(one.at, one.id), lambda one: _view(one, keyring))


# The gateway asks GET where it was asked HEAD.
@router.head("/{import_id}", include_in_schema=False)
@router.get("/{import_id}")
async def read_import(import_id: UUID, _: ImportReader, session: SessionDep, keyring: KeyringDep, response: Response) -> ImportOut:
    """How far it is: for a progress bar, every few seconds. While it arrives, `Upload-Offset` says from which byte on to send."""
    return _answered(await service.get(session, import_id), keyring, response)


@router.patch("/{import_id}", status_code=204, openapi_extra=OCTETS)
async def send_part(import_id: UUID, offset: Offset, _: Importer, session: SessionDep, files: FilesDep, request: Request) -> Response:
    content = await request.body()
    run = await service.get(session, import_id, lock=True)
    await service.take_part(session, files, run, offset, content)
    return Response(status_code=204, headers=_progress(run))


@router.post("/{import_id}/completion")
async def complete_import(
    import_id: UUID, _: Importer, session: SessionDep, keyring: KeyringDep, files: FilesDep, response: Response
) -> ImportOut:
    run = await service.get(session, import_id, lock=True)
    return _answered(await service.complete(session, files, run), keyring, response)


@router.get("/{import_id}/columns")
async def read_columns(import_id: UUID, caller: Importer, session: SessionDep, files: FilesDep) -> ColumnsOut:
    """Each column with what it is taken to be, and its first cells."""
    return await service.columns(session, files, caller, await service.get(session, import_id))


@router.put("/{import_id}/mapping")
async def set_mapping(
    import_id: UUID, said: MappingIn, _: Importer, expected: ExpectedVersion, session: SessionDep, keyring: KeyringDep, response: Response
) -> ImportOut:
    """Settles which column is what, and has every row judged, in the background."""
    run = await _locked(session, import_id, expected)
    return _answered(await service.judge(session, run, said), keyring, response)


@router.get("/{import_id}/sample")
async def read_sample(import_id: UUID, caller: Importer, session: SessionDep, files: FilesDep) -> SampleOut:
    """Rows from all over the file as they will be taken: what whoever releases it looks at."""
    return await service.sample(session, files, caller, await service.get(session, import_id))


@router.get("/{import_id}/report")
async def read_report(
    import_id: UUID,
    _: ImportReader,
    session: SessionDep,
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=REPORTED)] = 50,
) -> ReportOut:
    """What is to be said of rows, by line. A row of which nothing is said was good and new."""
    await service.get(session, import_id)
    rows = await repository.report_of(session, import_id, after=after, limit=limit + 1)
    shown = rows[:limit]
    return ReportOut(items=[views.row_of(one) for one in shown], next=shown[-1].line if len(rows) > limit else None)


@router.get("/{import_id}/report.csv", response_class=StreamingResponse)
async def download_report(
    import_id: UUID, _: ImportReader, session: SessionDep, request: Request, language: Literal["en", "bn"] = "en"
) -> StreamingResponse:
    await service.get(session, import_id)
    name = f"import-{import_id.hex[-8:]}.csv"
    return StreamingResponse(
        _written(request.state.sessions, import_id, language),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _written(sessions: Sessions, import_id: UUID, language: str) -> AsyncIterator[str]:
    """Page by page, each in a transaction of its own: a report of a million lines is never held, nor is a connection for its reader."""
    yield as_csv([[one.in_language(language) for one in views.CSV_HEAD]])
    after = 0
    while True:
        async with sessions.begin() as session:
            rows = await repository.report_of(session, import_id, after=after, limit=WRITTEN)
        if not rows:
            return
        after = rows[-1].line
        yield as_csv(views.csv_rows(rows, language)).removeprefix(MARK)


@router.post("/{import_id}/release")
async def release_import(
    import_id: UUID, caller: Importer, expected: ExpectedVersion, session: SessionDep, keyring: KeyringDep, response: Response
) -> ImportOut:
    """By another person than the one who brought it: the good rows are added to the register, in the background."""
    run = await _locked(session, import_id, expected)
    return _answered(await service.release(session, run, caller), keyring, response)


@router.post("/{import_id}/refusal")
async def refuse_import(
    import_id: UUID, said: RefusalIn, _: Importer, expected: ExpectedVersion, session: SessionDep, keyring: KeyringDep, response: Response
) -> ImportOut:
    run = await _locked(session, import_id, expected)
    return _answered(await service.refuse(session, keyring, run, said.because), keyring, response)


async def _locked(session: SessionDep, import_id: UUID, expected: int) -> NationalImport:
    run = await service.get(session, import_id, lock=True)
    check_version(expected, run.version)
    return run


def _progress(run: NationalImport) -> dict[str, str]:
    return {"Tus-Resumable": "1.0.0", "Upload-Offset": str(run.received), "Upload-Length": str(run.length), "Cache-Control": "no-store"}


def _answered(run: NationalImport, keyring: KeyringDep, response: Response) -> ImportOut:
    response.headers.update({"ETag": etag(run.version), **_progress(run)})
    return _view(run, keyring)


def _view(run: NationalImport, keyring: KeyringDep) -> ImportOut:
    return views.import_of(run, keyring, service.PART)
