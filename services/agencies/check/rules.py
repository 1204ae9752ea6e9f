"""The answer before somebody pays: what they typed, what the first line says, and the same in the length of a text message."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.errors import InvalidError
from kit.text import digits, in_bengali_digits, phone
from services.agencies.ceilings import Ceiling
from services.agencies.rules import LicenceStatus, licence_number

MOST_UNITS: Final = 2 * 67
"""Two segments of UCS-2 with their headers (3GPP TS 23.040): what a Bangla message may hold before it costs a third."""

_PHONE_DIGITS: Final = 7
_SEPARATORS: Final = re.compile(r"[\s().+\-–/]")
_LEAST_NAME: Final = 6


class AskedAs(StrEnum):
    PHONE = "phone"
    NUMBER = "number"
    NAME = "name"


class Verdict(StrEnum):
    LICENSED = "licensed"
    NOT_LICENSED = "not_licensed"
    SUB_AGENT = "sub_agent"
    SUB_AGENT_ENDED = "sub_agent_ended"
    SEVERAL = "several"
    CONVICTED = "convicted"
    NOT_FOUND = "not_found"


VERDICT_WORDS: Final = {
    Verdict.LICENSED: Text("Licensed", "লাইসেন্স বৈধ"),
    Verdict.NOT_LICENSED: Text("Not licensed today: pay nothing", "এখন লাইসেন্স বৈধ নয়: টাকা দেবেন না"),
    Verdict.SUB_AGENT: Text("Registered sub-agent of a licensed agency", "লাইসেন্সধারী এজেন্সির নিবন্ধিত সাব-এজেন্ট"),
    Verdict.SUB_AGENT_ENDED: Text(
        "This sub-agent may not recruit today: pay nothing", "এই সাব-এজেন্ট এখন কর্মী সংগ্রহ করতে পারেন না: টাকা দেবেন না"
    ),
    Verdict.SEVERAL: Text("Several fit: look for the number on the papers", "একাধিক নাম মিলেছে: কাগজে লেখা নম্বর মিলিয়ে দেখুন"),
    Verdict.CONVICTED: Text("Not registered, and a court has judged: pay nothing", "নিবন্ধিত নয়, আদালতের রায় আছে: টাকা দেবেন না"),
    Verdict.NOT_FOUND: Text("Not registered: pay nothing", "নিবন্ধিত নয়: টাকা দেবেন না"),
}


class PhoneInAddressError(InvalidError):
    slug = "phone-in-address"
    title = Text("A telephone number does not belong in an address: send it with POST.", "ঠিকানায় ফোন নম্বর লেখা যায় না: POST অনুরোধে পাঠান।")


@dataclass(frozen=True, slots=True)
class AgencyFound:
    licence: str
    name: Text
    status: LicenceStatus
    valid_until: date

    @property
    def is_licensed(self) -> bool:
        return self.status is LicenceStatus.VALID


@dataclass(frozen=True, slots=True)
class SubAgentFound:
    """`may_recruit`: registered today, for an agency that is licensed today."""

    number: str
    name: Text
    licence: str
    may_recruit: bool


@dataclass(frozen=True, slots=True)
class Found:
    agencies: Sequence[AgencyFound]
    sub_agents: Sequence[SubAgentFound]
    judged: bool = False


def asked_as(query: str) -> tuple[AskedAs, str]:
    """What somebody typed, and its normal form: E.164, a licence number, or the words as they are."""
    plain = _SEPARATORS.sub("", digits(query))
    if plain.isdigit() and len(plain) >= _PHONE_DIGITS:
        try:
            return AskedAs.PHONE, phone(query)
        except ValueError:
            return AskedAs.NAME, query
    try:
        return AskedAs.NUMBER, licence_number(query)
    except ValueError:
        return AskedAs.NAME, query


def verdict(found: Found) -> Verdict:
    """The first line. One who may recruit among several of a name is not yet the one in front of the person who asks."""
    if len(found.agencies) + len(found.sub_agents) > 1:
        return Verdict.SEVERAL
    if found.agencies:
        return Verdict.LICENSED if found.agencies[0].is_licensed else Verdict.NOT_LICENSED
    if found.sub_agents:
        return Verdict.SUB_AGENT if found.sub_agents[0].may_recruit else Verdict.SUB_AGENT_ENDED
    return Verdict.CONVICTED if found.judged else Verdict.NOT_FOUND


def message(found: Found, lawful: Ceiling | None) -> Text:
    """The whole answer in at most two segments of a Bangla text message. What was asked is never repeated: it may be a person's number."""
    said = verdict(found)
    words = VERDICT_WORDS[said]
    named = _named(found) if said is not Verdict.SEVERAL else None
    money = _money(lawful) if said in {Verdict.LICENSED, Verdict.SUB_AGENT} else None
    end = Text("Free help: 16135", "বিনামূল্যে সাহায্য: ১৬১৩৫")
    return Text(
        _fitted((words.en, money.en if money else "", end.en), named.en if named else "", "."),
        _fitted((words.bn, money.bn if money else "", end.bn), named.bn if named else "", "।"),
    )


def _named(found: Found) -> Text | None:
    if found.agencies:
        one = found.agencies[0]
        return Text(_joined(one.licence, one.name.en), _joined(one.licence, one.name.bn))
    if found.sub_agents:
        agent = found.sub_agents[0]
        return Text(_joined(agent.licence, agent.name.en), _joined(agent.licence, agent.name.bn))
    return None


def _joined(licence: str, name: str) -> str:
    return f"{licence} {name}"


def _money(lawful: Ceiling | None) -> Text | None:
    if lawful is None:
        return None
    if lawful.amount == 0:
        return Text("No fee is due", "কোনো টাকা লাগে না")
    return Text(f"At most Tk {grouped(lawful.amount)}", f"সর্বোচ্চ {in_bengali_digits(grouped(lawful.amount))} টাকা")


def _fitted(parts: tuple[str, str, str], named: str, stop: str) -> str:
    """The name, after the first part, is what is shortened; where even six letters of it do not fit, it is left out."""
    first, *others = (part for part in parts if part)
    bare = _sentences([first, *others], stop)
    room = MOST_UNITS - units(bare) - units(f"{stop} ")
    if not named or room < _LEAST_NAME:
        return bare
    short = named if units(named) <= room else cut(named, room - 1).rstrip() + "…"
    return _sentences([first, short, *others], stop)


def _sentences(parts: Sequence[str], stop: str) -> str:
    return f"{stop} ".join(parts) + stop


def units(text: str) -> int:
    """How many UCS-2 units a text takes."""
    return len(text.encode("utf-16-le")) // 2


def cut(text: str, most: int) -> str:
    """At most so many units, and no half of a letter."""
    kept, used = [], 0
    for char in text:
        used += units(char)
        if used > most:
            break
        kept.append(char)
    return "".join(kept)


def grouped(amount: int) -> str:
    """As money is written here: 1,65,000."""
    text = str(amount)
    head, tail = text[:-3], text[-3:]
    parts: list[str] = []
    while head:
        parts.insert(0, head[-2:])
        head = head[:-2]
    return ",".join([*parts, tail])
