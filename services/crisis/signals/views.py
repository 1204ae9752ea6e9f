"""A signal with the words of its codes."""

from contracts.places import countries
from contracts.text import Bilingual
from kit.crypto import Keyring
from services.crisis.signals.models import Signal
from services.crisis.signals.rules import STATE_WORDS, State
from services.crisis.signals.schemas import SignalOut

BECAUSE = "signal.because"


def view_of(signal: Signal, keyring: Keyring, *, illustrative: bool) -> SignalOut:
    state = State(signal.state)
    return SignalOut(
        **signal.model_dump(exclude={"because", "answered_by", "state"}),
        country_label=Bilingual.of(countries()[signal.country]),
        illustrative=illustrative,
        state=state,
        state_label=Bilingual.of(STATE_WORDS[state]),
        because=keyring.open(signal.because, BECAUSE) if signal.because is not None else None,
    )
