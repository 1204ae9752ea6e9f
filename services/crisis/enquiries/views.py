"""An enquiry as it is shown."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from contracts.text import Bilingual, Text
from kit.crypto import Keyring
from services.crisis.checkins.rules import STATUS_WORDS as CHECKIN_WORDS
from services.crisis.deployed.rules import WORDS as WORKER_WORDS
from services.crisis.deployed.rules import WorkerState
from services.crisis.enquiries import rules, service
from services.crisis.enquiries.matching import Candidate
from services.crisis.enquiries.models import FamilyAnswer, FamilyEnquiry
from services.crisis.enquiries.schemas import AnswerOut, CandidateOut, EnquiryListsOut, EnquiryOut, EnquiryRow
from services.crisis.evacuation.rules import STATE_WORDS as EVACUEE_WORDS
from services.crisis.evacuation.rules import State as EvacueeState
from services.crisis.incidents.schemas import ChoiceOut


def _common(one: FamilyEnquiry) -> dict[str, Any]:
    return {
        **one.model_dump(include={"id", "reference", "state", "relation", "sex", "age_band", "last_contact_on", "taken_at"}),
        "state_label": Bilingual.of(rules.STATE_WORDS[rules.State(one.state)]),
        "relation_label": Bilingual.of(rules.RELATION_WORDS[rules.Relation(one.relation)]),
    }


def row_out(one: FamilyEnquiry) -> EnquiryRow:
    return EnquiryRow(**_common(one))


def enquiry_out(one: FamilyEnquiry, answers: Sequence[FamilyAnswer], keyring: Keyring) -> EnquiryOut:
    data = json.loads(keyring.open(one.data, service.DATA)) if one.data else {}
    return EnquiryOut(
        **_common(one),
        **one.model_dump(include={"version", "incident_id", "is_drill", "may_tell", "match_kind", "match_id", "outcome"}),
        may_tell_label=Bilingual.of(rules.MAY_TELL_WORDS[rules.MayTell(one.may_tell)]),
        asker=data.get("asker"),
        sought=data.get("sought"),
        note=data.get("note"),
        answers=[_answer(given, keyring) for given in answers],
    )


def _answer(given: FamilyAnswer, keyring: Keyring) -> AnswerOut:
    words = keyring.open(given.words, service.WORDS) if given.words else None
    label = Bilingual.of(rules.STATUS_WORDS[rules.Status(given.status)])
    return AnswerOut(**given.model_dump(include={"status", "told", "channel", "at"}), words=words, status_label=label)


def candidate_out(one: Candidate) -> CandidateOut:
    words = {
        "evacuee": lambda: EVACUEE_WORDS[EvacueeState(one.state)],
        "worker": lambda: WORKER_WORDS[WorkerState(one.state)],
        "national": lambda: CHECKIN_WORDS[one.state],
    }[one.kind]()
    return CandidateOut(kind=one.kind, id=one.id, by=list(one.by), words=Bilingual.of(words), since=one.since)


def lists_out() -> EnquiryListsOut:
    def choices(words: Mapping[Any, Text]) -> list[ChoiceOut]:
        return [ChoiceOut(code=code, name=Bilingual.of(said)) for code, said in words.items()]

    return EnquiryListsOut(
        relations=choices(rules.RELATION_WORDS),
        may_tell=choices(rules.MAY_TELL_WORDS),
        statuses=choices(rules.STATUS_WORDS),
        outcomes=choices(rules.OUTCOME_WORDS),
    )
