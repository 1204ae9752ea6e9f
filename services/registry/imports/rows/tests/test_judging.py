"""What a row says, what is wrong with it, and that a row of a file becomes the same record as a registration of the same person."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest

from contracts.days import DHAKA
from kit.crypto import Keyring, create_keyring
from kit.ids import new_id
from runner.testing import Running
from services.registry.imports.rows import rowbytes
from services.registry.imports.rows.judging import Judge, Person, Plan
from services.registry.imports.rows.lists import LISTS
from services.registry.imports.rows.problems import Found
from services.registry.imports.rows.reading import Dialect, Record
from services.registry.imports.rows.sealing import COLUMNS, Facts, Sealer
from services.registry.imports.rules import proposed_columns
from services.registry.rules import Source
from services.registry.schemas import NationalIn
from services.registry.sealing import Told, rows_of

HEADER: Final = ["name", "name_bn", "sex", "born", "passport", "nid", "phone", "country", "place", "departed", "nominee", "nominee phone"]
GOOD: Final = {
    "name": "Rahima Khatun",
    "name_bn": "রহিমা খাতুন",
    "sex": "মহিলা",
    "born": "০৫/০৬/১৯৯৪",
    "passport": "BX 0123456",
    "nid": "19941234567890123",
    "phone": "+96171123456",
    "country": "লেবানন",
    "place": "Hamra",
    "departed": "45292",
    "nominee": "Abdul Karim",
    "nominee phone": "০১৭১২ ৩৪৫৬৭৮",
}
PLAN: Final = Plan(Dialect(",", len(HEADER)), proposed_columns(HEADER, LISTS), None, date(2026, 11, 26))


def judged(other: dict[str, str] | None = None, plan: Plan = PLAN) -> tuple[Person | None, list[Found]]:
    return Judge(plan, LISTS)(Record(2, ",".join((GOOD | (other or {})).values()).encode()))


class TestARow:
    def test_is_read_in_both_scripts(self) -> None:
        person, found = judged()
        assert found == []
        assert person is not None
        assert (person.country, person.sex, person.birth_year, person.departed) == ("LB", "female", 1994, date(2024, 1, 1))
        assert person.papers == [("passport", "BX 0123456", "BX0123456"), ("nid", "19941234567890123", "1234567890123")]
        assert person.contacts == [("phone", "own", "+96171123456"), ("phone", "family", "+8801712345678")]
        assert person.kin == ("Abdul Karim", "+8801712345678")

    @pytest.mark.parametrize(
        ("other", "problem"),
        [
            ({"name": "", "name_bn": ""}, ("name", "no_name")),
            ({"name": "12345"}, ("name", "name")),
            ({"name": "=HYPERLINK(1)"}, ("name", "formula")),
            ({"name": "x" * 301}, ("name", "long_cell")),
            ({"country": "Atlantis"}, ("country", "country")),
            ({"country": ""}, ("country", "no_country")),
            ({"country": "Bangladesh"}, ("country", "at_home")),
            ({"nid": "1.98E+12"}, ("nid", "excel_number")),
            ({"passport": "", "nid": "", "phone": "", "nominee phone": ""}, ("", "nothing_to_know_by")),
            ({"place": "one,two"}, ("", "cells")),
        ],
    )
    def test_is_refused_for_what_it_cannot_be_taken_with(self, other: dict[str, str], problem: Found) -> None:
        person, found = judged(other)
        assert person is None
        assert problem in found

    @pytest.mark.parametrize(
        ("other", "problem"),
        [
            ({"passport": "B1"}, ("passport", "passport")),
            ({"nid": "123"}, ("nid", "nid")),
            ({"phone": "not known"}, ("phone", "phone")),
            ({"phone": "+9665012345678901"}, ("phone", "phone")),
            ({"born": "31/02/1990"}, ("born", "born")),
            ({"departed": "2027-01-01"}, ("departed", "departed")),
            ({"sex": "x"}, ("sex", "sex")),
        ],
    )
    def test_is_taken_with_a_word_where_something_is_odd(self, other: dict[str, str], problem: Found) -> None:
        person, found = judged(other)
        assert person is not None
        assert found == [problem]

    def test_that_is_no_text_is_refused_alone(self) -> None:
        judge = Judge(PLAN, LISTS)
        assert judge(Record(2, b"\xff\xfe,x"))[1] == [("", "not_utf8")]
        assert judge(Record(2, b"a\0b"))[1] == [("", "nul")]
        assert judge(Record(2, None))[1] == [("", "too_long")]

    def test_takes_the_country_of_the_file_where_it_names_none(self) -> None:
        person, found = judged({"country": ""}, replace(PLAN, country="SA"))
        assert (person.country if person else None, found) == ("SA", [])

    @pytest.mark.parametrize(
        ("written", "read"), [("0501234567", "+966501234567"), ("+880 1712-345678", "+8801712345678"), ("8801712345678", "+8801712345678")]
    )
    def test_reads_a_number_as_the_person_dials_it(self, written: str, read: str) -> None:
        person, _ = judged({"country": "SA", "phone": written})
        assert person is not None
        assert person.contacts[0][2] == read


AT: Final = datetime(2026, 11, 26, 9, tzinfo=UTC)
REGISTERED: Final = {
    "name": "Rahima Khatun",
    "name_bn": "রহিমা খাতুন",
    "country": "LB",
    "kind": "worker",
    "sex": "female",
    "birth_year": 1994,
    "documents": [{"kind": "passport", "number": "BX 0123456"}, {"kind": "nid", "number": "19941234567890123"}],
    "contacts": [{"address": "+96171123456"}],
    "places": [{"kind": "work_site", "country": "LB", "words": "Hamra", "observed_at": datetime(2024, 1, 1, 12, tzinfo=DHAKA)}],
    "kin": [{"name": "Abdul Karim", "relation": "other", "phone": "01712345678"}],
}


class TestARecord:
    async def test_of_a_file_is_that_of_a_registration(self, registry: Running, tmp_path: Path) -> None:
        """Both are stored and read back: what is copied as bytes holds what the register would have written itself."""
        create_keyring(tmp_path / "keys.json")
        keyring = Keyring.load(tmp_path / "keys.json", service="registry")
        person, _ = judged()
        assert person is not None
        sealed = Sealer(keyring, Facts("worker", "import:test", AT, AT))(person)
        told = Told(Source.IMPORT, "import:test", None, AT)
        rows = rows_of(keyring, NationalIn.model_validate(REGISTERED), told, new_id())
        tables = {"national_document": rows.documents, "national_contact": rows.contacts, "national_place": rows.places}
        url = registry.settings.required_database_url()
        connection = await asyncpg.connect(url)
        try:
            for table, columns in COLUMNS.items():
                row = sealed.rows[table] + (rowbytes.text(sealed.reference) if table == "national" else b"")
                await connection.copy_to_table(table, source=_one(rowbytes.whole([row])), columns=columns, format="binary")
            national = await connection.fetchrow("select * from national where id = $1", sealed.id)
            assert _plain(national, "national", keyring) == _plain({**rows.national, "contact_rule": "{}"}, "national", keyring)
            for table, expected in tables.items():
                stored = await connection.fetch(f"select * from {table} where person_id = $1 order by place_in_list", sealed.id)
                assert [_plain(one, table, keyring) for one in stored] == [_plain(one, table, keyring) for one in expected]
        finally:
            await connection.close()


async def _one(content: bytes) -> Any:
    yield content


_SEALED: Final = frozenset({"name", "name_bn", "employer", "household", "kin", "number", "address", "words", "contact_note"})
# What a row has for itself: `packed` the database makes of the rest.
_OWN: Final = frozenset({"id", "person_id", "reference", "packed"})


def _plain(row: Any, table: str, keyring: Keyring) -> dict[str, Any]:
    opened = {name: keyring.open(value, f"{table}.{name}") if name in _SEALED and value else value for name, value in dict(row).items()}
    return {name: str(value) if isinstance(value, str) else value for name, value in opened.items() if name not in _OWN}
