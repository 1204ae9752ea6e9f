"""An emergency as those who answer for the case read it: no word of whose case it is."""

from datetime import datetime

from contracts.text import Bilingual
from kit.auth import Caller
from kit.crypto import Keyring
from services.reintegration.protection.emergency import rules
from services.reintegration.protection.emergency.models import EmergencyWord
from services.reintegration.protection.emergency.schemas import EmergencyOut, VerdictOut
from services.reintegration.protection.emergency.service import Told


def told_of(told: Told, caller: Caller, keyring: Keyring, now: datetime) -> EmergencyOut:
    one = told.emergency
    return EmergencyOut(
        **one.model_dump(include={"id", "case_id", "account", "roles", "at", "until", "review_by"}),
        case_reference=told.case.reference,
        reason=keyring.open(one.reason, "protection_emergency.reason"),
        is_open=rules.is_open(one.until, now, [word.justified for word in told.words]),
        is_mine=one.subject == caller.subject,
        is_late=rules.is_late(one.review_by, now, {word.voice for word in told.words}),
        verdicts=[_verdict(word, keyring) for word in told.words],
        awaits_me=told.awaits,
    )


def _verdict(word: EmergencyWord, keyring: Keyring) -> VerdictOut:
    voice = rules.Voice(word.voice)
    return VerdictOut(
        **word.model_dump(include={"justified", "account", "said_at"}),
        voice=voice,
        voice_label=Bilingual.of(rules.VOICE_WORDS[voice]),
        words=keyring.open(word.words, "protection_emergency_word.words"),
    )
