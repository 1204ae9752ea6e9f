"""What was typed at a desk, as the service takes it; and where on the form each of its refusals belongs."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from kit.text import digits
from services.portal.forms import Form, body_of, iso_date

TEXTS: Final = (
    *(
        "name",
        "name_bn",
        "sex",
        "age_band",
        "disability",
        "phone",
        "second_phone",
        "district",
        "upazila",
        "village",
        "country",
        "return_reason",
    ),
    *("proof", "father", "mother", "guardian.name", "guardian.relation", "guardian.phone", "of"),
)
DAYS: Final = ("departed_on", "returned_on")
LISTED: Final = ("flags", "owed")
PAPERS: Final = ("documents.0", "documents.1")
# Asked of everybody who comes back; the rest is ticked where it was given.
ASKED: Final = ("health_check", "counselling")
GIVEN: Final = ("information", "food", "transport", "shelter")
NO_PAPER: Final = "none"
YES_NO: Final = {"yes": True, "no": False}
# In the order in which they stand on the form.
FIELDS: Final = (
    *("flags", "name", "name_bn", "sex", "age_band", "disability", "birth_year"),
    *("guardian.name", "guardian.relation", "guardian.phone", "phone"),
    *("district", "country", "returned_on", "departed_on", "return_reason", "proof", "documents.0.kind", "documents.0.number"),
    *("documents.1.kind", "documents.1.number", "arrival.health_check", "arrival.counselling", "arrival.given", "father", "mother"),
    *("upazila", "village", "second_phone", "owed", "neutral_slip", "of"),
)
# What two desks may say differently, and a person chooses between: as the service names it.
COMPARED: Final = (
    *("name", "name_bn", "sex", "age_band", "birth_year", "father", "mother", "guardian", "phone", "second_phone"),
    *("district", "upazila", "village", "country", "departed_on", "returned_on", "return_reason", "proof", "owed"),
)
CASE: Final = ("needs", "consent.granted", "consent.by_guardian", "consent.witness")
# The desk plans and gives help itself: further purposes are asked when somebody else is to be told.
_CONSENT_PURPOSE: Final = "services"


def returnee_of(form: Form) -> dict[str, Any]:
    """A paper is sent where its kind or its number is known; what was left empty is left out."""
    values: dict[str, Any] = {name: form.value(name) for name in TEXTS}
    values |= {name: iso_date(form, name) for name in DAYS} | {name: form.chosen(name) for name in LISTED}
    values |= {"birth_year": _year(form.value("birth_year")), "arrival": _arrival(form)}
    values["neutral_slip"] = True if form.value("neutral_slip") else None
    return body_of(values | {"documents": [_paper(form, one) for one in _papers(form)]})


def _year(typed: str) -> int | str:
    """What is no number goes on as it is, to be refused beside its field."""
    plain = digits(typed)
    return int(plain) if plain.isascii() and plain.isdecimal() else typed


def _papers(form: Form) -> list[str]:
    return [one for one in PAPERS if form.value(f"{one}.number") or form.value(f"{one}.kind") not in {"", NO_PAPER}]


def _paper(form: Form, place: str) -> dict[str, Any]:
    kind = form.value(f"{place}.kind")
    return body_of({"kind": "other" if kind in {"", NO_PAPER} else kind, "number": form.value(f"{place}.number")})


def _arrival(form: Form) -> list[dict[str, str]]:
    asked = [{"kind": one, "outcome": form.value(f"arrival.{one}")} for one in ASKED if form.value(f"arrival.{one}")]
    return [*asked, *({"kind": one, "outcome": "done"} for one in form.chosen("arrival.given"))]


def case_of(form: Form) -> dict[str, Any]:
    """No answer is no consent, and is not sent as a refusal either."""
    granted = YES_NO.get(form.value("consent.granted"))
    if granted is None:
        return {"needs": form.chosen("needs")}
    spoke = {"by_guardian": YES_NO.get(form.value("consent.by_guardian")), "witness": form.value("consent.witness")}
    return {"needs": form.chosen("needs"), "consent": body_of({"purpose": _CONSENT_PURPOSE, "granted": granted, **spoke})}


def placed(form: Form, errors: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Faults with the pointers of this form: papers that were not sent shift those that follow, and a stay is judged as a whole."""
    sent = _papers(form)
    return [{**one, "pointer": _at(one.get("pointer", ""), sent)} for one in errors]


def _at(pointer: str, papers: Sequence[str]) -> str:
    if not pointer:
        return "/departed_on"
    name, _, rest = pointer.strip("/").partition("/")
    number, _, inner = rest.partition("/")
    if name == "documents" and number.isdecimal() and int(number) < len(papers):
        return f"/{papers[int(number)].replace('.', '/')}/{inner or 'number'}"
    return "/arrival/health_check" if name == "arrival" else pointer


def typed_again(registration: Mapping[str, Any]) -> dict[str, list[str]]:
    """The form as it would have been filled in for this registration: for an entry that is to be mended. What does not fit is left out."""
    values: dict[str, list[str]] = {}
    flat = {name: _inside(registration, name) for name in (*TEXTS, "birth_year")}
    values |= {name: [str(value)] for name, value in flat.items() if isinstance(value, str | int) and value != ""}
    values |= {name: [one for one in _list(registration, name) if isinstance(one, str)] for name in LISTED}
    for name in DAYS:
        parts = str(registration.get(name) or "").split("-")
        if len(parts) == len(("year", "month", "day")):
            values |= {f"{name}.{part}": [one] for part, one in zip(("year", "month", "day"), parts, strict=True)}
    for place, paper in zip(PAPERS, [one for one in _list(registration, "documents") if isinstance(one, dict)], strict=False):
        values |= {f"{place}.{name}": [paper[name]] for name in ("kind", "number") if isinstance(paper.get(name), str)}
    for one in [one for one in _list(registration, "arrival") if isinstance(one, dict)]:
        kind, outcome = str(one.get("kind")), str(one.get("outcome"))
        if kind in ASKED:
            values[f"arrival.{kind}"] = [outcome]
        elif kind in GIVEN:
            values.setdefault("arrival.given", []).append(kind)
    return values | ({"neutral_slip": ["yes"]} if registration.get("neutral_slip") is True else {})


def _inside(registration: Mapping[str, Any], name: str) -> Any:
    value: Any = registration
    for step in name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _list(registration: Mapping[str, Any], name: str) -> list[Any]:
    value = registration.get(name)
    return value if isinstance(value, list) else []
