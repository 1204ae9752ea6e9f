"""Use cases of open data: one file of an edition, which is the register with one published quarter."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.framework.activity_map import load_map
from contracts.framework.register import load as load_register
from kit.spreadsheet import as_csv
from services.monitor.committees import service as committees
from services.monitor.evidence import lists as publication
from services.monitor.evidence import service as evidence
from services.monitor.evidence.service import Mark
from services.monitor.opendata import lists, rules
from services.monitor.opendata.rules import Row

LATEST: Final = "latest"


KEPT: Final = 8


@dataclass(frozen=True, slots=True)
class File:
    content: bytes
    tag: str


@dataclass(frozen=True, slots=True)
class _Edition:
    mark: tuple[Mark, tuple[int, bool]]
    files: Mapping[str, File]


class Editions:
    """Editions as this process made them, the last few asked for: one is made again when a figure that it tells has changed."""

    def __init__(self) -> None:
        self._kept: dict[str, _Edition] = {}
        self._making = asyncio.Lock()

    async def read_file(self, session: AsyncSession, edition: str, file: str) -> tuple[str, File]:
        """The quarter and the file. Raises `UnknownFileError`, `NotYetPublishedError`."""
        name = file.rpartition(".")[0]
        if file != rules.DESCRIPTOR and name not in lists.load().tables:
            raise rules.UnknownFileError
        quarter, figures = await evidence.mark_of(session, None if edition == LATEST else edition)
        mark = (figures, await committees.mark_of(session, quarter))
        async with self._making:  # many who ask at once wait for one
            kept = self._kept.pop(quarter, None)
            if kept is None or kept.mark != mark:
                kept = _Edition(mark, await _made(session, quarter))
            self._kept[quarter] = kept
            while len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]
        return quarter, kept.files[file]


async def _made(session: AsyncSession, quarter: str) -> dict[str, File]:
    _, divisions = await evidence.published(session, quarter)
    counted = rules.committee_rows(quarter, await committees.by_district(session, quarter))
    rows = rules.register_rows(load_register(), load_map()) | {"figures": rules.figure_rows(quarter, divisions), "committees": counted}
    files = {f"{table}.{each}": _written(table, each, found) for table, found in rows.items() for each in ("csv", "json")}
    described = orjson.dumps(rules.descriptor(lists.load(), quarter, _version(), files), option=orjson.OPT_INDENT_2)
    return {
        name: File(content, f'"{sha256(content).hexdigest()[:32]}"') for name, content in {**files, rules.DESCRIPTOR: described}.items()
    }


def _written(name: str, kind: str, rows: Sequence[Row]) -> bytes:
    table = lists.load().tables[name]
    if kind == "csv":
        return as_csv([list(table.columns), *rows]).encode()
    return orjson.dumps(rules.as_records(table, rows), option=orjson.OPT_INDENT_2)


def _version() -> str:
    """Dictionary, register, map, days of publication: whichever of them changes, the package is another version."""
    return ".".join(str(one.version) for one in (lists.load(), load_register(), load_map(), publication.load()))
