"""Every collected file, brought in as a source would bring it: what became of it stands in one table.

The files are not of this project and not in its tree; without them the table is skipped. What they taught is tested on messages of the
project's own in the other files of this folder.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from kit.errors import ProblemError
from services.crisis.directory import load
from services.crisis.lineage.judging import judge, node_of
from services.crisis.lineage.rules import verdicts
from services.crisis.sources import index
from services.crisis.warnings import cap, reading
from services.crisis.warnings.rules import State

SAMPLES: Final = Path(__file__).parents[4] / "shared" / "data" / "cap"
SOURCES: Final = load().sources
TODAY: Final = date(2026, 11, 26)
# What is beside the messages: schemas of CAP and of feeds, certificates.
NO_MESSAGES: Final = frozenset({".xsd", ".rng", ".pem"})

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the messages collected in ../shared/data/cap are not on this machine")

# file → the problem that it is set aside with, and of an index what became of each message inside of it.
# Or: state, kind of danger, countries and on what evidence, what was mended or is missing.
BECAME: Final[dict[str, str]] = {
    "gdacs-rss-24h.xml": "cap-invalid · index of 21",
    "gdacs-rss-7d.xml": "cap-invalid · index of 115",
    "gdacs-rss.xml": "cap-invalid · index of 16",
    "gdacs-1.xml": "cap-invalid · index of 4",
    "gdacs-2.xml": "cap-invalid · index of 1",
    "amber.atom": "cap-invalid · index of 1, inside: standing · rescue · US · by geocode · whole countries",
    "australia.cap": "standing · fire · AU · by geocode · shape",
    "bushfire_invalid.edxlde": "cap-invalid",
    "bushfire_valid.edxlde": "cap-invalid",
    "canada.cap": "ended · thunderstorm · CA · by geocode · shape",
    "canada_errors.cap": "ended · thunderstorm · CA · by geocode · shape · +update-without-references",
    "canada_signed.atom": "cap-invalid · index of 1, inside: standing · met · CA · by geocode · shape · +polygon-mended",
    "canada_signed.cap": "standing · met · CA · by geocode · shape · +polygon-mended",
    "earthquake-iso8859-1.cap": "standing · earthquake · SV · by geometry · shape · +circle-without-radius",
    "earthquake.cap": "standing · earthquake · TO · by geometry · shape · +circle-without-radius",
    "earthquake_index.atom": "cap-invalid · index of 1",
    "earthquake_signed.cap": "standing · earthquake · US · by geometry · shape · +circle-without-radius",
    "empty_weather_index.atom": "cap-invalid · index of 0",
    "invalid.cap": "alert-without-country",
    "invalid.rss": "cap-invalid · index of 0",
    "invalid_element.atom": "cap-invalid · index of 1",
    "no_entries.atom": "cap-invalid · index of 0",
    "no_id.atom": "cap-invalid · index of 0",
    "no_link.atom": "cap-invalid · index of 1",
    "no_optional_fields.cap": "cap-invalid",
    "no_title.atom": "cap-invalid · index of 1",
    "noaa_errors.cap": "standing · flood · US · by geocode · shape · +severity-unknown · +urgency-unknown · +certainty-unknown",
    "ny_index.rss": "cap-invalid · index of 2",
    "wcatwc-warning.cap": "standing · tsunami · US · by geocode · whole countries",
    "weather.atom": "cap-invalid · index of 1, inside: standing · flood · US · by geocode · whole countries",
    "weather.cap": "standing · flood · US · by geocode · whole countries",
    "weather_index.atom": "cap-invalid · index of 2",
    "weather_invalid.atom": "cap-invalid · index of 1, inside: standing · flood · US · by source · whole countries",
    "xee.atom": "malformed-body",
    "xee.cap": "malformed-body",
    "amber.rss": "cap-invalid · index of 1",
    "earthquake.atom": "cap-invalid · index of 1, inside: standing · earthquake · MX,US · by geometry · shape · +circle-without-radius",
    "thunderstorm.cap": "standing · thunderstorm · US · by geocode · shape",
    "43b080713727.cap": "standing · security · US · by source · whole countries",
    "KAR0-0306112239-SW.cap": "standing · rescue · US · by geocode · whole countries",
    "google-PAAQ-4-mg5a94.xml": "ended · tsunami · US · by source · shape · +circle-without-radius",
    "ipaws-5e6dd964023f1930ef638846.xml": "standing · other · US · by geocode · whole countries",
    "ipaws-5e6dd9de023f1930ef6548d9.xml": "notice · - · - · by none · whole countries",
    "ipaws-5e6ddbad023f1930ef6c1a5a.xml": "standing · safety · US · by geocode · whole countries",
    "ipaws-5e7e0fc5023f1930efcf3deb.xml": "standing · geo · US · by geocode · shape",
    "ipaws-5ea321f39fc226a7b44b6874.xml": "standing · unrest · US · by geocode · whole countries",
    "nws-5c2cf27b1f56885d61654dc47fa411d5.xml": "standing · cold · US · by geocode · whole countries",
    "v1dot0_appendix_adot1.xml": "standing · security · US · by source · whole countries",
    "v1dot0_appendix_adot2.xml": "standing · thunderstorm · US · by geocode · shape",
    "v1dot0_appendix_adot3.xml": "standing · earthquake · MX,US · by geometry · shape · +circle-without-radius",
    "v1dot0_appendix_adot4.xml": "standing · rescue · US · by geocode · whole countries",
    "v1dot1_appendix_adot1.xml": "standing · security · US · by source · whole countries",
    "v1dot1_appendix_adot2.xml": "standing · thunderstorm · US · by geocode · shape",
    "v1dot1_appendix_adot3.xml": "standing · earthquake · MX,US · by geometry · shape · +circle-without-radius",
    "v1dot1_appendix_adot4.xml": "standing · rescue · US · by geocode · whole countries",
    "v1dot2_appendix_adot1.xml": "standing · security · US · by source · whole countries",
    "v1dot2_appendix_adot2.xml": "standing · thunderstorm · US · by geocode · shape",
    "v1dot2_appendix_adot3.xml": "ended · earthquake · MX,US · by geometry · shape · +circle-without-radius",
    "v1dot2_appendix_adot4.xml": "standing · rescue · US · by geocode · whole countries",
}


def files() -> Iterator[Path]:
    return (path for path in sorted(SAMPLES.rglob("*")) if path.is_file() and path.suffix not in NO_MESSAGES)


def became_of(raw: bytes) -> str:
    try:
        judged = judge(reading.read(raw), (), (), SOURCES, TODAY)
    except ProblemError as error:
        return error.slug + _what_else(raw)
    message = judged.message
    verdict = verdicts([node_of(judged, by_person=False, vouched=True)])[message.identity]
    shape = "shape" if judged.footprint.shape is not None else "whole countries"
    words = [verdict.state, judged.sketch.hazard or "-", ",".join(judged.concern.countries) or "-", f"by {judged.concern.evidence}", shape]
    return " · ".join([*words, *(f"+{one}" for one in (*message.defects, *judged.footprint.defects))])


def _what_else(raw: bytes) -> str:
    """What is no message may be an index of messages: the messages that a source would fetch, or finds in it."""
    try:
        found = index.entries(raw, "https://feed.test/index", plain_http=False)
    except ProblemError:
        return ""
    if any(one.inline == raw for one in found):
        return ""
    return f" · index of {len(found)}" + "".join(f", inside: {became_of(one.inline)}" for one in found if one.inline is not None)


def test_what_became_of_every_file() -> None:
    assert {path.name: became_of(path.read_bytes()) for path in files()} == BECAME


def test_a_real_cancel_takes_back_what_it_names_when_that_comes_and_nothing_else() -> None:
    """IPAWS: without information, which two of the systems that were looked at drop. What it names is not among the files."""
    nodes = [
        node_of(judge(reading.read(path.read_bytes()), (), ("US",), SOURCES, TODAY), by_person=False, vouched=True)
        for path in sorted(SAMPLES.rglob("ipaws-*.xml"))
    ]
    [cancel] = [one for one in nodes if one.type is cap.MessageType.CANCEL]
    [named] = cancel.references
    late = replace(cancel, identity=named, type=cap.MessageType.ALERT, references=frozenset())
    found = {identity: verdict.state for identity, verdict in verdicts([*nodes, late]).items()}
    assert (found.pop(cancel.identity), found.pop(named)) == (State.NOTICE, State.CANCELLED)
    assert set(found.values()) == {State.STANDING}
