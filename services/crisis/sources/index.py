"""Reading the index of a feed: RSS 2.0 or Atom (RFC 4287), whose entries lead to messages or hold them. Pure.

What an entry offers besides (pictures, <resource> URIs) is never asked for: only what is said to be a warning.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

from lxml import etree

from contracts.places import COUNTRIES
from contracts.text import Text
from kit.errors import ProblemError
from services.crisis.warnings import cap
from services.crisis.warnings.countries import alpha_2

MOST_ENTRIES: Final = 500
LONGEST_LINK: Final = 2_000
CAP_TYPE: Final = "application/cap+xml"
_ATOM: Final = "{http://www.w3.org/2005/Atom}"
_GDACS: Final = "{http://www.gdacs.org}"


class NotAFeedError(ProblemError):
    status = 422
    slug = "not-a-feed"
    title = Text("What was read there is neither a feed nor a warning.", "সেখানে যা পাওয়া গেছে তা ফিডও নয়, সতর্কবার্তাও নয়।")


@dataclass(frozen=True, slots=True)
class Entry:
    """`key` changes with the entry, so that a message that is written anew under its old address is read anew.

    `named`: countries that the index names beside it. `inline`: the message itself where the entry holds it.
    """

    link: str
    key: str
    named: tuple[str, ...] = ()
    inline: bytes | None = None


def entries(raw: bytes, base: str, *, plain_http: bool) -> tuple[Entry, ...]:
    """Raises `MalformedBodyError`, `NotAFeedError`. An entry that leads nowhere is left out; of two for one address the first counts."""
    root = cap.tree(raw)
    name = etree.QName(root).localname
    if name == "alert":
        return (Entry(base, _key(root), inline=raw),)
    if name not in {"rss", "feed", "RDF"}:
        raise NotAFeedError
    found: dict[str, Entry] = {}
    for node in root.iter("{*}item", "{*}entry"):
        if len(found) == MOST_ENTRIES:
            break
        if (entry := _entry(node, base, plain_http=plain_http)) is not None:
            found.setdefault(entry.link, entry)
    return tuple(found.values())


def _entry(node: etree._Element, base: str, *, plain_http: bool) -> Entry | None:
    alert = next(node.iter("{*}alert"), None)
    inline = None if alert is None else etree.tostring(alert, encoding="utf-8", with_tail=False)
    link = next((one for one in (_addressed(text, base, plain_http=plain_http) for text in _links(node)) if one), None)
    if link is None and inline is not None:
        link = f"{base}#{hashlib.sha256(inline).hexdigest()[:32]}"
    return None if link is None else Entry(link, _key(node), _named(node), inline)


def _links(node: etree._Element) -> Iterator[str]:
    """What is said to be CAP comes before what is only a link."""
    typed = [one for one in node.iter(f"{_ATOM}link", "enclosure") if one.get("type", "").lower().startswith(CAP_TYPE)]
    yield from (one.get("href") or one.get("url") or "" for one in typed)
    yield from (one.text or "" for one in node.iter(f"{_GDACS}cap"))
    plain = [one for one in node.iterchildren(f"{_ATOM}link") if one.get("rel", "alternate") == "alternate"]
    yield from (one.get("href", "") for one in plain)
    yield from (one.text or "" for one in node.iterchildren("link", "{http://purl.org/rss/1.0/}link"))
    yield from (one.text or "" for one in node.iterchildren(f"{_ATOM}id", "guid"))


def _addressed(text: str, base: str, *, plain_http: bool) -> str | None:
    """An old http link of a source that is read by https is asked for by https: indexes lag behind their servers."""
    link = urljoin(base, text.strip()) if text.strip() else ""
    if not plain_http and link.startswith("http://"):
        link = f"https://{link.removeprefix('http://')}"
    return link if urlsplit(link).scheme in {"http", "https"} and len(link) <= LONGEST_LINK else None


def _named(node: etree._Element) -> tuple[str, ...]:
    codes = [code.strip().upper() for one in node.iter(f"{_GDACS}iso3") for code in (one.text or "").replace(";", ",").split(",")]
    return tuple(dict.fromkeys(known for code in codes if code.isalnum() and (known := alpha_2(code)) in COUNTRIES))


def _key(node: etree._Element) -> str:
    return hashlib.sha256(etree.tostring(node, method="c14n", with_tail=False)).hexdigest()[:32]
