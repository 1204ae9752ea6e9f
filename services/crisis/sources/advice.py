"""What is odd in a message that was read anyway: the schema of CAP 1.2 (OASIS, 2010, §3.4) and its recommendations, as advice.

Written for this project, and not the schema file of the standard: an alert is never refused for a field out of order, and an officer or an
authority is better served by a name for each fault. Never raises; a message that is no XML has the one advice `not-xml`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree

from kit.errors import ProblemError
from services.crisis.warnings import cap

MOST: Final = 60
_LONGEST_HEADLINE: Final = 160
_CAP_12: Final = "urn:oasis:names:tc:emergency:cap:1.2"
_INSTANT: Final = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d$")
_POINT: Final = re.compile(r"^-?\d+(?:\.\d+)?,-?\d+(?:\.\d+)?$")
_CIRCLE: Final = re.compile(r"^-?\d+(?:\.\d+)?,-?\d+(?:\.\d+)? (\d+(?:\.\d+)?)$")
_BAD_NAME: Final = re.compile(r"[\s,<&]")
_LEAST_POINTS: Final = 4

# The children of each element in the order of the schema: how often it stands there (1, ?, *, +).
_SHAPES: Final[Mapping[str, Mapping[str, str]]] = {
    "alert": {
        "identifier": "1", "sender": "1", "sent": "1", "status": "1", "msgType": "1", "source": "?", "scope": "1", "restriction": "?",
        "addresses": "?", "code": "*", "note": "?", "references": "?", "incidents": "?", "info": "*",
    },
    "info": {
        "language": "?", "category": "+", "event": "1", "responseType": "*", "urgency": "1", "severity": "1", "certainty": "1",
        "audience": "?", "eventCode": "*", "effective": "?", "onset": "?", "expires": "?", "senderName": "?", "headline": "?",
        "description": "?", "instruction": "?", "web": "?", "contact": "?", "parameter": "*", "resource": "*", "area": "*",
    },
    "area": {"areaDesc": "1", "polygon": "*", "circle": "*", "geocode": "*", "altitude": "?", "ceiling": "?"},
    "resource": {"resourceDesc": "1", "mimeType": "1", "size": "?", "uri": "?", "derefUri": "?", "digest": "?"},
    "eventCode": {"valueName": "1", "value": "1"},
    "parameter": {"valueName": "1", "value": "1"},
    "geocode": {"valueName": "1", "value": "1"},
}  # fmt: skip
_CODES: Final[Mapping[str, frozenset[str]]] = {
    "status": frozenset({"Actual", "Exercise", "System", "Test", "Draft"}),
    "msgType": frozenset({"Alert", "Update", "Cancel", "Ack", "Error"}),
    "scope": frozenset({"Public", "Restricted", "Private"}),
    "category": frozenset({"Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other"}),
    "responseType": frozenset({"Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"}),
    "urgency": frozenset({"Immediate", "Expected", "Future", "Past", "Unknown"}),
    "severity": frozenset({"Extreme", "Severe", "Moderate", "Minor", "Unknown"}),
    "certainty": frozenset({"Observed", "Likely", "Possible", "Unlikely", "Unknown"}),
}
_RECOMMENDED: Final = ("headline", "description", "instruction", "expires", "senderName", "responseType", "language")
_INSTANTS: Final = frozenset({"sent", "effective", "onset", "expires"})


def of(raw: bytes) -> tuple[str, ...]:
    """Names of faults and omissions, each once, in the order of the message."""
    try:
        root = cap.tree(raw)
    except ProblemError:
        return ("not-xml",)
    return tuple(list(dict.fromkeys([*_faults(root), *_recommendations(root)]))[:MOST])


def _faults(root: etree._Element) -> Iterator[str]:
    namespace = etree.QName(root).namespace
    if namespace != _CAP_12:
        yield "not-cap-1.2"
    for node in root.iter(f"{{{namespace}}}*" if namespace else "*"):
        name = etree.QName(node).localname
        if name in _SHAPES and not (name in {"geocode", "parameter", "eventCode"} and namespace != _CAP_12):
            yield from _shape(name, node, namespace)
        yield from _value(name, (node.text or "").strip())


def _shape(name: str, node: etree._Element, namespace: str | None) -> Iterator[str]:
    expected = list(_SHAPES[name])
    found = [etree.QName(one).localname for one in node.iterchildren("*") if etree.QName(one).namespace == namespace]
    for child, often in _SHAPES[name].items():
        count = found.count(child)
        if count == 0 and often in "1+":
            yield f"{name}-without-{child}"
        if count > 1 and often in "1?":
            yield f"{name}-with-several-{child}"
    known = [expected.index(one) for one in found if one in expected]
    if known != sorted(known):
        yield f"{name}-out-of-order"
    if set(found) - set(expected):
        yield f"{name}-with-unknown-element"


def _value(name: str, text: str) -> Iterator[str]:
    if name in _CODES and text not in _CODES[name]:
        yield f"{name}-not-in-the-list"
    if name in _INSTANTS and not _INSTANT.match(text):
        yield f"{name}-not-in-the-form-of-cap"
    if name in {"identifier", "sender"} and _BAD_NAME.search(text):
        yield f"{name}-with-forbidden-characters"
    if name == "polygon":
        points = text.split()
        if len(points) < _LEAST_POINTS or not all(_POINT.match(one) for one in points):
            yield "polygon-unreadable"
        elif points[0] != points[-1]:
            yield "polygon-not-closed"
    if name == "circle":
        circle = _CIRCLE.match(text)
        if circle is None or not float(circle.group(1)):
            yield "circle-without-radius" if circle else "circle-unreadable"


def _recommendations(root: etree._Element) -> Iterator[str]:
    namespace = etree.QName(root).namespace
    for info in root.iterchildren(f"{{{namespace}}}info"):
        yield from _recommended_of(info, f"{{{namespace}}}")
    if _said(root, f"{{{namespace}}}msgType") in {"Update", "Cancel"} and not _said(root, f"{{{namespace}}}references"):
        yield "references-recommended"


def _recommended_of(info: etree._Element, prefix: str) -> Iterator[str]:
    said = {name: _said(info, prefix + name) for name in _SHAPES["info"]}
    yield from (f"{name}-recommended" for name in _RECOMMENDED if not said[name])
    yield from (f"{name}-unknown-discouraged" for name in ("urgency", "severity", "certainty") if said[name] == "Unknown")
    if len(said["headline"]) > _LONGEST_HEADLINE:
        yield "headline-too-long"
    if said["description"] and said["description"] == said["headline"]:
        yield "description-repeats-headline"
    shapes = [one for area in info.iterchildren(f"{prefix}area") for one in area.iterchildren(f"{prefix}polygon", f"{prefix}circle")]
    if info.find(f"{prefix}area") is not None and not shapes:
        yield "area-without-shape"


def _said(node: etree._Element, tag: str) -> str:
    return (node.findtext(tag) or "").strip()
