"""What a person without an account says and sees. Reference and secret travel in bodies only."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from contracts.text import Bilingual
from kit.reference import typed
from kit.strangers import read_secret
from kit.text import Phone
from kit.web_push import Subscription
from services.registry.lists import LISTS
from services.registry.rules import PREFIX
from services.registry.schemas import Abroad, ContactIn, EmployerIn, FlagCode, In, PlaceIn, RelativeIn, SafeContactIn

Reference = Annotated[str, Field(max_length=40), typed(PREFIX)]
Secret = Annotated[str, Field(max_length=40), AfterValidator(read_secret)]


class EntryIn(In):
    """`phone`: a number that was given with the record, where it is asked for."""

    reference: Reference
    secret: Secret
    phone: Phone | None = None


class OwnChangeIn(EntryIn):
    """What is named is changed, what is not stays; `place` is one more. `forget`: nothing is left but that there was a record.

    `contacts` replace those of the same owner: a new number of one's own leaves the family's as it was.

    `push`: this browser shows notifications from now on. `push_off`: the address of one that shall not any more, or `all`.
    """

    country: Abroad | None = None
    place: PlaceIn | None = None
    contacts: Annotated[list[ContactIn], Field(max_length=10)] | None = None
    flags: Annotated[list[FlagCode], Field(max_length=len(LISTS.flags))] | None = None
    employer: EmployerIn | None = None
    household: Annotated[list[RelativeIn], Field(max_length=20)] | None = None
    kin: Annotated[list[RelativeIn], Field(max_length=5)] | None = None
    safe_contact: SafeContactIn | None = None
    language: Literal["bn", "en"] | None = None
    drill_member: bool | None = None
    push: Subscription | None = None
    push_off: Annotated[str, Field(min_length=3, max_length=2048)] | None = None
    came_home: bool = False
    forget: bool = False


class OwnContactOut(BaseModel):
    """The end of a number only: whoever found the slip learns no number from it."""

    kind: str
    whose: str
    ends_with: str


class OwnPlaceOut(BaseModel):
    kind_label: Bilingual
    country: str
    observed_at: datetime


class OwnOut(BaseModel):
    """Without names, papers and words: who found a slip and a secret learns little. `push`: how many browsers show notifications.

    `household`, `kin`: how many are written down.
    """

    reference: str
    state: str
    country: str
    language: str
    flags: list[str]
    drill_member: bool
    contacts: list[OwnContactOut]
    places: list[OwnPlaceOut]
    has_employer: bool
    household: int
    kin: int
    push: int
