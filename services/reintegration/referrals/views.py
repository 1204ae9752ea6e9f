"""Providers and referrals as each side sees them."""

import json
from collections.abc import Collection, Sequence
from datetime import date

from contracts.days import DHAKA
from contracts.text import Bilingual
from kit.crypto import Keyring
from services.reintegration.casework.service import Desk
from services.reintegration.lists import choice
from services.reintegration.referrals.helps import HELPS
from services.reintegration.referrals.models import HelpProvider, ReferralReceived, ReferralSent, ReferralWord
from services.reintegration.referrals.rules import STATE_WORDS, Eligibility, State, recipient_of
from services.reintegration.referrals.schemas import (
    CriterionOut,
    EligibilityOut,
    HelpsOut,
    LetterOut,
    ProviderOut,
    ReceivedOut,
    ReferralOut,
    ToldOut,
)
from services.reintegration.referrals.service import Letter
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


def referral_of(referral: ReferralSent, provider: HelpProvider, words: Sequence[ReferralWord], desk: Desk) -> ReferralOut:
    return ReferralOut.model_validate(
        {
            **referral.model_dump(exclude={"help"}),
            "provider": {"en": provider.name_en, "bn": provider.name_bn},
            "provider_kind": provider.kind,
            "is_letter": provider.org is None,
            "help": _help(referral.help),
            "state_label": Bilingual.of(STATE_WORDS[State(referral.state)]),
            "told": [_told(one, desk) for one in words],
        }
    )


def _told(word: ReferralWord, desk: Desk) -> ToldOut:
    state = State(word.state)
    return ToldOut.model_validate(
        {
            **word.model_dump(include={"told_way", "told_on", "written_at"}),
            "state": state,
            "state_label": Bilingual.of(STATE_WORDS[state]),
            "told_by": desk.keyring.open(word.told_by, "help_referral_word.told_by"),
            "note": desk.keyring.open(word.note, "help_referral_word.note") if word.note else None,
            "written_by_me": word.written_by == desk.caller.subject,
        }
    )


def letter_of(letter: Letter, keyring: Keyring) -> LetterOut:
    """Days by the calendar of Dhaka."""
    referral = letter.referral
    return LetterOut(
        reference=referral.letter_reference or "",
        to=Bilingual(en=letter.provider.name_en, bn=letter.provider.name_bn),
        help=_help(referral.help),
        person=dict(letter.person),
        reason=keyring.open(referral.reason, "help_referral_sent.reason") if referral.reason else None,
        from_district=letter.district,
        sent_on=referral.sent_at.astimezone(DHAKA).date(),
        accept_by=referral.accept_by.astimezone(DHAKA).date(),
        decline_reasons=[ChoiceOut.chosen(one) for one in HELPS.decline_codes],
    )


def received_of(received: ReferralReceived, version: int, keyring: Keyring, fields: Collection[str]) -> ReceivedOut:
    """`fields`: what may be known of the person. Where it is nothing, nothing is opened."""
    sent = json.loads(keyring.open(received.data, "help_referral_received.data")) if received.data and fields else {}
    person = {name: value for name, value in sent.items() if name in fields} or None
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
