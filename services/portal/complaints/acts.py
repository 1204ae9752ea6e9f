"""What each act of the procedure asks for: the fields of its page, and the JSON that the service takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from kit.text import digits
from services.portal.act_forms import minor
from services.portal.complaints.rules import RESPONDENT, about_whom
from services.portal.forms import Form, iso_date

Kind = Literal["words", "line", "date", "time", "yes_no", "choice", "amount"]


@dataclass(frozen=True, slots=True)
class Field:
    """`choices` names the list that the page offers; `optional` ones may stay empty."""

    name: str
    kind: Kind
    optional: bool = False
    choices: str = ""


_NOTE: Final = (Field("note", "words", optional=True),)
_REASON: Final = (Field("reason", "words"),)
# One sum that a decision orders; more of them are written on the page of the money.
_TO_PAY: Final = (
    Field("to_pay", "amount", optional=True),
    Field("currency", "choice", optional=True, choices="currencies"),
    Field("head", "choice", optional=True, choices="heads"),
    Field("due_on", "date", optional=True),
    Field("basis", "choice", optional=True, choices="awards"),
)
FIELDS: Final[Mapping[str, tuple[Field, ...]]] = {
    "take": _NOTE,
    "assign": (Field("colleague", "choice", choices="colleagues"), *_NOTE),
    "hand-back": _NOTE,
    "transfer": (Field("office", "choice", choices="offices"), *_REASON),
    "accept-transfer": _NOTE,
    "refuse-transfer": _REASON,
    "recall-transfer": _NOTE,
    "start-investigation": _NOTE,
    "complete-investigation": (Field("finding", "words"),),
    "schedule-hearing": (
        Field("at", "date"),
        Field("time", "time"),
        Field("mode", "choice", choices="modes"),
        Field("apart", "yes_no"),
        Field("companion", "yes_no"),
        Field("place", "line", optional=True),
    ),
    "hold-hearing": (Field("complainant_came", "yes_no"), Field("respondent_came", "yes_no"), Field("record", "words")),
    "adjourn-hearing": _REASON,
    "start-mediation": _NOTE,
    "start-arbitration": _NOTE,
    "settle": (
        Field("made_by", "choice", choices="bodies"),
        Field("terms", "words"),
        Field("complainant_agrees", "yes_no"),
        Field("respondent_agrees", "yes_no"),
        Field("amount", "amount", optional=True),
        Field("currency", "choice", optional=True, choices="currencies"),
        Field("head", "choice", optional=True, choices="heads"),
        Field("agreed_on", "date"),
        Field("due_on", "date", optional=True),
    ),
    "write-allegation": (Field("allegation", "words"),),
    "correct": (
        Field("respondent.kind", "choice", optional=True, choices="kinds"),
        Field("respondent.name", "line", optional=True),
        Field("respondent.licence", "line", optional=True),
        Field("respondent.office", "choice", optional=True, choices="offices"),
        Field("category", "choice", optional=True, choices="categories"),
        Field("country", "choice", optional=True, choices="countries"),
        Field("district", "choice", optional=True, choices="districts"),
        Field("sex", "choice", optional=True, choices="sexes"),
        Field("age_band", "choice", optional=True, choices="ages"),
        Field("disability", "choice", optional=True, choices="disabilities"),
        *_REASON,
    ),
    "wait": _REASON,
    "resume": _NOTE,
    "propose": (
        Field("decision", "choice", choices="decisions"),
        Field("replaces", "choice", optional=True, choices="instead"),
        Field("summary", "words"),
        Field("checker", "choice", optional=True, choices="colleagues"),
        *_TO_PAY,
    ),
    "approve": _NOTE,
    "send-back": _REASON,
    "withdraw": _REASON,
    "confirm-withdrawal": (Field("spoke_alone", "yes_no"), Field("voluntary", "yes_no"), *_NOTE),
    "reopen": _REASON,
    "appeal": (Field("by", "choice", choices="parties"), Field("grounds", "words")),
    "restrict": _REASON,
    "note-contact": _NOTE,
    "comment": (Field("note", "words"),),
}
DHAKA_OFFSET: Final = "+06:00"
_YES_NO: Final = {"yes": True, "no": False}


def body_of(action: str, form: Form) -> dict[str, Any]:
    """What was left empty is left out: the service says itself what it needs."""
    body: dict[str, Any] = {}
    for field in FIELDS[action]:
        value = _value(field, form)
        if value not in (None, ""):
            body[field.name] = value
    if action == "schedule-hearing":
        time = body.pop("time", "")
        if "at" in body:
            body["at"] = f"{body['at']}T{time or '00:00'}:00{DHAKA_OFFSET}"
    if action == "propose":
        asked = {name: body.pop(name) for name in ("head", "currency", "due_on") if name in body}
        if "to_pay" in body:
            body["to_pay"] = [{**asked, "amount": body["to_pay"]}]
    if action == "correct" and (kind := about_whom(form.value)):
        named = {name: body.pop(f"respondent.{name}", "") for name in RESPONDENT}
        body["respondent"] = {name: value for name, value in (named | {"kind": kind}).items() if value}
    return body


def _value(field: Field, form: Form) -> Any:
    written = form.value(field.name)
    match field.kind:
        case "date":
            return iso_date(form, field.name)
        case "yes_no":
            return _YES_NO.get(written)
        case "time":
            return digits(written).strip().replace(".", ":").zfill(5) if written else ""
        case "amount":
            return minor(written, form.value("currency") or "BDT") if written else None
        case _:
            return written
