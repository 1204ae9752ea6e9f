"""An arrival as a desk sees it."""

import json

from kit.crypto import Keyring
from services.reintegration.arrivals.models import EvacueeArrival
from services.reintegration.arrivals.schemas import ArrivalOut, PersonOut
from services.reintegration.arrivals.service import DATA
from services.reintegration.lists import choice
from services.reintegration.schemas import LISTS, ChoiceOut


def arrival_of(arrival: EvacueeArrival, keyring: Keyring, reference: str | None = None) -> ArrivalOut:
    person = PersonOut.model_validate(json.loads(keyring.open(arrival.data, DATA))) if arrival.data else None
    kept = {"id", "version", "state", "district", "country", "sex", "age_band", "arrived_on", "restricted", "first_known_at"}
    return ArrivalOut.model_validate(
        {
            **arrival.model_dump(include=kept),
            "flags": [ChoiceOut.chosen(choice(LISTS.flags, code)) for code in person.flags] if person else [],
            "person": person,
            "returnee_reference": reference,
        }
    )
