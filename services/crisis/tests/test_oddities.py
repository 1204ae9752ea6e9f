"""What real messages do, on messages of the project's own: each oddity that was found in the field, and what becomes of it.

The collected messages themselves are read in `test_files`; these are here on every machine.
"""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import pytest

from runner.testing import Running
from services.crisis.decisions.deciding import Circumstances, decided
from services.crisis.decisions.rules import Origin, Outcome, Reason
from services.crisis.tests.conftest import information, written
from services.crisis.tests.test_files import became_of
from services.crisis.tests.test_lineage_service import ALERTS, MET, at, names, partner, states, supervisor, told
from services.crisis.warnings import reading

Cap = Callable[..., bytes]
Post = Callable[..., Awaitable[dict[str, Any]]]
NOW: Final = datetime(2026, 11, 26, tzinfo=UTC)
FIXED: Final = {"identifier": "own-1", "sender": "duty@warnings.test", "sent": "2026-11-20T10:00:00+00:00"}
EARLIER: Final = "duty@warnings.test,own-0,2026-11-20T09:00:00-00:00"
OWN: Final = "duty@warnings.test,own-1,2026-11-20T10:00:00+00:00"
STANDS: Final = "standing · attack · LB · by geocode"


def drawn(*shapes: str) -> str:
    """An area of these shapes, of which no code names the country."""
    return f"<area><areaDesc>The hills</areaDesc>{''.join(shapes)}</area>"


def ring_of(corners: int) -> str:
    turns = (2 * math.pi * step / corners for step in range(corners))
    return " ".join(f"{33.9 + 0.1 * math.sin(turn):.6f},{35.8 + 0.1 * math.cos(turn):.6f}" for turn in turns)


def prefixed(raw: bytes) -> bytes:
    """As some senders write it: each element with a prefix for the namespace."""
    return raw.replace(b"<", b"<cap:").replace(b"<cap:/", b"</cap:").replace(b"<cap:?", b"<?").replace(b"xmlns=", b"xmlns:cap=")


@dataclass(frozen=True, slots=True)
class Odd:
    """`seen`: where it was."""

    seen: str
    raw: bytes
    became: str


