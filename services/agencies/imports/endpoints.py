"""The HTTP edge of imports: the file itself is the body."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from services.agencies.imports import service
from services.agencies.imports.access import Importer, ImportReader
from services.agencies.imports.models import ImportRun
from services.agencies.imports.schemas import ImportOut, ImportRow

router = APIRouter(prefix="/v1/agencies/imports", tags=["imports"])

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "CSV (UTF-8) or the first sheet of a workbook (.xlsx); first the names of columns; at most 5 MiB, 20,000 rows.",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("text/csv", XLSX)},
    },
}
Mode = Annotated[
    Literal["all", "good"], Query(description="`all`: one bad row keeps all others out. `good`: the good rows load, the bad ones are told.")
]


@router.post("/{kind}", status_code=201, response_model=ImportOut, openapi_extra=_FILE)
async def import_spreadsheet(
    kind: Literal["register", "deployments"], request: Request, caller: Importer, session: SessionDep, once: OnceDep, mode: Mode = "all"
) -> Response:
    """Answers 201 also where nothing was loaded: what was read is kept, with the reasons of each row. `loaded` says which."""
    body = await request.body()

    async def effect() -> ImportOut:
        return _view(await service.KINDS[kind](session, caller, body, mode))

    return await once(caller.subject, effect, location=lambda run: f"/v1/agencies/imports/{run.id}")


@router.get("")
async def list_imports(_: ImportReader, session: SessionDep, paging: PagingDep) -> Page[ImportRow]:
    """Newest first, without the rows."""
    runs = await service.list_imports(session, paging)
    return paging.page(runs, lambda one: Position(one.imported_at, one.id), lambda one: ImportRow.model_validate(one.model_dump()))


@router.get("/{import_id}")
async def read_import(import_id: UUID, _: ImportReader, session: SessionDep) -> ImportOut:
    return _view(await service.get_import(session, import_id))


def _view(run: ImportRun) -> ImportOut:
    return ImportOut.model_validate(run.model_dump())
