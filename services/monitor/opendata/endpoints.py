"""The HTTP edge of open data: stable addresses, no sign-in, nothing sent twice to who has it (ETag)."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Request, Response

from kit.auth import public
from kit.database import SessionDep
from services.monitor.opendata.service import Editions

router = APIRouter(prefix="/v1/framework", tags=["framework"])
Edition = Annotated[
    str, Path(pattern=r"^(latest|20\d{2}-Q[1-4])$", description="A published quarter, 2026-Q3, whose address stays; or latest.")
]
File = Annotated[str, Path(pattern=r"^[a-z-]{1,40}\.(csv|json)$", description="datapackage.json, or a file that it lists: figures.csv.")]


@router.get(
    "/data/{edition}/{file}",
    dependencies=[public()],
    response_class=Response,
    responses={
        200: {"content": {"application/json": {}, "text/csv": {}}, "description": "The file."},
        304: {"description": "The reader has it already."},
    },
)
async def read_open_data(
    request: Request,
    edition: Edition,
    file: File,
    session: SessionDep,
    if_none_match: Annotated[str | None, Header(max_length=400)] = None,
) -> Response:
    """One file of the open data package (Frictionless). A figure that is left out is marked so; it is never 0."""
    editions: Editions = request.state.editions
    quarter, found = await editions.read_file(session, edition, file)
    headers = {"ETag": found.tag, "Cache-Control": "public, max-age=300", "Content-Disposition": f'inline; filename="{quarter}-{file}"'}
    if if_none_match is not None and _has(if_none_match, found.tag):
        return Response(status_code=304, headers=headers)
    kind = "text/csv; charset=utf-8" if file.endswith(".csv") else "application/json"
    return Response(found.content, media_type=kind, headers=headers)


def _has(if_none_match: str, tag: str) -> bool:
    """RFC 9110, 13.1.2: weak comparison, for a proxy that compresses makes a tag weak."""
    known = {one.strip().removeprefix("W/") for one in if_none_match.split(",")}
    return bool(known & {tag, "*"})