ODD: Final = {
    "a Cancel without information": Odd(
        "IPAWS", written(**FIXED, msgType="Cancel", infos="", references=EARLIER), "notice · - · - · by none · whole countries"
    ),
    "a Cancel that names nothing": Odd("GOV.UK", written(**FIXED, msgType="Cancel", infos=""), "cap-invalid"),
    "a Cancel that names only itself": Odd("Macau", written(**FIXED, msgType="Cancel", infos="", references=OWN), "cap-invalid"),
    "a Cancel whose references no rule can read": Odd(
        "GOV.UK", written(**FIXED, msgType="Cancel", infos="", references="own-0"), "cap-invalid"
    ),
    "an Update that names itself": Odd(
        "Macau", written(**FIXED, msgType="Update", references=OWN), f"{STANDS} · whole countries · +update-without-references"
    ),
    "an Update that says AllClear": Odd(
        "Canada",
        written(
            **FIXED, msgType="Update", references=EARLIER,
            infos=information().replace("<urgency>", "<responseType>AllClear</responseType><urgency>"),
        ),
        "ended · attack · LB · by geocode · whole countries",
    ),
    "an Update whose time was over when it was sent": Odd(
        "Canada", written(**FIXED, msgType="Update", references=EARLIER, expires="2026-11-20T09:30:00+00:00"),
        "ended · attack · LB · by geocode · whole countries",
    ),
    "an Alert that calls itself past": Odd("GDACS", written(**FIXED, urgency="Past"), f"{STANDS} · whole countries"),
    "one language twice": Odd(
        "Canada", written(**FIXED, infos=information(language="en-CA") + information(language="en-CA", headline="Two")),
        f"{STANDS} · whole countries",
    ),
    "an address of 700 letters": Odd(
        "WMO", written(**FIXED, infos=information().replace("<area>", f"<web>https://a.test/{'x' * 700}</web><area>", 1)),
        f"{STANDS} · whole countries",
    ),
    "a circle of radius 0": Odd(
        "twelve of fourteen", written(**FIXED, area=drawn("<circle>33.9,35.8 0.0</circle>")),
        "standing · attack · LB · by geometry · shape · +circle-without-radius",
    ),
    "a longitude of −180.4": Odd(
        "GDACS", written(**FIXED, area=drawn("<polygon>-17,-180.4 -17,-179.4 -16,-179.4 -16,-180.4 -17,-180.4</polygon>")),
        "standing · attack · FJ · by geometry · shape · +longitude-carried-round",
    ),
    "41,009 corners": Odd(
        "Burkina Faso", written(**FIXED, area=drawn(f"<polygon>{ring_of(41_009)}</polygon>")),
        "standing · attack · LB · by geometry · shape · +polygon-not-closed · +corners-reduced",
    ),
    "a ring that is not closed": Odd(
        "several", written(**FIXED, area=drawn("<polygon>33.8,35.7 33.8,35.9 34,35.9 34,35.7</polygon>")),
        "standing · attack · LB · by geometry · shape · +polygon-not-closed",
    ),
    "corners in brackets": Odd(
        "GDACS", written(**FIXED, area=drawn("<polygon>(33.8,35.7) (33.8,35.9) (34,35.9) (33.8,35.7)</polygon>")),
        "standing · attack · LB · by geometry · shape · +polygon-stray-signs",
    ),
    "a polygon that is prose, where a code names the country": Odd(
        "several", written(**FIXED, infos=information().replace("</areaDesc>", "</areaDesc><polygon>the old town</polygon>")),
        f"{STANDS} · whole countries · +polygon-stray-signs · +polygon-unreadable",
    ),
    "governorates in one line, an authority that is registered": Odd(
        "Saudi Arabia",
        written(
            **FIXED | {"sender": "warnings@ncm.gov.sa"}, country=None,
            area_name="Asir region - Abha : The entire governorate; Najran region - Najran : The entire governorate",
        ),
        "standing · attack · SA · by source · whole countries",
    ),
    "words for codes that the standard does not have": Odd(
        "NOAA", written(**FIXED, severity="Awful", urgency="Soon", certainty="Very Likely"),
        f"{STANDS} · whole countries · +severity-unknown · +urgency-unknown",
    ),
    "an end that is no time": Odd("several", written(**FIXED, expires="tomorrow"), f"{STANDS} · whole countries · +expires-unreadable"),
    "a beginning that is no time": Odd(
        "several", written(**FIXED, infos=information().replace("<headline>", "<effective>soon</effective><headline>")),
        f"{STANDS} · whole countries · +effective-unreadable",
    ),
    "a prefix on each element": Odd("several", prefixed(written(**FIXED)), f"{STANDS} · whole countries"),
    "Latin-1, declared": Odd(
        "El Salvador", written(**FIXED, area_name="Usulután").decode().replace("UTF-8", "ISO-8859-1").encode("iso-8859-1"),
        f"{STANDS} · whole countries",
    ),
    "no time of sending": Odd("noaa_errors", written(**FIXED | {"sent": None}), "cap-invalid"),
    "no area, an authority that is registered": Odd(
        "the standard",
        written(**FIXED | {"sender": "warnings@ncm.gov.sa"}, area=""),
        "standing · attack · SA · by source · whole countries · +no-area",
    ),
    "no area, and nobody knows whose it is": Odd("the standard", written(**FIXED, area=""), "alert-without-country"),
    "no country": Odd("invalid", written(**FIXED, country=None, area_name="Somewhere"), "alert-without-country"),
    "an entity that reads a file": Odd(
        "xee", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + written(**FIXED).partition(b"?>")[2], "malformed-body"
    ),
    "an include that reads a file": Odd(
        "hostile",
        written(**FIXED).replace(
            b"<description>", b'<description><i:include xmlns:i="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
        ),
        f"{STANDS} · whole countries",
    ),
    "150,000 attributes": Odd(
        "hostile", written(**FIXED).replace(b"<scope>", b"<scope " + b" ".join(b'a%d=""' % one for one in range(150_000)) + b">"),
        f"{STANDS} · whole countries",
    ),
    "200,000 levels": Odd("hostile", written(**FIXED).replace(b"<scope>", b"<a>" * 200_000 + b"<scope>"), "malformed-body"),
    "100,000 elements": Odd("hostile", written(**FIXED).replace(b"<scope>", b"<a/>" * 100_000 + b"<scope>"), "cap-invalid"),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_what_became_of_it(name: str) -> None:
    assert became_of(ODD[name].raw) == ODD[name].became, ODD[name].seen


class TestDecided:
    """Of an official message inside of its own land: whether it would go out by itself."""

    @pytest.mark.parametrize(
        ("changed", "outcome", "reasons", "hints"),
        [
            ({}, Outcome.WINDOW, (), ()),
            ({"status": "Exercise"}, Outcome.WAITS, (Reason.DRILL,), ()),
            ({"status": "Test"}, Outcome.WAITS, (Reason.DRILL,), ()),
            ({"headline": "Bundesweiter Probealarm"}, Outcome.WAITS, (Reason.LOOKS_LIKE_DRILL,), ()),
            ({"description": "هذا تمرين"}, Outcome.WAITS, (Reason.LOOKS_LIKE_DRILL,), ()),
            ({"note": "মহড়া মাত্র"}, Outcome.WAITS, (Reason.LOOKS_LIKE_DRILL,), ()),
            # Macau takes back in prose alone. That is a hint for the officer, and nothing follows from it by itself.
            ({"headline": "Typhoon signal cancelled"}, Outcome.WINDOW, (), ("cancelled",)),
            ({"headline": "颱風信號已取消"}, Outcome.WINDOW, (), ("取消",)),
            ({"headline": "تم إلغاء التحذير"}, Outcome.WINDOW, (), ("إلغاء",)),
            ({"headline": "সতর্কতা প্রত্যাহার করা হলো"}, Outcome.WINDOW, (), ("প্রত্যাহার",)),
            ({"urgency": "Past"}, Outcome.LOGGED, (), ()),
        ],
    )
    def test_by_its_words(
        self, cap: Cap, changed: dict[str, str], outcome: Outcome, reasons: tuple[Reason, ...], hints: tuple[str, ...]
    ) -> None:
        circumstances = Circumstances(Origin.OFFICIAL, trust_tier=1, in_jurisdiction=True)
        inputs, _, made = decided(reading.read(cap(**MET, **changed)), circumstances, NOW)
        assert (made.outcome, made.reasons, inputs.ending_words) == (outcome, reasons, hints)


@dataclass(frozen=True, slots=True)
class Sent:
    """`told`: of which warnings somebody was told; `decided`: how many wait, or go out."""

    messages: tuple[dict[str, str], ...]
    states: dict[str, str]
    told: list[str]
    decided: int


def said(name: str, minute: int, kind: str = "Alert", *, of: str = "", **more: str) -> dict[str, str]:
    named = {"references": of, "infos": ""} if kind == "Cancel" else {"references": of} if of else {}
    return {**MET, "identifier": name, "sent": at(minute), "msgType": kind, **named, **more}


A: Final = said("a", 0)
SEQUENCES: Final = {
    "R1 the same twice": Sent((A, A), {"a": "standing"}, ["a"], 1),
    "R5 a Cancel of one of two branches": Sent(
        (A, said("u", 1, "Update", of=names("a", 0)), said("v", 1, "Update", of=names("a", 0)), said("c", 2, "Cancel", of=names("u", 1))),
        {"a": "superseded", "u": "cancelled", "v": "standing", "c": "notice"},
        ["a", "u", "v"],
        3,
    ),
    "R5 an Update after the Cancel of what it names": Sent(
        (A, said("c", 1, "Cancel", of=names("a", 0)), said("u", 2, "Update", of=names("a", 0))),
        {"a": "cancelled", "c": "notice", "u": "standing"},
        ["a", "u"],
        2,
    ),
    "R7 the Alert after its Cancel": Sent((said("c", 1, "Cancel", of=names("a", 0)), A), {"a": "cancelled", "c": "notice"}, [], 0),
    "R7 the Alert after its Update": Sent((said("u", 1, "Update", of=names("a", 0)), A), {"a": "superseded", "u": "standing"}, ["u"], 1),
    "R7 the Alert after the Update that ends it": Sent(
        (said("u", 1, "Update", of=names("a", 0), urgency="Past"), A), {"a": "ended", "u": "ended"}, [], 1
    ),
    "R11 a Cancel that writes the offset otherwise": Sent(
        (A, said("c", 1, "Cancel", of=f"{MET['sender']},a,2026-11-20T11:00:00+01:00")), {"a": "cancelled", "c": "notice"}, ["a"], 1
    ),
    "R13 a drill's Cancel of a real warning": Sent(
        (A, said("c", 1, "Cancel", of=names("a", 0), status="Exercise")), {"a": "standing", "c": "notice"}, ["a"], 1
    ),
    "a Cancel that names two": Sent(
        (A, said("b", 1), said("c", 2, "Cancel", of=f"{names('a', 0)} {names('b', 1)}")),
        {"a": "cancelled", "b": "cancelled", "c": "notice"},
        ["a", "b"],
        2,
    ),
}


class TestTakenIn:
    @pytest.mark.parametrize("name", SEQUENCES)
    async def test_in_the_order_in_which_they_came(self, crisis: Running, cap: Cap, post: Post, name: str) -> None:
        sent = SEQUENCES[name]
        for message in sent.messages:
            await post(partner(crisis), cap(**message))
        assert (await states(crisis), await told(crisis)) == (sent.states, sent.told)
        assert await crisis.count("alert_decision") == sent.decided
        assert await crisis.count("message_receipt") == len(sent.messages)

    async def test_the_officer_reads_the_hint_of_a_prose_cancellation(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(partner(crisis), cap(**said("a", 0, headline="Signal 8 has been cancelled")))
        answer: httpx.Response = await supervisor(crisis).get(f"{ALERTS}/{alert['id']}/decision")
        assert answer.json()["inputs"]["ending_words"] == ["cancelled"]
        assert await states(crisis) == {"a": "standing"}
