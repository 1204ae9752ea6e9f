"""What goes into a correction."""

from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from contracts.persons import AgeBand, Disability, Sex
from contracts.places import CountryCode, DistrictCode
from contracts.text import Text
from services.complaints.lifecycle.schemas import Words
from services.complaints.schemas import In, RespondentIn, known_category

_NOTHING: Final = Text("Say what is to be set right.", "কী সংশোধন করতে হবে তা জানান।")


class CorrectionIn(In):
    """What is left out stays. A `respondent` is given whole: it takes the place of the one that was named, or of none."""

    category: Annotated[str, Field(max_length=40), AfterValidator(known_category)] | None = None
    country: CountryCode | None = None
    district: DistrictCode | None = None
    sex: Sex | None = None
    age_band: AgeBand | None = None
    disability: Disability | None = None
    respondent: RespondentIn | None = None
    reason: Words

    @model_validator(mode="after")
    def _something_is_set_right(self) -> Self:
        if not self.model_dump(exclude={"reason"}, exclude_none=True):
            raise ValueError(_NOTHING)
        return self
