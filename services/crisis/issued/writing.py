"""What this house issues, as CAP 1.2 (OASIS, 2010), in English and Bangla: an officer's own alert, its end, a country's posture."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from lxml import etree

from contracts.days import DHAKA

CAP: Final = "urn:oasis:names:tc:emergency:cap:1.2"
ATOM: Final = "http://www.w3.org/2005/Atom"
LEAST_KM: Final = 0.001


@dataclass(frozen=True, slots=True)
class Words:
    """What one language says."""

    language: str
    event: str
    headline: str
    description: str
    instruction: str | None
    sender_name: str
    area: str


@dataclass(frozen=True, slots=True)
class Issue:
    """One message. `circle`: latitude, longitude, kilometres; `polygon`: closed, WGS 84. Neither: the whole countries.

    `kind`: CAP's msgType; an Update or a Cancel names in `references` what it acts on.
    """

    sender: str
    identifier: str
    sent: datetime
    status: str
    countries: Sequence[str]
    words: Sequence[Words]
    category: str
    response: str
    urgency: str
    severity: str
    certainty: str
    expires: datetime
    kind: Literal["Alert", "Update", "Cancel"] = "Alert"
    references: str | None = None
    circle: tuple[float, float, float] | None = None
    polygon: Sequence[tuple[float, float]] = ()


def _plain(namespace: str) -> Any:
    """Without a prefix; the stubs of lxml do not know that None names the default namespace."""
    return {None: namespace}


def written(issue: Issue) -> bytes:
    """The document, its elements in the order of the schema (CAP 1.2 §3.4)."""
    alert = etree.Element(f"{{{CAP}}}alert", nsmap=_plain(CAP))
    head = {
        "identifier": issue.identifier,
        "sender": issue.sender,
        "sent": instant(issue.sent),
        "status": issue.status,
        "msgType": issue.kind,
        "scope": "Public",
        "references": issue.references,
    }
    _children(alert, head)
    for words in issue.words:
        info = etree.SubElement(alert, f"{{{CAP}}}info")
        said = {
            "language": words.language,
            "category": issue.category,
            "event": words.event,
            "responseType": issue.response,
            "urgency": issue.urgency,
            "severity": issue.severity,
            "certainty": issue.certainty,
            "effective": instant(issue.sent),
            "expires": instant(issue.expires),
            "senderName": words.sender_name,
            "headline": words.headline,
            "description": words.description,
            "instruction": words.instruction,
        }
        _children(info, said)
        _area(info, issue, words.area)
    return etree.tostring(alert, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _area(info: etree._Element, issue: Issue, description: str) -> None:
    area = etree.SubElement(info, f"{{{CAP}}}area")
    circle = _circle(*issue.circle) if issue.circle else None
    polygon = " ".join(f"{_degrees(lat)},{_degrees(lon)}" for lat, lon in issue.polygon) or None
    _children(area, {"areaDesc": description, "polygon": polygon, "circle": circle})
    for country in issue.countries:
        geocode = etree.SubElement(area, f"{{{CAP}}}geocode")
        _children(geocode, {"valueName": "ISO3166-1", "value": country})


def _circle(latitude: float, longitude: float, km: float) -> str:
    """No radius is so small that it is written as none."""
    return f"{_degrees(latitude)},{_degrees(longitude)} {_degrees(max(km, LEAST_KM))}"


def _degrees(value: float) -> str:
    """To a tenth of a metre, and never with an exponent, which CAP does not know."""
    return f"{round(value, 6) + 0.0:.6f}".rstrip("0").rstrip(".")


def _children(parent: etree._Element, values: dict[str, str | None]) -> None:
    for name, value in values.items():
        if value is not None:
            etree.SubElement(parent, f"{{{CAP}}}{name}").text = value


def reference(sender: str, identifier: str, sent: datetime) -> str:
    """A message as `references` names it (CAP 1.2 §3.2.1): a fraction of a second that it was sent with belongs to its name."""
    return f"{sender},{identifier},{sent.astimezone(DHAKA).isoformat()}"


def instant(at: datetime) -> str:
    """With the offset of Dhaka and no fraction: the only form that CAP's schema admits."""
    return at.astimezone(DHAKA).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Entry:
    id: str
    title: str
    updated: datetime
    address: str


def feed(title: str, author: str, address: str, entries: Sequence[Entry], now: datetime) -> bytes:
    """An Atom index (RFC 4287) of the documents; readers fetch each from its link."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap=_plain(ATOM))
    updated = max((one.updated for one in entries), default=now)
    _atom(root, {"id": address, "title": title, "updated": instant(updated)})
    _atom(etree.SubElement(root, f"{{{ATOM}}}author"), {"name": author})
    etree.SubElement(root, f"{{{ATOM}}}link", rel="self", href=address)
    for one in entries:
        entry = etree.SubElement(root, f"{{{ATOM}}}entry")
        _atom(entry, {"id": f"urn:probashi:cap:{one.id}", "title": one.title, "updated": instant(one.updated)})
        etree.SubElement(entry, f"{{{ATOM}}}link", rel="alternate", type="application/cap+xml", href=one.address)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _atom(parent: etree._Element, values: dict[str, str]) -> None:
    for name, value in values.items():
        etree.SubElement(parent, f"{{{ATOM}}}{name}").text = value
