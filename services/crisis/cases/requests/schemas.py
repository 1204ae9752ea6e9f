"""What a family writes without an account, and what it reads. Reference and secret travel in bodies only."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from contracts.persons import AgeBand, Sex
from contracts.places import CountryCode
from contracts.text import Bilingual
from kit.reference import typed
from kit.strangers import read_secret
from kit.text import PARAGRAPHS, Phone
from services.crisis.cases.access import PREFIX
from services.crisis.cases.schemas import In, Name, Number

Need = Literal["detained", "hospital", "stranded", "missing"]
Words = Annotated[str, Field(min_length=1, max_length=2000), PARAGRAPHS]


class SoughtIn(In):
    """What the ministry's form asks for (myGov BDGS-1637816025). Only the name is needed: nobody is refused for lacking papers."""

    name: Name
    passport: Number | None = None
    place: Words | None = None
    phone: Phone | None = None
    sex: Sex = Sex.UNKNOWN
    age_band: AgeBand = AgeBand.UNKNOWN


class ApplicantIn(In):
    name: Name
    relation: Name | None = None
    phone: Phone
    address: Words | None = None


class RequestIn(In):
    """`need`: what happened, as far as the family knows. `website` stays empty: only a program fills it in."""

    need: Need
    country: CountryCode
    person: SoughtIn
    applicant: ApplicantIn
    words: Words | None = None
    website: Annotated[str, Field(max_length=200)] = ""


class RequestedOut(BaseModel):
    """The secret is shown once. `due`: the fifth working day of the office that answers, by its own calendar; the service is free."""

    reference: str
    secret: str
    spoken_reference: Bilingual
    spoken_secret: Bilingual
    due: datetime
    due_on: date
    office: Bilingual


class EntryIn(In):
    """`phone`: the number that was given with the request, where it is asked for."""

    reference: Annotated[str, Field(max_length=40), typed(PREFIX)]
    secret: Annotated[str, Field(max_length=40), AfterValidator(read_secret)]
    phone: Phone | None = None


class StatusOut(BaseModel):
    """Nothing of the person but what an officer wrote for the family. `is_late`: the five working days are over without an answer."""

    reference: str
    state: Literal["received", "at_work", "answered"]
    state_label: Bilingual
    words: Bilingual
    office: Bilingual
    asked_at: datetime
    due_on: date
    is_late: bool
    answered_on: date | None
    answer: str | None
