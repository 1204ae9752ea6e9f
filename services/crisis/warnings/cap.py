"""Reading a warning in the Common Alerting Protocol (OASIS CAP 1.2; 1.1 and 1.0 leniently): what is refused, what is mended and noted.

Only what makes a message useless refuses it: no identity, no warning. A fault beside that is mended and listed in `defects`,
because a warning lost over a misprint costs more than a misprint shown. No session, no clock, no network.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, NamedTuple, TypeVar

from lxml import etree

from contracts.crisis import Certainty, MessageStatus, Severity, Urgency
from contracts.text import Text
from kit.errors import MalformedBodyError, ProblemError

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_NAME: Final = 255
MAX_INFOS: Final = 40
MAX_REFERENCES: Final = 200
MAX_ELEMENTS: Final = 20_000

NAMESPACES: Final = frozenset(
    {
        "urn:oasis:names:tc:emergency:cap:1.2",
        "urn:oasis:names:tc:emergency:cap:1.1",
        "urn:oasis:names:tc:emergency:cap:1.0",
        "http://www.incident.com/cap/1.0",
    },
)
# A declared encoding is believed only where it leaves no room for a second reading of the same bytes.
ENCODINGS: Final = {"utf-8": "utf-8-sig", "us-ascii": "ascii", "iso-8859-1": "iso-8859-1", "windows-1252": "windows-1252"}
_DECLARED: Final = re.compile(rb"^(?:\xef\xbb\xbf)?<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_INSTANT: Final = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$")

_Code = TypeVar("_Code", bound=StrEnum)


class CapInvalidError(ProblemError):
    status = 422
    slug = "cap-invalid"
    title = Text("The warning message lacks something that it needs.", "সতর্কবার্তায় প্রয়োজনীয় কিছু তথ্য নেই বা ভুল আছে।")


UNKNOWN_REFERENCE: Final = Text(
    "<references> names a message that has not been received here. Name only warnings that stand here.",
    "<references>-এ এমন বার্তার উল্লেখ আছে যা এখানে গৃহীত হয়নি। কেবল এখানে থাকা সতর্কবার্তার উল্লেখ করুন।",
)


class MessageType(StrEnum):
    ALERT = "alert"
    UPDATE = "update"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """What makes two messages the same one (CAP 1.2 §3.2.1): the sender's name, its identifier, and the instant of sending."""

    sender: str
    identifier: str
    sent: datetime


