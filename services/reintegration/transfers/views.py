"""Transfers as each side sees them."""

from contracts.text import Bilingual
from kit.crypto import Keyring
from services.reintegration.lists import choice
from services.reintegration.models import Returnee
from services.reintegration.schemas import LISTS, ChoiceOut
from services.reintegration.transfers.lists import TRANSFERS
from services.reintegration.transfers.models import TransferReceived, TransferSent
from services.reintegration.transfers.rules import STATE_WORDS, State
from services.reintegration.transfers.schemas import TransferListsOut, TransferReceivedOut, TransferSentOut
from services.reintegration.views import names_of


def sent_of(transfer: TransferSent, case_reference: str) -> TransferSentOut:
    decline = transfer.decline_code
    return TransferSentOut.model_validate(
        {
            **transfer.model_dump(exclude={"reason", "note"}),
            "case_reference": case_reference,
            "reason": ChoiceOut.chosen(choice(TRANSFERS.reasons, transfer.reason)),
            "state_label": Bilingual.of(STATE_WORDS[State(transfer.state)]),
            "decline": ChoiceOut.chosen(choice(TRANSFERS.decline_codes, decline)) if decline else None,
        }
    )


def received_of(
    received: TransferReceived, returnee: Returnee | None, keyring: Keyring, transfer: TransferSent | None = None
) -> TransferReceivedOut:
    note = transfer.note if transfer is not None and returnee is not None else None
    return TransferReceivedOut.model_validate(
        {
            **received.model_dump(exclude={"needs", "urgent"}),
            "needs": [ChoiceOut.chosen(choice(LISTS.needs, code)) for code in received.needs],
            "urgent": [ChoiceOut.chosen(choice(LISTS.flags, code)) for code in received.urgent],
            "state_label": Bilingual.of(STATE_WORDS[State(received.state)]),
            "returnee_reference": returnee.reference if returnee else None,
            **(names_of(returnee, keyring) if returnee else {"name": None, "name_bn": None}),
            "note": keyring.open(note, "case_transfer_sent.note") if note else None,
        }
    )


def lists_out() -> TransferListsOut:
    return TransferListsOut(
        version=TRANSFERS.version,
        accept_within_days=TRANSFERS.accept_within_days,
        reasons=[ChoiceOut.chosen(one) for one in TRANSFERS.reasons],
        decline_codes=[ChoiceOut.chosen(one) for one in TRANSFERS.decline_codes],
    )
