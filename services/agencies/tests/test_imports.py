"""Spreadsheets: good rows, bad rows, and files that mean harm."""

import io
import zipfile
from typing import Any

import pytest
from sqlalchemy import text

from kit.errors import ProblemError
from kit.testing.days import day
from kit.text import day_of
from runner.testing import Running
from services.agencies.imports import spreadsheet
from services.agencies.imports.spreadsheet import Cell

URL = "/v1/agencies"
HEAD = "licence,name_en,name_bn,status,valid_until,district"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def csv_of(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *rows]).encode()


def row(number: int, name: str = "Shapla", *, until: str | None = None, district: str = "BD-13", status: str = "valid") -> str:
    return f"RL-{number:04},{name} (fictional),শাপলা (কাল্পনিক),{status},{until or day(365)},{district}"


def workbook(sheet: str, *, shared: str | None = None, **more: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        if shared is not None:
            archive.writestr("xl/sharedStrings.xml", shared)
        for name, content in more.items():
            archive.writestr(name, content)
    return out.getvalue()


def sheet(*rows: str, doctype: str = "") -> str:
    return f'<?xml version="1.0"?>{doctype}<worksheet xmlns="{SHEET}"><sheetData>{"".join(rows)}</sheetData></worksheet>'


def xml_row(number: int, *cells: str) -> str:
    texts = "".join(f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>' for at, cell in enumerate(cells))
    return f'<row r="{number}">{texts}</row>'


async def send(agencies: Running, body: bytes, mode: str = "all", kind: str = "register", status: int = 201) -> dict[str, Any]:
    answer = await agencies.client("decider").post(f"{URL}/imports/{kind}", params={"mode": mode}, content=body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def half_broken() -> bytes:
    return csv_of(
        row(1),
        row(2, until="31/02/2027"),
        row(3),
        row(3, "Twice"),
        row(4, district="Atlantis"),
        row(5, status="স্থগিত", district="ঢাকা"),
        "RL-0006,=1+1 (fictional),নাম,valid,2027-01-01,BD-13",
        "RL-0007,Bijoy (fictional),kvcjv,valid,2027-01-01,BD-13",
        "RL-0008",
    )


class TestRegister:
    async def test_a_good_list_is_loaded(self, agencies: Running) -> None:
        found = await send(agencies, csv_of(*(row(number) for number in range(1, 8))))
        assert (found["loaded"], found["rows"], found["good"], found["bad"], found["report"]) == (True, 7, 7, 0, [])
        assert len((await agencies.client().get(URL)).json()["items"]) == 7
        assert await agencies.count("licence_event") == 7
        assert await agencies.count("outbox") == 7

    async def test_half_its_rows_broken_none_is_loaded_and_each_is_explained(self, agencies: Running) -> None:
        found = await send(agencies, half_broken())
        assert (found["loaded"], found["good"], found["bad"]) == (False, 3, 6)
        by_row = {one["row"]: one for one in found["report"]}
        assert [number for number, one in by_row.items() if one["result"] == "not_loaded"] == [2, 4, 7]
        assert by_row[3]["reasons"][0]["en"].startswith("valid_until: ")
        assert by_row[5]["reasons"][0] == {"en": "licence: stands in row 4 already.", "bn": "licence: ৪ নম্বর সারিতে আগেই আছে।"}
        assert by_row[6]["reasons"][0]["bn"].startswith("district: এটি জেলার কোড নয়")
        assert "formula" in by_row[8]["reasons"][0]["en"]
        assert "Bijoy" in by_row[9]["reasons"][0]["en"]
        assert {one["en"].partition(":")[0] for one in by_row[10]["reasons"]} == {"name_en", "valid_until", "district"}
        assert await agencies.count("agency") == 0

    async def test_asked_for_the_good_ones_they_are_loaded(self, agencies: Running) -> None:
        found = await send(agencies, half_broken(), "good")
        assert (found["loaded"], found["good"], found["bad"]) == (True, 3, 6)
        shown = (await agencies.client().get(URL)).json()["items"]
        assert [(one["licence"], one["status"], one["district"]) for one in shown] == [
            ("RL-0001", "valid", "BD-13"),
            ("RL-0003", "valid", "BD-13"),
            ("RL-0005", "suspended", "BD-13"),
        ]

    async def test_sent_again_it_is_unchanged_and_what_differs_is_refused(self, agencies: Running) -> None:
        await send(agencies, csv_of(row(1), row(2)))
        found = await send(agencies, csv_of(row(1), row(2, "Another name"), row(3)), "good")
        assert [(one["row"], one["result"]) for one in found["report"]] == [(2, "unchanged"), (3, "refused")]
        assert (found["good"], found["bad"], await agencies.count("agency")) == (2, 1, 3)

    async def test_its_report_is_kept(self, agencies: Running) -> None:
        made = await send(agencies, half_broken())
        reader = agencies.client("auditor")
        assert (await reader.get(f"{URL}/imports/{made['id']}")).json() == made
        listed = (await reader.get(f"{URL}/imports")).json()["items"]
        assert [(one["id"], "report" in one) for one in listed] == [(made["id"], False)]
        assert (await reader.get(f"{URL}/imports/0197b0a0-0000-7000-8000-000000000001")).status_code == 404

    async def test_under_one_key_it_is_one_import(self, agencies: Running) -> None:
        client, key = agencies.client("decider"), {"Idempotency-Key": "import-once"}
        answers = [await client.post(f"{URL}/imports/register", content=csv_of(row(1)), headers=key) for _ in range(2)]
        assert answers[0].json() == answers[1].json()
        assert await agencies.count("agency_import") == 1

    async def test_bangla_headers_digits_days_and_districts(self, agencies: Running) -> None:
        head = "আরএল নং;নাম (ইংরেজি);নাম (বাংলা);অবস্থা;মেয়াদ;জেলা"
        await send(agencies, csv_of("১২;Nodi (fictional);নদী (কাল্পনিক);বৈধ;৩০/০৬/২০৯৯;কুমিল্লা", head=head))
        shown = (await agencies.client().get(f"{URL}/RL-0012")).json()
        assert (shown["valid_until"], shown["district"], shown["licensed"]) == ("2099-06-30", "BD-08", True)

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    async def test_encodings_that_programs_write(self, agencies: Running, encoding: str) -> None:
        await send(agencies, csv_of(row(1)).decode().encode(encoding))
        assert await agencies.count("agency") == 1

    @pytest.mark.parametrize("role", ["agency", "supervisor", "auditor", "service"])
    async def test_others_may_not(self, agencies: Running, role: str) -> None:
        assert (await agencies.client(role).post(f"{URL}/imports/register", content=csv_of(row(1)))).status_code == 403


class TestDeployments:
    HEAD = "licence,year,country,district,sex,skill,workers,with_licence"

    async def lines(self, agencies: Running) -> list[tuple[Any, ...]]:
        async with agencies.sessions() as session:
            query = "select licence, year, sex, workers, version from deployment order by licence, year, sex, version"
            return [tuple(one) for one in await session.execute(text(query))]

    async def test_are_added_changed_and_left_alone(self, agencies: Running) -> None:
        await send(agencies, csv_of(row(1), row(2)))
        first = csv_of("RL 1,2025,sa,BD-08,নারী,domestic,120,", "RL 1,2025,SA,,পুরুষ,skilled,৮০,RL-0002", head=self.HEAD)
        assert (await send(agencies, first, kind="deployments"))["report"] == []
        second = csv_of("RL 1,2025,sa,BD-08,নারী,domestic,130,", "RL 1,2025,SA,,পুরুষ,skilled,80,RL-0002", head=self.HEAD)
        found = await send(agencies, second, kind="deployments")
        assert [(one["row"], one["result"]) for one in found["report"]] == [(2, "changed"), (3, "unchanged")]
        assert await self.lines(agencies) == [
            ("RL-0001", 2025, "female", 120, 1),
            ("RL-0001", 2025, "female", 130, 2),
            ("RL-0001", 2025, "male", 80, 1),
        ]

    async def test_touch_the_agency(self, agencies: Running) -> None:
        await send(agencies, csv_of(row(1), row(2)))
        await send(agencies, csv_of("RL 1,2025,SA,,,,5,", head=self.HEAD), kind="deployments")
        async with agencies.sessions() as session:
            changed = await session.execute(text("select licence from agency where evidence_changed_at is not null"))
            assert list(changed.scalars()) == ["RL-0001"]

    async def test_of_nobody_negative_or_twice_are_refused(self, agencies: Running) -> None:
        await send(agencies, csv_of(row(1)))
        body = csv_of(
            "RL-0009,2025,SA,,,,5,", "RL-0001,2025,SA,,,,-5,", "RL-0001,2025,SA,,,,5,", "RL-0001,2025,SA,,,,6,", "RL-0001,1900,SA,,,,6,",
            "RL-0001,2025,Nowhere,,,,6,", "RL-0001,2024,SA,,,astronaut,6,", head=self.HEAD,
        )  # fmt: skip
        found = await send(agencies, body, "good", "deployments")
        assert (found["good"], found["bad"]) == (1, 6)
        assert [one["row"] for one in found["report"]] == [2, 3, 5, 6, 7, 8]


class TestHostile:
    async def test_a_zip_bomb(self, agencies: Running) -> None:
        bomb = workbook(sheet() + " " * (spreadsheet.MOST_UNPACKED + 1))
        assert len(bomb) < 100_000
        assert (await send(agencies, bomb, status=413))["type"].endswith("spreadsheet-too-large")

    async def test_a_bomb_of_entities(self, agencies: Running) -> None:
        doctype = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;">]>'
        assert (await send(agencies, workbook(sheet(xml_row(1, "&c;"), doctype=doctype)), status=422))["type"].endswith("not-a-spreadsheet")

    async def test_a_file_from_elsewhere_through_an_entity(self, agencies: Running) -> None:
        doctype = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        answer = await send(agencies, workbook(sheet(xml_row(1, "&a;"), doctype=doctype)), status=422)
        assert "root" not in str(answer)

    async def test_a_million_rows(self, agencies: Running) -> None:
        many = "licence,year,country,workers\n" + "1,2,3,4\n" * 600_000
        assert len(many) < spreadsheet.MOST_BYTES
        assert (await send(agencies, many.encode(), kind="deployments", status=413))["type"].endswith("spreadsheet-too-large")

    async def test_too_many_bytes(self, agencies: Running) -> None:
        assert (await send(agencies, b"a" * (spreadsheet.MOST_BYTES + 1), status=413))["status"] == 413

    async def test_a_cell_or_a_row_without_end(self, agencies: Running) -> None:
        assert (await send(agencies, workbook(sheet(xml_row(1, "a" * 200_000))), status=413))["status"] == 413
        assert (await send(agencies, csv_of("x," * 100), status=413))["status"] == 413
        cells = '<c r="ZZZ1"><v>1</v></c>'
        assert (await send(agencies, workbook(sheet(f'<row r="1">{cells}</row>')), status=413))["status"] == 413

    @pytest.mark.parametrize(
        "body",
        [b"", b"PK\x03\x04 no archive", b"\x00\x01\x02", b'licence,"name', workbook("no xml"), workbook(sheet(xml_row(1, "</row>")))],
        ids=["empty", "cut off", "bytes", "open quote", "no xml", "broken xml"],
    )
    async def test_what_is_no_spreadsheet(self, agencies: Running, body: bytes) -> None:
        answer = await send(agencies, body, status=422)
        assert answer["type"].split(":")[-1] in {"not-a-spreadsheet", "columns-missing"}

    async def test_what_is_an_old_one_or_in_an_old_encoding(self, agencies: Running) -> None:
        assert (await send(agencies, b"\xd0\xcf\x11\xe0 xls", status=422))["type"].endswith("old-workbook")
        legacy = csv_of(row(1)).replace("শাপলা".encode(), b"\xa3\xe8\xff")
        assert (await send(agencies, legacy, status=422))["type"].endswith("encoding-not-read")

    async def test_a_workbook_without_a_sheet(self, agencies: Running) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("word/document.xml", "<x/>")
        assert (await send(agencies, out.getvalue(), status=422))["type"].endswith("not-a-spreadsheet")


class TestWorkbook:
    def rows(self, body: bytes) -> list[tuple[int, list[Cell]]]:
        return list(spreadsheet.read(body))

    def test_strings_shared_in_line_and_in_several_styles(self) -> None:
        shared = f'<sst xmlns="{SHEET}"><si><t>এক</t></si><si><r><t>দু</t></r><r><t>ই</t></r><rPh><t>dui</t></rPh></si></sst>'
        cells = '<c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c t="inlineStr"><is><t>তিন</t></is></c><c r="E1"><v>46203</v></c>'
        found = self.rows(workbook(sheet(f'<row r="1">{cells}</row>'), shared=shared))
        assert found == [(1, [Cell("এক"), Cell("দুই"), Cell("তিন"), Cell(""), Cell("46203")])]

    def test_a_formula_is_known_as_one_and_an_error_is_nothing(self) -> None:
        cells = '<c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="e"><v>#REF!</v></c><c r="C1"><v>x</v></c>'
        assert self.rows(workbook(sheet(f'<row r="1">{cells}</row>'))) == [(1, [Cell("2", is_formula=True), Cell(""), Cell("x")])]

    def test_empty_rows_are_passed_over_and_numbers_stay(self) -> None:
        found = self.rows(workbook(sheet(xml_row(1, "a"), xml_row(2, ""), xml_row(9, "b"))))
        assert [number for number, _ in found] == [1, 9]

    def test_a_day_of_a_workbook_is_a_number_of_days(self) -> None:
        assert day_of("46203") == "2026-06-30"
        assert day_of("46203.0") == "2026-06-30"

    @pytest.mark.parametrize("size", [1, 7, 64])
    def test_is_read_the_same_in_pieces_of_any_size(self, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
        body = workbook(sheet(*(xml_row(number, "ক", "খ" * number) for number in range(1, 30))))
        whole = self.rows(body)
        monkeypatch.setattr(spreadsheet, "_PIECE", size)
        assert self.rows(body) == whole

    def test_any_bytes_are_refused_and_none_break_it(self) -> None:
        good = workbook(sheet(xml_row(1, "a", "b")))
        for place in range(0, len(good), 3):
            try:
                self.rows(good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :])
            except ProblemError:
                continue
