"""Reads a spreadsheet that a stranger may have made: CSV, or the first sheet of an XLSX workbook. Text in, text out; nothing is computed.

No library: the one that others use for XLSX had its last release in June 2024, and what is needed of the format fits on this page. The
parser is lxml's, without entities or network, and builds no tree. A file is refused for its size before it is unpacked, and its unpacking
is bounded too.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Final

from lxml import etree
from typing_extensions import override

from services.agencies.imports.rules import (
    EncodingError,
    NotASpreadsheetError,
    OldWorkbookError,
    SpreadsheetTooLargeError,
)

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_UNPACKED: Final = 60 * 1024 * 1024
MOST_PARTS: Final = 500
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 60
MOST_IN_CELL: Final = 2_000

_ZIP: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_CELL: Final = re.compile(r"([A-Z]{1,3})[0-9]+")
_SHARED: Final = "xl/sharedStrings.xml"
_PIECE: Final = 65_536


@dataclass(frozen=True, slots=True)
class Cell:
    """`text` as it stands there: a day of a workbook is a number of days. Of a formula only that it is one is known."""

    text: str
    is_formula: bool = False


Row = list[Cell]


def read(body: bytes) -> Iterator[tuple[int, Row]]:
    """Rows that are not empty with their number in the sheet, from 1. What the bytes are is judged by them, not by a name or a header.

    Raises `SpreadsheetTooLargeError`, `NotASpreadsheetError`, `EncodingError`, `OldWorkbookError`, also between two rows.
    """
    if len(body) > MOST_BYTES:
        raise SpreadsheetTooLargeError
    if body.startswith(_OLD_EXCEL):
        raise OldWorkbookError
    rows = _workbook(body) if body.startswith(_ZIP) else _csv(body)
    for count, (number, row) in enumerate(rows):
        if count >= MOST_ROWS + 1 or len(row) > MOST_COLUMNS or any(len(cell.text) > MOST_IN_CELL for cell in row):
            raise SpreadsheetTooLargeError
        if any(cell.text.strip() or cell.is_formula for cell in row):
            yield number, row


def _csv(body: bytes) -> Iterator[tuple[int, Row]]:
    text = _decoded(body)
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in lines:
            # What a spreadsheet program would compute is a formula here too.
            yield lines.line_num, [Cell(cell, cell.startswith("=")) for cell in row]
    except csv.Error as error:
        raise NotASpreadsheetError from error


def _decoded(body: bytes) -> str:
    """UTF-8, or UTF-16 with its mark, as programs write it. Bangla in an encoding of an older font cannot be told from Latin letters."""
    is_utf_16 = body.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = body.decode("utf-16" if is_utf_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise EncodingError from error
    if "\0" in text:
        raise NotASpreadsheetError
    return text


def _workbook(body: bytes) -> Iterator[tuple[int, Row]]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as workbook:
            _refuse_bombs(workbook)
            shared = _shared_strings(workbook)
            with workbook.open(_first_sheet(workbook)) as sheet:
                yield from _rows(sheet, shared)
    except (
        zipfile.BadZipFile,
        etree.XMLSyntaxError,
        LookupError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        zlib.error,
    ) as error:
        raise NotASpreadsheetError from error


def _refuse_bombs(workbook: zipfile.ZipFile) -> None:
    """By the sizes that the archive declares: `zipfile` gives out no byte beyond them."""
    parts = workbook.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise SpreadsheetTooLargeError


def _first_sheet(workbook: zipfile.ZipFile) -> str:
    """The sheets of a workbook are numbered in the order of their making."""
    sheets = [name for name in workbook.namelist() if re.fullmatch(r"xl/worksheets/sheet[0-9]+\.xml", name)]
    if not sheets:
        raise NotASpreadsheetError
    return min(sheets, key=lambda name: int(re.sub(r"\D", "", name.rsplit("/", 1)[1])))


class _Reader:
    """Takes an XML part piece by piece and builds no tree: what is neither text nor cell costs nothing, however much of it there is."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._length = 0
        self._taking = self._silent = False

    def doctype(self, *_: object) -> None:
        raise NotASpreadsheetError

    def start(self, tag: str, _: Mapping[str, str]) -> None:
        # How a word is pronounced (`rPh`) is no part of it.
        self._silent = self._silent or tag == _MAIN + "rPh"
        self._taking = tag in {_MAIN + "t", _MAIN + "v"} and not self._silent

    def data(self, text: str) -> None:
        if self._taking:
            self._length += len(text)
            if self._length > MOST_IN_CELL:
                raise SpreadsheetTooLargeError
            self._text.append(text)

    def end(self, tag: str) -> None:
        self._taking = False
        if tag == _MAIN + "rPh":
            self._silent = False

    def close(self) -> None:
        pass

    def taken(self) -> str:
        text = "".join(self._text)
        self._text.clear()
        self._length = 0
        return text


class _Strings(_Reader):
    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []

    @override
    def end(self, tag: str) -> None:
        super().end(tag)
        if tag == _MAIN + "si":
            self.done.append(self.taken())


class _Sheet(_Reader):
    def __init__(self, shared: Sequence[str]) -> None:
        super().__init__()
        self.done: list[tuple[int, Row]] = []
        self._shared = shared
        self._row: Row = []
        self._number = 0
        self._cell: Mapping[str, str] = {}
        self._is_formula = False

    @override
    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        super().start(tag, attributes)
        if tag == _MAIN + "row":
            self._row, self._number = [], int(attributes.get("r") or self._number + 1)
        elif tag == _MAIN + "c":
            self._cell, self._is_formula = dict(attributes), False
        elif tag == _MAIN + "f":
            self._is_formula = True

    @override
    def end(self, tag: str) -> None:
        super().end(tag)
        if tag == _MAIN + "c":
            self._place(Cell(self._value(self.taken()), self._is_formula))
        elif tag == _MAIN + "row":
            self.done.append((self._number, self._row))

    def _place(self, cell: Cell) -> None:
        place = _column(self._cell.get("r"), len(self._row))
        if place >= MOST_COLUMNS:
            raise SpreadsheetTooLargeError
        self._row += [Cell("")] * (place - len(self._row)) + [cell]

    def _value(self, text: str) -> str:
        match self._cell.get("t"):
            case "s":
                return self._shared[int(text)] if text else ""
            case "e":
                return ""
            case _:
                return text


def _fed(part: IO[bytes], reader: _Reader) -> Iterator[None]:
    """After each piece, so that what is done can be taken. Raises lxml's `XMLSyntaxError`, and what the reader raises."""
    options = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    parser = etree.XMLParser(target=reader, **options)  # type: ignore[arg-type]  # the stubs speak of bytes, the parser gives text
    while piece := part.read(_PIECE):
        parser.feed(piece)
        yield
    parser.close()


def _shared_strings(workbook: zipfile.ZipFile) -> list[str]:
    strings = _Strings()
    if _SHARED in workbook.namelist():
        with workbook.open(_SHARED) as part:
            for _ in _fed(part, strings):
                pass
    return strings.done


def _rows(part: IO[bytes], shared: Sequence[str]) -> Iterator[tuple[int, Row]]:
    sheet = _Sheet(shared)
    for _ in _fed(part, sheet):
        done, sheet.done = sheet.done, []
        yield from done


def _column(reference: str | None, following: int) -> int:
    """`C7` is 2. A cell that does not say where it stands follows the one before it."""
    found = _CELL.fullmatch(reference or "")
    if found is None:
        return following
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return max(number - 1, following)
