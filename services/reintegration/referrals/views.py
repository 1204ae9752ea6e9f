"""Providers and referrals as each side sees them."""

import json
from datetime import date

from contracts.text import Bilingual
from kit.crypto import Keyring
from services.reintegration.lists import choice
from services.reintegration.referrals.helps import HELPS
from services.reintegration.referrals.models import HelpProvider, ReferralReceived, ReferralSent
from services.reintegration.referrals.rules import STATE_WORDS, Eligibility, State, recipient_of
from services.reintegration.referrals.schemas import (
    CriterionOut,
    EligibilityOut,
    HelpsOut,
    ProviderOut,
    ReceivedOut,
    ReferralOut,
)
from services.reintegration.schemas import ChoiceOut


def provider_of(provider: HelpProvider, today: date) -> ProviderOut:
    return ProviderOut.model_validate(
        {
            **provider.model_dump(exclude={"helps"}),
            "name": {"en": provider.name_en, "bn": provider.name_bn},
            "helps": [_help(code) for code in provider.helps],
            "recipient": recipient_of(provider.org, provider.kind),
            "is_open": provider.open_from <= today and (provider.closed_from is None or today < provider.closed_from),
        }
    )


def eligibility_of(one: Eligibility) -> EligibilityOut:
    offered = HELPS.help(one.help)
    return EligibilityOut(
        help=ChoiceOut.chosen(offered),
        about=Bilingual.of(offered.about) if offered.about else None,
        source=offered.source,
        eligible=one.eligible,
        why_not=[CriterionOut(fact=unmet.fact, en=unmet.en, bn=unmet.bn) for unmet in one.why_not],
        ask=list(one.ask),
    )


def referral_of(referral: ReferralSent, provider: HelpProvider) -> ReferralOut:
    return ReferralOut.model_validate(
        {
            **referral.model_dump(exclude={"help"}),
            "provider": {"en": provider.name_en, "bn": provider.name_bn},
            "provider_kind": provider.kind,
            "is_letter": provider.org is None,
            "help": _help(referral.help),
            "state_label": Bilingual.of(STATE_WORDS[State(referral.state)]),
        }
    )


def received_of(received: ReferralReceived, version: int, keyring: Keyring) -> ReceivedOut:
    person = json.loads(keyring.open(received.data, "help_referral_received.data")) if received.data else None
    return ReceivedOut.model_validate(
        {
            **received.model_dump(exclude={"help", "data", "note", "org"}),
            "version": version,
            "help": _help(received.help),
            "state_label": Bilingual.of(STATE_WORDS[State(received.state)]),
            "person": person,
        }
    )


def helps_out() -> HelpsOut:
    return HelpsOut(
        version=HELPS.version,
        helps=[ChoiceOut.chosen(one) for one in HELPS.helps],
        provider_kinds=[ChoiceOut.chosen(one) for one in HELPS.provider_kinds],
        decline_codes=[ChoiceOut.chosen(one) for one in HELPS.decline_codes],
    )


def _help(code: str) -> ChoiceOut:
    return ChoiceOut.chosen(choice(HELPS.helps, code))
