"""CAP's own schemas, where they are on this machine: what this house issues is valid by them, and its advice says what they say.

They came with the collected messages and are not of this project; elsewhere the tests of them are skipped, and `advice` alone judges.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from lxml import etree

from services.crisis.issued import writing
from services.crisis.sources import advice
from services.crisis.tests.test_files import SAMPLES, files
from services.crisis.warnings import cap

Cap = Callable[..., bytes]
SCHEMAS: Final = SAMPLES / "google+cap-library" / "schema"
# What `advice` names beside the faults that a schema can see: recommendations, and what stands inside of a text.
SEEN_BY_NO_SCHEMA: Final = (
    "-recommended",
    "-discouraged",
    "headline-",
    "description-repeats",
    "-forbidden-characters",
    "polygon-",
    "circle-",
)
ALSO_NONE: Final = frozenset({"area-without-shape"})

with_schemas = pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the schemas collected in ../shared/data/cap are not on this machine")


@cache
def _schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(path))


def faults(raw: bytes) -> list[str]:
    """Why it is no valid CAP 1.2, by the schema of the standard; nothing where the schema is not on this machine."""
    if not SCHEMAS.is_dir():
        return []
    schema = _schema(SCHEMAS / "cap12.xsd")
    return [] if schema.validate(cap.tree(raw)) else [str(schema.error_log)]


def issued(**changed: Any) -> bytes:
    now = datetime.now(UTC)
    words = [
        writing.Words("en-GB", "Flood", "Leave", "Water rises.", "Go up.", "The ministry", "Tyre"),
        writing.Words("bn-BD", "বন্যা", "সরে যান", "পানি বাড়ছে।", None, "মন্ত্রণালয়", "টায়ার"),
    ]
    known = {
        "sender": "duty@probashi.test", "identifier": "bd-1", "sent": now, "status": "Actual", "countries": ["LB"], "words": words,
        "category": "Safety", "response": "Shelter", "urgency": "Immediate", "severity": "Extreme", "certainty": "Observed",
        "expires": now + timedelta(hours=6),
    }  # fmt: skip
    return writing.written(writing.Issue(**{**known, **changed}))


EARLIER: Final = writing.reference("duty@probashi.test", "bd-0", datetime(2026, 11, 20, 10, 0, 0, 250_000, tzinfo=UTC))


class TestIssued:
    @pytest.mark.parametrize(
        "changed",
        [
            {},
            {"circle": (33.27, 35.2, 20)},
            {"polygon": [(33.1, 35.1), (33.2, 35.1), (33.2, 35.3), (33.1, 35.1)]},
            {"countries": ["LB", "SY"]},
            {"status": "Exercise"},
            {"kind": "Update", "references": EARLIER},
            {"kind": "Cancel", "references": EARLIER, "response": "AllClear", "urgency": "Past", "severity": "Minor"},
        ],
    )
    def test_is_valid_and_reads_back_as_it_was_meant(self, changed: dict[str, Any]) -> None:
        raw = issued(**changed)
        assert faults(raw) == []
        assert {one for one in advice.of(raw) if not one.endswith("-recommended")} <= {"area-without-shape"}
        message = cap.parse(raw)
        assert (message.defects, message.type.value) == ((), str(changed.get("kind", "Alert")).lower())
        assert message.references == (
            {cap.Identity("duty@probashi.test", "bd-0", datetime(2026, 11, 20, 10, 0, 0, 250_000, tzinfo=UTC))}
            if "references" in changed
            else frozenset()
        )
        assert [one.value for one in next(message.areas).geocodes] == changed.get("countries", ["LB"])

    @pytest.mark.parametrize(
        ("circle", "text"),
        [
            ((3.1390123, 101.6869449, 12.5), "3.139012,101.686945 12.5"),
            ((0.00001, -0.0000001, 1e-9), "0.00001,0 0.001"),
            ((-33.0, 100.0, 2_000), "-33,100 2000"),
        ],
    )
    def test_a_place_is_written_to_the_metre_and_without_exponents(self, circle: tuple[float, float, float], text: str) -> None:
        """Six digits in all would move a camp in Kuala Lumpur by fifty metres; 1e-05 is no number to who reads CAP."""
        raw = issued(circle=circle)
        assert next(cap.parse(raw).areas).circles == (text,)
        assert not {"circle-unreadable", "circle-without-radius"} & set(advice.of(raw))
        corners = [(circle[0], circle[1]), (1.0, 1.0), (2.0, 1.0), (circle[0], circle[1])]
        assert next(cap.parse(issued(polygon=corners)).areas).polygons[0].split()[0] == text.split(maxsplit=1)[0]


def seen(raw: bytes) -> set[str]:
    return {one for one in advice.of(raw) if not any(part in one for part in SEEN_BY_NO_SCHEMA)} - ALSO_NONE


@with_schemas
class TestAdvice:
    def test_finds_fault_with_what_the_schema_refuses_and_with_nothing_else(self) -> None:
        """Of each collected message of CAP 1.2."""
        found = {path.name: (faults(raw), seen(raw)) for path in files() if b"cap:1.2" in (raw := path.read_bytes()) and is_alert(raw)}
        assert len(found) >= 15
        assert {name for name, (by_schema, by_us) in found.items() if bool(by_schema) is not bool(by_us)} == set()
        assert any(by_schema for by_schema, _ in found.values())

    @pytest.mark.parametrize(
        "change",
        [
            (b"<status>Actual</status>", b""),
            (b"<scope>Public</scope>", b"<scope>public</scope>"),
            (b"<category>Safety</category>", b"<category>Weather</category>"),
            (b"<category>Safety</category>", b""),
            (b"<sender>", b"<scope>Public</scope><sender>"),
            (b"<status>", b"<note>n</note><status>"),
            (b"<status>", b"<odd/><status>"),
            (b"+00:00</sent>", b"Z</sent>"),
            (b"<urgency>", b"<responseType>Run</responseType><urgency>"),
            (b"<areaDesc>", b"<geocode><value>LB</value></geocode><areaDesc>"),
            (b"</description>", b"</description><resource><resourceDesc>map</resourceDesc></resource>"),
            (b"<headline>", b"<expires>tomorrow</expires><headline>"),
        ],
    )
    def test_on_messages_of_our_own_too(self, cap: Cap, change: tuple[bytes, bytes]) -> None:
        before = cap()
        assert (faults(before), seen(before)) == ([], set())
        after = before.replace(*change)
        assert after != before
        assert faults(after)
        assert seen(after)


def is_alert(raw: bytes) -> bool:
    return bool(etree.QName(cap.tree(raw)).localname == "alert") if b"<!DOCTYPE" not in raw else False