class Geocode(NamedTuple):
    """CAP writes codes of places, codes of events and a sender's own parameters alike: a name and a value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Area:
    description: str
    geocodes: tuple[Geocode, ...] = ()
    polygons: tuple[str, ...] = ()
    circles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Info:
    """The warning in one language; `language` is BCP 47 in lower case, `en-us` where none is given, as the standard says."""

    language: str
    event: str
    categories: tuple[str, ...]
    responses: tuple[str, ...]
    severity: Severity
    urgency: Urgency
    certainty: Certainty
    effective: datetime | None
    onset: datetime | None
    expires: datetime | None
    sender_name: str | None
    headline: str | None
    description: str | None
    instruction: str | None
    web: str | None
    contact: str | None
    areas: tuple[Area, ...]
    event_codes: tuple[Geocode, ...] = ()
    parameters: tuple[Geocode, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    identity: Identity
    status: MessageStatus
    type: MessageType
    scope: str
    note: str | None
    references: frozenset[Identity]
    infos: tuple[Info, ...]
    defects: tuple[str, ...]
    incidents: tuple[str, ...] = ()

    @property
    def areas(self) -> Iterator[Area]:
        return (area for info in self.infos for area in info.areas)


def parse(raw: bytes) -> Message:
    """Read one message; `MalformedBodyError` for what is no XML that we take, `CapInvalidError` for XML that is no usable warning."""
    root = tree(raw)
    reader = _Reader(root)
    message = reader.message()
    if reader.faults:
        raise CapInvalidError(_joined(list(reader.faults.values())), errors=[{"pointer": pointer} for pointer in reader.faults])
    return message


def _decoded(raw: bytes) -> str:
    declared = _DECLARED.match(raw)
    name = declared.group(1).decode().lower() if declared else "utf-8"
    if name not in ENCODINGS:
        raise MalformedBodyError(
            Text(f"The encoding {name} is not taken. Send the message in UTF-8.", f"{name} এনকোডিং গ্রহণ করা হয় না। বার্তাটি UTF-8-এ পাঠান।"),
        )
    try:
        return raw.decode(ENCODINGS[name])
    except UnicodeDecodeError as error:
        raise MalformedBodyError(
            Text(
                f"The bytes are not {name} (first fault at byte {error.start}). Send the message in UTF-8.",
                f"পাঠানো বাইটগুলো {name} নয় (প্রথম ত্রুটি {error.start} নম্বর বাইটে)। বার্তাটি UTF-8-এ পাঠান।",
            ),
        ) from None


def tree(raw: bytes, *, remove_blank_text: bool = False) -> etree._Element:
    """XML of strangers, for whoever reads it: no entities, no network, no DOCTYPE. Raises `MalformedBodyError`."""
    text = _decoded(raw)
    if "<!DOCTYPE" in text:
        raise MalformedBodyError(
            Text(
                "The message holds a DOCTYPE. CAP has none: remove it with all its entities.",
                "বার্তায় একটি DOCTYPE আছে। CAP বার্তায় তা থাকে না: সব এনটিটিসহ এটি বাদ দিন।",
            ),
        )
    # A parser of its own for each message: lxml's keep the names of one document for the next.
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_pis=True,
        remove_comments=True,
        remove_blank_text=remove_blank_text,
    )
    try:
        return etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, UnicodeEncodeError) as error:
        line = getattr(error, "lineno", None) or 1
        raise MalformedBodyError(
            Text(
                f"The message is not well-formed XML, or is nested deeper than a warning ever is (line {line}). Mend it and send it again.",
                f"বার্তাটি সঠিক XML নয়, অথবা এর স্তর মাত্রাতিরিক্ত গভীর (লাইন {line})। ঠিক করে আবার পাঠান।",
            ),
        ) from None


def _joined(faults: list[Text]) -> Text:
    shown = faults[:20]
    return Text(" ".join(fault.en for fault in shown), " ".join(fault.bn for fault in shown))


@dataclass(slots=True)
class _Reader:
    """Walks one message; collects every fault, so that a sender mends all of them at once."""

    root: etree._Element
    faults: dict[str, Text] = field(default_factory=dict)
    defects: dict[str, None] = field(default_factory=dict)
    namespace: str = field(init=False)

    def __post_init__(self) -> None:
        self.namespace = f"{{{etree.QName(self.root).namespace}}}"

    def message(self) -> Message:
        self._check_root()
        identity = Identity(self._name("sender"), self._name("identifier"), self._sent())
        kind = self._required_code("msgType", MessageType)
        references = self._references(identity)
        infos = tuple(self._info(node) for node in self._nodes(self.root, "info"))
        self._check_substance(kind, references, infos)
        return Message(
            identity=identity,
            status=self._required_code("status", MessageStatus),
            type=kind,
            scope=(self._text(self.root, "scope") or "public").lower()[:MAX_NAME],
            note=self._text(self.root, "note"),
            references=references,
            infos=infos,
            defects=tuple(self.defects),
            incidents=tuple((self._text(self.root, "incidents") or "").split()),
        )

    def _check_root(self) -> None:
        if self.root.xpath(f"count(//*) > {MAX_ELEMENTS}") or self.root.xpath(f"count(*[local-name() = 'info']) > {MAX_INFOS}"):
            raise CapInvalidError(
                Text(
                    f"A message has at most {MAX_INFOS} <info> and {MAX_ELEMENTS} elements. Send it in parts.",
                    f"একটি বার্তায় সর্বোচ্চ {MAX_INFOS}টি <info> ও {MAX_ELEMENTS}টি উপাদান থাকতে পারে। ভাগ করে পাঠান।",
                ),
                errors=[{"pointer": "/alert"}],
            )
        name = etree.QName(self.root)
        if name.localname != "alert" or name.namespace not in NAMESPACES:
            raise CapInvalidError(
                Text(
                    "The root element is no CAP <alert>. Send one alert by itself, in the namespace urn:oasis:names:tc:emergency:cap:1.2.",
                    "মূল উপাদানটি CAP <alert> নয়। urn:oasis:names:tc:emergency:cap:1.2 নেমস্পেসে একটি মাত্র সতর্কবার্তা পাঠান।",
                ),
                errors=[{"pointer": "/"}],
            )

    def _check_substance(self, kind: MessageType, references: frozenset[Identity], infos: tuple[Info, ...]) -> None:
        if kind is MessageType.CANCEL:
            if not references:
                self._missing("references", "A Cancel names what it takes back.", "কোন বার্তা বাতিল হচ্ছে তা উল্লেখ করুন।")
            return
        if kind is MessageType.UPDATE and not references:
            self.defects["update-without-references"] = None
        if not infos:
            self._missing("info", "It says nothing of the danger.", "এতে বিপদের কোনো বিবরণ নেই।")
        elif not any(info.areas for info in infos):
            # The standard lets it be left out: it is of the whole land of whoever may speak for one, or that the poster names.
            self.defects["no-area"] = None

    def _info(self, node: etree._Element) -> Info:
        return Info(
            language=(self._text(node, "language") or "en-us").lower()[:MAX_NAME],
            event=self._line(node, "event") or "",
            categories=tuple(_stripped(child) for child in self._nodes(node, "category")),
            responses=tuple(_stripped(child).lower() for child in self._nodes(node, "responseType")),
            severity=self._code(node, "severity", Severity, Severity.UNKNOWN),
            urgency=self._code(node, "urgency", Urgency, Urgency.UNKNOWN),
            certainty=self._code(node, "certainty", Certainty, Certainty.UNKNOWN),
            effective=self._optional_instant(node, "effective"),
            onset=self._optional_instant(node, "onset"),
            expires=self._optional_instant(node, "expires"),
            sender_name=self._line(node, "senderName"),
            headline=self._line(node, "headline"),
            description=self._text(node, "description"),
            instruction=self._text(node, "instruction"),
            web=self._text(node, "web"),
            contact=self._text(node, "contact"),
            areas=tuple(self._area(child) for child in self._nodes(node, "area")),
            event_codes=tuple(self._geocode(child) for child in self._nodes(node, "eventCode")),
            parameters=tuple(self._geocode(child) for child in self._nodes(node, "parameter")),
        )

    def _area(self, node: etree._Element) -> Area:
        return Area(
            description=self._line(node, "areaDesc") or "",
            geocodes=tuple(self._geocode(child) for child in self._nodes(node, "geocode")),
            polygons=tuple(_stripped(child) for child in self._nodes(node, "polygon")),
            circles=tuple(_stripped(child) for child in self._nodes(node, "circle")),
        )

    def _geocode(self, node: etree._Element) -> Geocode:
        name = self._text(node, "valueName")
        if name is None:  # CAP 1.0 writes NAME=VALUE
            name, _, value = _stripped(node).partition("=")
            return Geocode(name.strip(), value.strip())
        return Geocode(name, self._text(node, "value") or "")

    def _name(self, tag: str) -> str:
        value = self._line(self.root, tag)
        if value is None:
            self._missing(tag, "Without it no message can be told from another.", "এটি ছাড়া বার্তাগুলো আলাদা করা যায় না।")
        elif len(value) > MAX_NAME:
            self._wrong(tag, f"It is longer than {MAX_NAME} characters.", f"এটি {MAX_NAME} অক্ষরের চেয়ে বড়।")
        return (value or "")[:MAX_NAME]

    def _sent(self) -> datetime:
        text = self._text(self.root, "sent")
        sent = _instant(text) if text else None
        if sent is None:
            self._wrong(
                "sent",
                "Give date, time and offset, as 2026-11-23T14:05:00+06:00.",
                "তারিখ, সময় ও সময়-অঞ্চল দিন, যেমন 2026-11-23T14:05:00+06:00।",
            )
        return sent or datetime.min.replace(tzinfo=UTC)

    def _references(self, own: Identity) -> frozenset[Identity]:
        """Leave out a reference to the message itself (real feeds do it) and, with a note, one that cannot be read."""
        found: set[Identity] = set()
        triples = (self._text(self.root, "references") or "").split()
        if len(triples) > MAX_REFERENCES:
            self._wrong("references", f"It names more than {MAX_REFERENCES} messages.", f"এতে {MAX_REFERENCES}টির বেশি বার্তার উল্লেখ আছে।")
        for triple in triples[:MAX_REFERENCES]:
            sender, _, rest = triple.partition(",")
            identifier, _, sent = rest.rpartition(",")
            instant = _instant(sent)
            if instant is None or not sender or not identifier or max(len(sender), len(identifier)) > MAX_NAME:
                self.defects["reference-unreadable"] = None
            else:
                found.add(Identity(sender, identifier, instant))
        return frozenset(found - {own})

    def _required_code(self, tag: str, codes: type[_Code]) -> _Code:
        value = (self._text(self.root, tag) or "").lower()
        if value in {code.value for code in codes}:
            return codes(value)
        taken = ", ".join(code.value.capitalize() for code in codes)
        self._wrong(tag, f"Only {taken} are taken here.", f"এখানে কেবল {taken} গ্রহণ করা হয়।")
        return next(iter(codes))

    def _code(self, node: etree._Element, tag: str, codes: type[_Code], otherwise: _Code) -> _Code:
        value = (self._text(node, tag) or "").lower().removeprefix("very ")  # CAP 1.0 has "Very Likely"
        if value in {code.value for code in codes}:
            return codes(value)
        self.defects[f"{tag}-unknown"] = None
        return otherwise

    def _optional_instant(self, node: etree._Element, tag: str) -> datetime | None:
        text = self._text(node, tag)
        instant = _instant(text) if text else None
        if text and instant is None:
            self.defects[f"{tag}-unreadable"] = None
        return instant

    def _nodes(self, node: etree._Element, tag: str) -> Iterator[etree._Element]:
        return node.iterchildren(f"{self.namespace}{tag}")

    def _text(self, node: etree._Element, tag: str) -> str | None:
        found = next(self._nodes(node, tag), None)
        return (_stripped(found) or None) if found is not None else None

    def _line(self, node: etree._Element, tag: str) -> str | None:
        text = self._text(node, tag)
        return " ".join(text.split()) if text else None

    def _missing(self, tag: str, en: str, bn: str) -> None:
        self.faults[f"/alert/{tag}"] = Text(f"<{tag}> is missing. {en}", f"<{tag}> নেই। {bn}")

    def _wrong(self, tag: str, en: str, bn: str) -> None:
        self.faults[f"/alert/{tag}"] = Text(f"<{tag}> is missing or wrong. {en}", f"<{tag}> নেই বা ভুল। {bn}")


def _stripped(node: etree._Element) -> str:
    return (node.text or "").strip()


def _instant(text: str) -> datetime | None:
    """UTC; `None` for a text that is no instant, or lies outside of what a calendar of years 1 to 9999 holds in UTC."""
    if not _INSTANT.match(text):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
