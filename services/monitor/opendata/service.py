"""Use cases of open data: one file of an edition, which is the register with one published quarter."""

from collections.abc import Sequence
from typing import Final

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.framework.activity_map import load_map
from contracts.framework.register import load as load_register
from kit.spreadsheet import as_csv
from services.monitor.evidence import lists as publication
from services.monitor.evidence import service as evidence
from services.monitor.opendata import lists, rules
from services.monitor.opendata.rules import Row

LATEST: Final = "latest"


async def read_file(session: AsyncSession, edition: str, file: str) -> tuple[str, bytes]:
    """The quarter and the file's bytes. Raises `UnknownFileError`, `NotYetPublishedError`."""
    name, _, kind = file.rpartition(".")
    if file != rules.DESCRIPTOR and name not in lists.load().tables:
        raise rules.UnknownFileError
    quarter, divisions = await evidence.published(session, None if edition == LATEST else edition)
    rows = rules.register_rows(load_register(), load_map()) | {"figures": rules.figure_rows(quarter, divisions)}
    if file != rules.DESCRIPTOR:
        return quarter, _written(name, kind, rows[name])
    files = {f"{table}.{each}": _written(table, each, found) for table, found in rows.items() for each in ("csv", "json")}
    return quarter, orjson.dumps(rules.descriptor(lists.load(), quarter, _version(), files), option=orjson.OPT_INDENT_2)


def _written(name: str, kind: str, rows: Sequence[Row]) -> bytes:
    table = lists.load().tables[name]
    if kind == "csv":
        return as_csv([list(table.columns), *rows]).encode()
    return orjson.dumps(rules.as_records(table, rows), option=orjson.OPT_INDENT_2)


def _version() -> str:
    """Dictionary, register, map, days of publication: whichever of them changes, the package is another version."""
    return ".".join(str(one.version) for one in (lists.load(), load_register(), load_map(), publication.load()))
