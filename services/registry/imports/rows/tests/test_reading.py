"""A file is cut into the same records however its bytes arrive, and one broken row costs one row."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.registry.imports.rows.reading import MOST_RECORD, Dialect, NotATableError, Record, Splitter, cells_of, header_of

DIALECT = Dialect(",", 3)


def split(content: bytes, sizes: list[int], *, offset: int = 0, line: int = 1) -> list[Record]:
    splitter, found, at = Splitter(DIALECT, offset, line), [], 0
    for size in [*sizes, len(content)]:
        piece = content[at : at + size]
        at += len(piece)
        found += splitter.feed(piece, last=at >= len(content))
        if at >= len(content):
            break
    return found


def lines(records: list[Record]) -> list[tuple[int, bytes | None]]:
    return [(one.line, one.raw) for one in records]


class TestRecords:
    def test_a_cell_over_two_lines_is_one_record(self) -> None:
        assert lines(split(b'a,"b\nc",d\ne,f,g\n', [])) == [(1, b'a,"b\nc",d'), (3, b"e,f,g")]

    def test_a_last_line_without_its_end_counts(self) -> None:
        assert lines(split(b'a,b,c\nd,"e\nf",g', [])) == [(1, b"a,b,c"), (2, b'd,"e\nf",g')]

    def test_a_quotation_mark_that_nothing_closes_costs_its_own_row(self) -> None:
        content = b'a,"b,c\n' + b"d,e,f\n" * 100 + b'g,h",i\nj,k,l\n'
        found = split(content, [])
        assert len(found) == 103
        assert found[0].raw == b'a,"b,c'
        assert found[-1] == Record(103, b"j,k,l")

    def test_two_such_marks_near_each_other_swallow_no_row_between_them(self) -> None:
        assert len(split(b'a,"b,c\nd,e,f\ng,"h,i\n', [])) == 3

    def test_a_line_without_end_costs_itself_and_is_never_held(self) -> None:
        splitter = Splitter(DIALECT, 0, 1)
        found = splitter.feed(b"a,b,c\n", last=False)
        for _ in range(40):
            found += splitter.feed(b"x" * 10_000, last=False)
            assert len(splitter._held) <= MOST_RECORD
        found += splitter.feed(b"\nd,e,f\n", last=True)
        assert lines(found) == [(1, b"a,b,c"), (2, None), (3, b"d,e,f")]
        assert splitter.offset == 6 + 400_001 + 6

    @settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(st.sampled_from(["a,b,c", '"a",b,c', 'a,"b\nb",c', 'a,"b""b",c', 'a,"b,c', "", "ক,খ,গ", "a,b"]), max_size=60),
        st.lists(st.integers(1, 40), max_size=200),
    )
    def test_are_the_same_in_pieces_of_any_size_and_from_any_record_on(self, rows: list[str], sizes: list[int]) -> None:
        content = "\n".join([*rows, "z,z,z\n"]).encode()
        whole = split(content, [])
        assert split(content, sizes) == whole
        splitter = Splitter(DIALECT, 0, 1)
        first = splitter.feed(content[: len(content) // 2], last=False)
        rest = split(content[splitter.offset :], [], offset=splitter.offset, line=splitter.line)
        assert first + rest == whole


class TestHeader:
    @pytest.mark.parametrize(
        ("head", "kind"),
        [
            (b"PK\x03\x04...", "workbook"),
            (b"\xd0\xcf\x11\xe0...", "old_workbook"),
            ("a,b\n".encode("utf-16"), "utf_16"),
            (b"na\xffme,b\n", "not_utf8"),
            (b"\nname\n", "empty"),
            (",".join("x" * 200).encode() + b"\n", "too_wide"),
        ],
    )
    def test_says_what_is_no_table(self, head: bytes, kind: str) -> None:
        with pytest.raises(NotATableError, match=kind):
            header_of(head, is_whole=True)

    def test_refuses_a_first_line_without_end(self) -> None:
        with pytest.raises(NotATableError, match="no_lines"):
            header_of(b"x" * 65_536, is_whole=False)

    def test_reads_a_mark_and_the_separator_of_other_programs(self) -> None:
        dialect, names, size = header_of("\ufeffনাম;দেশ\r\nx;y\r\n".encode(), is_whole=True)
        assert (dialect, names) == (Dialect(";", 2), ["নাম", "দেশ"])
        assert size == len("\ufeffনাম;দেশ\r\n".encode())

    def test_a_quotation_mark_inside_a_cell_is_one(self) -> None:
        assert cells_of('a,12" pipe,c', ",") == ["a", '12" pipe', "c"]
