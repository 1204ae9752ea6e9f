"""What goes in and out of the API of transfers."""

from datetime import datetime
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator

from contracts.places import DistrictCode
from contracts.text import Bilingual, Text
from kit.text import PARAGRAPHS
from services.reintegration.lists import has
from services.reintegration.schemas import ChoiceOut, Code, In
from services.reintegration.transfers.lists import TRANSFERS
from services.reintegration.transfers.rules import State

_NO_CODE: Final = Text(
    "Choose a reason of the list at /v1/returnees/transfer-lists.", "/v1/returnees/transfer-lists তালিকা থেকে একটি কারণ বেছে নিন।"
)


def _reason(code: str) -> str:
    if not has(TRANSFERS.reasons, code):
        raise ValueError(_NO_CODE)
    return code


def _decline(code: str) -> str:
    if not has(TRANSFERS.decline_codes, code):
        raise ValueError(_NO_CODE)
    return code


class TransferIn(In):
    """`note`: for the other office, shown once it accepted."""

    to_district: DistrictCode
    reason: Annotated[Code, AfterValidator(_reason)]
    note: Annotated[str, Field(min_length=1, max_length=1000), PARAGRAPHS] | None = None


class TransferAnswerIn(In):
    accept: bool
    decline_code: Annotated[Code, AfterValidator(_decline)] | None = None

    @model_validator(mode="after")
    def _a_decline_says_why(self) -> Self:
        if not self.accept and self.decline_code is None:
            raise ValueError(_NO_CODE)
        return self


class TransferSentOut(BaseModel):
    """The sender's record."""

    id: UUID
    version: int
    case_reference: str
    from_district: str
    to_district: str
    reason: ChoiceOut
    state: State
    state_label: Bilingual
    decline: ChoiceOut | None
    sent_at: datetime
    accept_by: datetime
    ended_at: datetime | None


class TransferReceivedOut(BaseModel):
    """The receiver's record. Who it is stands there only once it accepted."""

    id: UUID
    from_district: str
    to_district: str
    sex: str
    age_band: str
    needs: list[ChoiceOut]
    urgent: list[ChoiceOut]
    state: State
    state_label: Bilingual
    received_at: datetime
    accept_by: datetime
    returnee_reference: str | None
    name: str | None
    name_bn: str | None
    note: str | None = None


class TransferListsOut(BaseModel):
    version: str
    accept_within_days: int
    reasons: list[ChoiceOut]
    decline_codes: list[ChoiceOut]
