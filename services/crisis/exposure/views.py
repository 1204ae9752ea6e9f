"""The figures of one warning, each with where it comes from."""

from collections.abc import Mapping
from typing import Final

from contracts.text import Bilingual, Text
from services.crisis.exposure.lists import People
from services.crisis.exposure.models import AlertExposure, AlertRaise
from services.crisis.exposure.rules import Asked, with_own_phone
from services.crisis.exposure.schemas import ExposureOut, PresentOut, RaiseOut, RegisteredOut, VulnerableOut
from services.crisis.warnings.repository import Record

# In the order in which they are looked after.
VULNERABLE: Final[Mapping[str, Text]] = {
    "child": Text("Children", "শিশু"),
    "pregnant": Text("Pregnant women", "গর্ভবতী নারী"),
    "disabled": Text("People with a disability", "প্রতিবন্ধী ব্যক্তি"),
    "ill": Text("People who are ill", "অসুস্থ ব্যক্তি"),
    "domestic_worker": Text("Domestic workers in a house", "বাসাবাড়ির গৃহকর্মী"),
    "detained": Text("People in detention", "আটক ব্যক্তি"),
    "no_phone": Text("Without a phone of their own", "নিজের ফোন নেই"),
}
MANY: Final = Text("Many registered people inside the area", "এলাকার ভেতরে অনেক নিবন্ধিত মানুষ")


def exposure_out(record: Record, exposure: AlertExposure | None, made: AlertRaise | None, known: People) -> ExposureOut:
    counts = exposure.counts if exposure else {}
    vulnerable = exposure.vulnerable if exposure else {}
    return ExposureOut(
        alert=record.alert.id,
        exposure=exposure.id if exposure else None,
        is_drill=bool(record.alert.is_drill),
        computed_at=exposure.computed_at if exposure else None,
        of_what_went_out=exposure is not None and exposure.version == Asked.RELEASED,
        whole_countries=exposure is not None and exposure.whole_countries,
        near_km=exposure.near_km if exposure else None,
        near_km_illustrative=known.near_km.illustrative,
        registered=RegisteredOut(**{name: counts.get(name, 0) for name in RegisteredOut.model_fields}) if exposure else None,
        vulnerable=[
            VulnerableOut(kind=kind, label=Bilingual.of(words), people=vulnerable.get(kind, 0))
            for kind, words in VULNERABLE.items()
            if vulnerable.get(kind, 0) > 0
        ],
        contactable=with_own_phone(counts, vulnerable) if exposure else None,
        present=[_present(country, known) for country in record.countries],
        raised=_raised(made) if made else None,
    )


def _raised(made: AlertRaise) -> RaiseOut:
    words = {"inside": MANY, **VULNERABLE}
    labels = [Bilingual.of(words.get(reason, Text(reason, reason))) for reason in made.reasons]
    return RaiseOut.model_validate({**made.model_dump(), "labels": labels})


def _present(country: str, known: People) -> PresentOut:
    row = known.present_in(country)
    if row is None:
        return PresentOut(country=country, low=None, high=None, as_of=None, confidence=None, source=None)
    return PresentOut.model_validate(row, from_attributes=True)
