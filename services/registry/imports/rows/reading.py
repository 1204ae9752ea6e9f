"""Cuts a file of any size into records (RFC 4180), piece by piece: what is held at once is bounded, whatever the file holds.

A file of millions is written by many hands. One quotation mark that is never closed costs its own row and not the rest of the file, a line
without end costs itself, and bytes that are no UTF-8 cost the row they stand in.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

MOST_RECORD: Final = 64 * 1024
MOST_LINES: Final = 30
MOST_COLUMNS: Final = 120
_MARK: Final = b"\xef\xbb\xbf"
_QUOTE: Final = b'"'
DELIMITERS: Final = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file separates its cells, and how many a row has."""

    delimiter: str
    width: int


class NotATableError(Exception):
    """`kind` is `workbook`, `old_workbook`, `utf_16`, `not_utf8`, `no_lines`, `empty` or `too_wide`."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


_BEGINNINGS: Final = ((b"PK\x03\x04", "workbook"), (b"\xd0\xcf\x11\xe0", "old_workbook"), (b"\xff\xfe", "utf_16"), (b"\xfe\xff", "utf_16"))


def header_of(head: bytes, *, is_whole: bool) -> tuple[Dialect, list[str], int]:
    """The dialect, the names of the columns, and how many bytes they take. `head`: the file's first 64 KiB, or all of it.

    Raises `NotATableError`.
    """
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            raise NotATableError(kind)
    line, newline, _ = head.partition(b"\n")
    if not newline and not is_whole:
        raise NotATableError("no_lines")
    try:
        text = line.removeprefix(_MARK).decode().rstrip("\r")
    except UnicodeDecodeError as error:
        raise NotATableError("not_utf8") from error
    if not text.strip() or "\0" in text:
        raise NotATableError("empty")
    delimiter = max(DELIMITERS, key=text.count)
    names = cells_of(text, delimiter)
    if len(names) > MOST_COLUMNS:
        raise NotATableError("too_wide")
    return Dialect(delimiter, len(names)), names, len(line) + len(newline)


def cells_of(text: str, delimiter: str) -> list[str]:
    """The cells of one record. A quotation mark inside a cell is one; what is no row at all is one cell."""
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return [text]


class Record(NamedTuple):
    """`line` is that of the file in which it begins, from 1. `raw` is None for one that is longer than is read."""

    line: int
    raw: bytes | None


class Splitter:
    """Takes a file's bytes in order and gives out whole records.

    `offset` and `line`: where the next record begins; after a last line that does not end the offset is one beyond the file. A reader that
    begins anew at both gives the same records from there.
    """

    def __init__(self, dialect: Dialect, offset: int, line: int) -> None:
        self.offset = offset
        self.line = line
        self._dialect = dialect
        self._held = b""
        self._skipped = 0

    def feed(self, piece: bytes, *, last: bool) -> list[Record]:
        if self._skipped:
            return self._skip(piece, last=last)
        lines = (self._held + piece).split(b"\n")
        rest = lines.pop()
        if last and rest:
            lines.append(rest)
            rest = b""
        records = list(self._records(lines, rest, last=last))
        if len(self._held) > MOST_RECORD:
            self._skipped, self._held = len(self._held), b""
        return records

    def _skip(self, piece: bytes, *, last: bool) -> list[Record]:
        """A line without end: only its length is kept until it ends."""
        before, newline, after = piece.partition(b"\n")
        self._skipped += len(before)
        if not newline and not last:
            return []
        record = Record(self.line, None)
        self.offset += self._skipped + len(newline)
        self.line += 1
        self._skipped = 0
        return [record, *self.feed(after, last=last)]

    def _records(self, lines: list[bytes], rest: bytes, *, last: bool) -> Iterator[Record]:
        """All but what may still go on: it is held back for the next piece."""
        place = 0
        while place < len(lines):
            raw = lines[place]
            taken = 1
            if raw.count(_QUOTE) & 1:
                taken = self._closing(lines, place)
                if taken == 0 and not last and len(lines) - place < MOST_LINES and self._size(lines, place, rest) <= MOST_RECORD:
                    break
                taken = taken or 1
                raw = b"\n".join(lines[place : place + taken])
            yield self._out(raw, taken)
            place += taken
        self._held = b"\n".join([*lines[place:], rest])

    @staticmethod
    def _size(lines: list[bytes], place: int, rest: bytes) -> int:
        return sum(map(len, lines[place:])) + len(rest)

    def _closing(self, lines: list[bytes], place: int) -> int:
        """How many lines a record takes that begins with an open quotation mark; 0 where none closes it into a whole row."""
        length = len(lines[place])
        for end in range(place + 1, min(place + MOST_LINES, len(lines))):
            length += len(lines[end]) + 1
            if length > MOST_RECORD:
                return 0
            if lines[end].count(_QUOTE) & 1 and self._is_whole(b"\n".join(lines[place : end + 1])):
                return end + 1 - place
        return 0

    def _is_whole(self, raw: bytes) -> bool:
        """Strictly: two marks that stand astray, each in a row of its own, close nothing."""
        try:
            cells = next(csv.reader([raw.decode("utf-8", "replace")], delimiter=self._dialect.delimiter, strict=True), [])
        except csv.Error:
            return False
        return len(cells) == self._dialect.width

    def _out(self, raw: bytes, lines: int) -> Record:
        record = Record(self.line, raw if len(raw) <= MOST_RECORD else None)
        self.offset += len(raw) + 1
        self.line += lines
        return record
