"""Every route × every role. The table is written by hand: a new route fails here until somebody has said who may call it."""

import json
import re
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from kit.auth import ROLES
from kit.testing.tokens import TokenIssuer
from runner.place import PROJECT
from runner.testing import Start

TAKERS: Final = {"agent", "supervisor", "officer", "demo", "wing", "ngo", "udc", "airport", "wewb"}
REGISTRARS: Final = {"demo", "wewb", "airport", "udc", "ngo", "supervisor"}
OFFICERS: Final = {"demo", "wewb", "supervisor"}
OUTCOME_READERS: Final = {"supervisor", "wewb", "analyst", "auditor", "admin"}
HANDLERS: Final = {"agent", "supervisor", "officer", "demo", "wing", "wewb"}
OFFICES: Final = {"supervisor", "officer", "demo", "wing", "wewb"}
COUNTERS: Final = {"supervisor", "officer", "demo", "wing", "wewb", "analyst", "auditor", "admin"}
DESK: Final = {"agent", "supervisor"}
ANYBODY: Final[set[str]] = set()
CASE_WORKERS: Final = {"agent", "supervisor", "officer", "demo", "wing"}
ABROAD: Final = {"supervisor", "officer", "wing"}
OVERSEERS: Final = {"analyst", "decider", "admin"}
WORKERS: Final = {"agent", "supervisor", "officer", "demo", "wing", "wewb", "airport", "decider"}
DECIDERS: Final = {"supervisor", "officer", "demo", "wing", "wewb", "decider"}
READERS: Final = TAKERS | {"agency", "decider"}
ACTS: Final = "POST /v1/complaints/{reference}/actions/"
OF_WORKERS: Final = (
    "take",
    "assign",
    "hand-back",
    "transfer",
    "accept-transfer",
    "refuse-transfer",
    "recall-transfer",
    "wait",
    "note-contact",
)
OF_DECIDERS: Final = (
    "start-investigation",
    "complete-investigation",
    "schedule-hearing",
    "hold-hearing",
    "adjourn-hearing",
    "start-mediation",
    "start-arbitration",
    "settle",
    "write-allegation",
    "propose",
    "approve",
    "send-back",
    "confirm-withdrawal",
)
OF_PARTIES: Final = ("resume", "withdraw", "reopen", "comment")

RATING_READERS: Final = {"decider", "officer", "analyst", "auditor", "admin"}

MAY_CALL: Final[dict[str, set[str]]] = {
    "POST /v1/complaints": TAKERS,
    "GET /v1/complaints": READERS,
    "GET /v1/complaints/{reference}": READERS,
    "GET /v1/complaints/{reference}/history": READERS,
    "GET /v1/complaints/{reference}/actions": READERS,
    "GET /v1/complaints/{reference}/colleagues": READERS,
    "GET /v1/complaints/{reference}/hearings": READERS,
    "GET /v1/complaints/{reference}/settlements": READERS,
    **{ACTS + act: WORKERS for act in OF_WORKERS},
    **{ACTS + act: DECIDERS for act in OF_DECIDERS},
    **{ACTS + act: TAKERS | {"decider"} for act in OF_PARTIES},
    ACTS + "appeal": READERS,
    ACTS + "restrict": WORKERS,
    "POST /v1/complaints/search": READERS,
    "POST /v1/complaints/{reference}/break-glass": HANDLERS,
    "GET /v1/complaints/break-glass": {"supervisor", "auditor", "admin"},
    "GET /v1/complaints/reads": {"auditor", "admin"},
    "GET /v1/complaints/retention": {"admin"},
    "POST /v1/complaints/{reference}/hold": {"supervisor", "auditor", "admin"},
    "POST /v1/complaints/{reference}/emptying": {"admin"},
    "GET /v1/complaints/{reference}/consents": HANDLERS,
    "POST /v1/complaints/{reference}/consents": HANDLERS,
    "POST /v1/complaints/{reference}/consents/{consent_id}/withdrawal": HANDLERS,
    "POST /v1/complaints/{reference}/contact": TAKERS,
    "POST /v1/complaints/{reference}/messages": TAKERS - {"ngo", "udc", "airport"},
    "GET /v1/complaints/{reference}/messages": TAKERS,
    "POST /v1/complaints/public": ANYBODY,
    "POST /v1/complaints/public/text": ANYBODY,
    "GET /v1/complaints/doubts": {"agent", "supervisor"},
    "POST /v1/complaints/{reference}/doubt/looked": {"agent", "supervisor"},
    "POST /v1/complaints/messages/keypad": ANYBODY,
    "POST /v1/complaints/messages/{provider}": ANYBODY,
    "GET /v1/complaints/messages/{provider}": ANYBODY,
    "POST /v1/complaints/{reference}/secret": TAKERS,
    "POST /v1/complaints/track": ANYBODY,
    "GET /v1/complaints/track": ANYBODY,
    "POST /v1/complaints/track/end": ANYBODY,
    "POST /v1/complaints/track/withdrawal": ANYBODY,
    "POST /v1/complaints/track/appeal": ANYBODY,
    "POST /v1/complaints/track/uploads": ANYBODY,
    "GET /v1/complaints/track/uploads/{upload_id}": ANYBODY,
    "PATCH /v1/complaints/track/uploads/{upload_id}": ANYBODY,
    "POST /v1/complaints/track/uploads/{upload_id}/completion": ANYBODY,
    "POST /v1/complaints/{reference}/uploads": TAKERS,
    "GET /v1/complaints/{reference}/uploads/{upload_id}": TAKERS,
    "PATCH /v1/complaints/{reference}/uploads/{upload_id}": TAKERS,
    "POST /v1/complaints/{reference}/uploads/{upload_id}/completion": TAKERS,
    "GET /v1/complaints/{reference}/attachments": TAKERS | {"decider"},
    "GET /v1/complaints/{reference}/attachments/{attachment_id}": TAKERS | {"decider"},
    "GET /v1/complaints/categories": ANYBODY,
    "GET /v1/complaints/offices": ANYBODY,
    "GET /v1/complaints/redress-lists": ANYBODY,
    "GET /v1/complaints/redress-tasks": HANDLERS,
    "POST /v1/complaints/redress-tasks/{task_id}/answers": HANDLERS,
    "GET /v1/complaints/{reference}/redress": TAKERS | {"agency", "decider"},
    "POST /v1/complaints/{reference}/redress/claims": TAKERS,
    "POST /v1/complaints/{reference}/redress/orders": OFFICES,
    "POST /v1/complaints/{reference}/redress/payments": HANDLERS,
    "POST /v1/complaints/{reference}/redress/payments/{payment_id}/confirmation": HANDLERS,
    "POST /v1/complaints/{reference}/redress/lines/{line_id}/giving-up": HANDLERS,
    "POST /v1/complaints/{reference}/redress/lines/{line_id}/recourse": OFFICES,
    "POST /v1/complaints/{reference}/redress/recourse/{recourse_id}/steps": OFFICES | {"decider"},
    "POST /v1/complaints/{reference}/court-cases": OFFICES,
    "POST /v1/complaints/{reference}/court-cases/{case_id}/steps": OFFICES,
    "GET /v1/complaints/cases/lists": ANYBODY,
    "GET /v1/complaints/cases/waiting": CASE_WORKERS,
    "GET /v1/complaints/cases/arrivals": {"airport"},
    "POST /v1/complaints/cases/arrivals/{reference}/handed-over": {"airport"},
    "GET /v1/complaints/cases/grants": {"wewb"},
    "POST /v1/complaints/cases/grants/{line}/payments": {"wewb"},
    "POST /v1/complaints/cases/remains": ABROAD,
    "GET /v1/complaints/cases/remains": ABROAD,
    "GET /v1/complaints/cases/matches": ABROAD,
    "POST /v1/complaints/cases/matches/{match}/decisions": ABROAD,
    "GET /v1/complaints/cases/visits": {"demo", "supervisor"},
    "GET /v1/complaints/{reference}/case": TAKERS,
    "POST /v1/complaints/{reference}/cases": CASE_WORKERS,
    "POST /v1/complaints/{reference}/case/steps": CASE_WORKERS,
    "POST /v1/complaints/{reference}/case/money": CASE_WORKERS,
    "POST /v1/complaints/{reference}/case/money/{line}/agreement": CASE_WORKERS,
    "POST /v1/complaints/{reference}/case/money/{line}/payments": CASE_WORKERS,
    "POST /v1/complaints/{reference}/case/distress": CASE_WORKERS,
    "POST /v1/complaints/{reference}/case/distress/family-told": CASE_WORKERS,
    "POST /v1/complaints/{reference}/case/distress/requests": CASE_WORKERS,
    "POST /v1/complaints/{reference}/case/distress/requests/{request}/end": CASE_WORKERS,
    "POST /v1/complaints/{reference}/case/death": CASE_WORKERS,
    "POST /v1/complaints/{reference}/case/death/identity": CASE_WORKERS,
    "POST /v1/complaints/{reference}/case/death/wishes": CASE_WORKERS,
    "POST /v1/complaints/{reference}/case/death/papers": CASE_WORKERS,
    "POST /v1/complaints/{reference}/case/death/heirs": CASE_WORKERS,
    "POST /v1/complaints/{reference}/case/death/transport": CASE_WORKERS,
    "POST /v1/complaints/{reference}/case/death/burial": CASE_WORKERS,
    "POST /v1/complaints/{reference}/case/death/handed-over": CASE_WORKERS,
    "POST /v1/complaints/{reference}/case/death/contact": CASE_WORKERS,
    "POST /v1/complaints/{reference}/case/death/grants": CASE_WORKERS,
    "POST /v1/complaints/{reference}/case/missing": CASE_WORKERS,
    "POST /v1/complaints/{reference}/case/missing/found": CASE_WORKERS,
    "POST /v1/complaints/{reference}/case/protection": CASE_WORKERS,
    "POST /v1/complaints/{reference}/case/protection/assessments": CASE_WORKERS,
    "POST /v1/complaints/{reference}/case/protection/visits": CASE_WORKERS,
    "GET /v1/complaints/{reference}/deadlines": TAKERS | {"decider"},
    "POST /v1/complaints/{reference}/contacts": {"agent", "supervisor", "officer", "demo", "wing", "wewb"},
    "GET /v1/complaints/queues/{queue}": {"supervisor", "officer", "demo", "wing", "wewb", "decider"},
    "GET /v1/complaints/seats": {"supervisor", "officer", "demo", "wing", "wewb", "decider"},
    "PUT /v1/complaints/seats/{seat}": {"supervisor", "admin"},
    "GET /v1/complaints/checks/newest": {"supervisor", "admin"},
    "POST /v1/complaints/checks": {"supervisor", "admin"},
    "GET /v1/complaints/figures": COUNTERS,
    "GET /v1/complaints/figures/export": COUNTERS,
    "GET /v1/complaints/figures/public": ANYBODY,
    "GET /v1/complaints/figures/public/export": ANYBODY,
    "POST /v1/complaints/duplicates/likely": HANDLERS,
    "GET /v1/complaints/duplicates/lists": ANYBODY,
    "GET /v1/complaints/duplicates": OFFICES,
    "GET /v1/complaints/duplicates/{pair_id}": OFFICES,
    "POST /v1/complaints/duplicates/{pair_id}/verdicts": OFFICES,
    "GET /v1/complaints/bursts": OFFICES,
    "GET /v1/complaints/{reference}/links": TAKERS | {"agency", "decider"},
    "POST /v1/complaints/{reference}/merge": OFFICES,
    "POST /v1/complaints/{reference}/unmerge": OFFICES,
    "POST /v1/complaints/{reference}/collective": OFFICES,
    "POST /v1/complaints/{reference}/collective/leaving": OFFICES,
    "GET /v1/complaints/questions/stands": ANYBODY,
    "GET /v1/complaints/questions": {"agency"},
    "GET /v1/complaints/questions/{question_id}": {"agency"},
    "POST /v1/complaints/questions/{question_id}/answer": {"agency"},
    "POST /v1/complaints/questions/{question_id}/uploads": {"agency"},
    "GET /v1/complaints/questions/{question_id}/uploads/{upload_id}": {"agency"},
    "PATCH /v1/complaints/questions/{question_id}/uploads/{upload_id}": {"agency"},
    "POST /v1/complaints/questions/{question_id}/uploads/{upload_id}/completion": {"agency"},
    "GET /v1/complaints/questions/{question_id}/documents/{document_id}": {"agency"},
    "GET /v1/complaints/{reference}/questions/{question_id}/documents/{document_id}": HANDLERS | {"decider"},
    "POST /v1/complaints/{reference}/questions/{question_id}/documents/{document_id}/sharing": OFFICES,
    "GET /v1/complaints/track/answers/{document_id}": ANYBODY,
    "POST /v1/complaints/questions/{question_id}/more-time": {"agency"},
    "GET /v1/complaints/{reference}/questions": HANDLERS,
    "POST /v1/complaints/{reference}/questions": OFFICES,
    "POST /v1/complaints/{reference}/questions/{question_id}/more-time": OFFICES,
    "GET /v1/complaints/referral-lists": ANYBODY,
    "GET /v1/complaints/referrals": OFFICES | {"ngo"},
    "GET /v1/complaints/referrals/{received_id}": OFFICES | {"ngo"},
    "POST /v1/complaints/referrals/{received_id}/answers": OFFICES | {"ngo"},
    "GET /v1/complaints/{reference}/referrals": HANDLERS,
    "POST /v1/complaints/{reference}/referrals": OFFICES,
    "POST /v1/complaints/{reference}/referrals/{referral_id}/answers": OFFICES,
    "POST /v1/complaints/{reference}/referrals/{referral_id}/revocation": OFFICES,
    "POST /v1/complaints/{reference}/referrals/{referral_id}/confirmation": OFFICES,
    "GET /v1/complaints/{reference}/grs": HANDLERS,
    "POST /v1/complaints/{reference}/grs/steps": OFFICES,
    "POST /v1/complaints/{reference}/grs/steps/{step_id}": OFFICES,
    "GET /v1/framework/activities": ANYBODY,
    "GET /v1/complaints/calls": DESK,
    "GET /v1/complaints/calls/articles": DESK,
    "GET /v1/complaints/calls/articles/{code}": DESK,
    "GET /v1/complaints/calls/board": {"supervisor"},
    "GET /v1/complaints/calls/callbacks": DESK,
    "GET /v1/complaints/calls/callbacks/{callback_id}": DESK,
    "GET /v1/complaints/calls/categories": DESK,
    "GET /v1/complaints/calls/desk": DESK,
    "GET /v1/complaints/calls/lists": DESK,
    "GET /v1/complaints/calls/stream": DESK,
    "GET /v1/complaints/calls/{call_id}": DESK,
    "GET /v1/complaints/calls/{call_id}/review": DESK,
    "POST /v1/complaints/calls": DESK,
    "POST /v1/complaints/calls/callbacks/{callback_id}/attempts": DESK,
    "POST /v1/complaints/calls/callbacks/{callback_id}/take": DESK,
    "POST /v1/complaints/calls/events": {"service"},
    "POST /v1/complaints/calls/handovers/{handover_id}/accept": DESK,
    "POST /v1/complaints/calls/shifts": DESK,
    "POST /v1/complaints/calls/shifts/end": DESK,
    "POST /v1/complaints/calls/{call_id}/finish": DESK,
    "POST /v1/complaints/calls/{call_id}/review": {"supervisor"},
    "POST /v1/complaints/calls/{call_id}/review/answer": DESK,
    "POST /v1/complaints/calls/{call_id}/take": DESK,
    "PUT /v1/complaints/calls/{call_id}/draft": DESK,
    "POST /v1/agencies": {"admin", "decider"},
    "GET /v1/agencies/{licence}/history": ANYBODY,
    "POST /v1/agencies/{licence}/history": {"admin", "decider"},
    "GET /v1/agencies/{licence}/particulars": ANYBODY,
    "POST /v1/agencies/{licence}/aliases": {"admin", "decider"},
    "POST /v1/agencies/{licence}/aliases/{part}/end": {"admin", "decider"},
    "POST /v1/agencies/{licence}/branches": {"admin", "decider"},
    "POST /v1/agencies/{licence}/branches/{part}/end": {"admin", "decider"},
    "POST /v1/agencies/{licence}/associates": {"admin", "decider"},
    "POST /v1/agencies/{licence}/associates/{part}/end": {"admin", "decider"},
    "POST /v1/agencies/{licence}/sub-agents": {"admin", "decider"},
    "POST /v1/agencies/{licence}/sub-agents/{part}/end": {"admin", "decider"},
    "POST /v1/agencies/imports/{kind}": {"admin", "decider"},
    "POST /v1/agencies/{licence}/evidence": {"admin", "decider", "demo", "wing"},
    "GET /v1/agencies/{licence}/evidence": {"admin", "decider", "analyst", "auditor"},
    "POST /v1/agencies/evidence/{fact}/strikes": {"admin", "decider"},
    "POST /v1/agencies/evidence/{fact}/restorations": {"admin", "decider"},
    "GET /v1/agencies/{licence}/file": {"agency", "admin", "decider", "analyst", "auditor"},
    "POST /v1/agencies/{licence}/evidence/{fact}/answers": {"agency"},
    "POST /v1/agencies/{licence}/documents": {"agency"},
    "GET /v1/agencies/{licence}/documents/{document}": {"agency", "admin", "decider", "analyst", "auditor"},
    "POST /v1/agencies/unregistered/sightings": {"supervisor", "demo", "wing", "decider", "admin"},
    "GET /v1/agencies/unregistered/sightings": {"supervisor", "decider", "admin"},
    "GET /v1/agencies/unregistered/sightings/{sighting}": {"supervisor", "decider", "admin"},
    "POST /v1/agencies/unregistered/search": {"supervisor", "decider", "admin"},
    "POST /v1/agencies/unregistered": {"decider", "admin"},
    "GET /v1/agencies/unregistered": {"supervisor", "decider", "admin"},
    "GET /v1/agencies/unregistered/{reference}": {"supervisor", "decider", "admin"},
    "POST /v1/agencies/unregistered/{reference}/sightings": {"decider", "admin"},
    "POST /v1/agencies/unregistered/{reference}/separations": {"decider", "admin"},
    "POST /v1/agencies/unregistered/{reference}/steps": {"decider", "admin"},
    "POST /v1/agencies/check": ANYBODY,
    "GET /v1/agencies/check": ANYBODY,
    "GET /v1/agencies/ceilings": ANYBODY,
    "GET /v1/agencies/open-data/agencies.csv": ANYBODY,
    "GET /v1/agencies/open-data/agencies.json": ANYBODY,
    "GET /v1/agencies/open-data/datapackage.json": ANYBODY,
    "GET /v1/agencies/imports": {"admin", "decider", "auditor"},
    "GET /v1/agencies/imports/{import_id}": {"admin", "decider", "auditor"},
    "GET /v1/agencies": ANYBODY,
    "GET /v1/agencies/{licence}": ANYBODY,
    "GET /v1/agencies/ratings/comparisons": OVERSEERS,
    "POST /v1/agencies/ratings/comparisons": OVERSEERS,
    "GET /v1/agencies/ratings/inspections": OVERSEERS,
    "GET /v1/agencies/ratings/watch-list": OVERSEERS,
    "GET /v1/agencies/ratings/changes": OVERSEERS,
    "GET /v1/agencies/ratings/renewals": OVERSEERS,
    "POST /v1/agencies/ratings/rule-sets/{name}/{version}/comments": {"association", "decider", "analyst"},
    "GET /v1/agencies/ratings/rule-sets/{name}/{version}/comments": RATING_READERS | {"association"},
    "GET /v1/agencies/ratings/rule-sets": ANYBODY,
    "GET /v1/agencies/ratings/rule-sets/{name}/{version}": ANYBODY,
    "POST /v1/agencies/ratings/runs": {"decider"},
    "GET /v1/agencies/ratings/runs": RATING_READERS,
    "GET /v1/agencies/ratings/runs/{run_id}": RATING_READERS,
    "GET /v1/agencies/ratings/runs/{run_id}/results": RATING_READERS,
    "GET /v1/agencies/ratings/runs/{run_id}/results/{licence}": RATING_READERS | {"agency"},
    "POST /v1/agencies/ratings/runs/{run_id}/notice": {"decider"},
    "POST /v1/agencies/ratings/runs/{run_id}/withdrawal": {"decider"},
    "POST /v1/agencies/ratings/runs/{run_id}/publication": {"decider"},
    "POST /v1/agencies/ratings/runs/{run_id}/results/{licence}/replies": {"agency"},
    "POST /v1/agencies/ratings/replies/{reply_id}/answer": {"decider"},
    "GET /v1/agencies/ratings/runs/{run_id}/statement": ANYBODY,
    "GET /v1/agencies/ratings/runs/{run_id}/signature": ANYBODY,
    "GET /v1/agencies/ratings/classes/{published_id}/statement": ANYBODY,
    "GET /v1/agencies/ratings/classes/{published_id}/signature": ANYBODY,
    "GET /v1/agencies/ratings/keys": ANYBODY,
    "GET /v1/agencies/ratings/files/{licence}": RATING_READERS | {"agency"},
    "POST /v1/agencies/ratings/files/{licence}/reviews": {"agency"},
    "GET /v1/agencies/ratings/reviews": RATING_READERS,
    "POST /v1/agencies/ratings/reviews/{review_id}/decision": {"officer"},
    "GET /v1/agencies/ratings/corrections": RATING_READERS,
    "POST /v1/agencies/ratings/corrections/{correction_id}/decision": {"decider"},
    "GET /v1/agencies/evidence/summary": {"supervisor", "decider", "analyst", "admin", "service"},
    "POST /v1/crisis/alerts": {"wing", "supervisor", "admin", "service"},
    "GET /v1/crisis/alerts": {"wing", "supervisor", "agent", "analyst", "auditor", "admin", "service"},
    "GET /v1/crisis/alerts/stream": {"wing", "supervisor", "agent", "analyst", "auditor", "admin", "service"},
    "GET /v1/crisis/alerts/{alert_id}": {"wing", "supervisor", "agent", "analyst", "auditor", "admin", "service"},
    "POST /v1/crisis/alerts/{alert_id}/acknowledgements": {"wing", "admin"},
    "POST /v1/returnees": REGISTRARS,
    "GET /v1/returnees": REGISTRARS,
    "GET /v1/returnees/{who}": REGISTRARS,
    "POST /v1/returnees/search": REGISTRARS,
    "POST /v1/returnees/{who}/cases": REGISTRARS,
    "GET /v1/returnees/tasks": OFFICERS,
    "POST /v1/returnees/tasks/{task_id}/take": OFFICERS,
    "POST /v1/returnees/tasks/{task_id}/finish": OFFICERS,
    "GET /v1/returnees/{who}/tasks": OFFICERS,
    "GET /v1/returnees/matches": OFFICERS,
    "PUT /v1/returnees/matches/{match_id}/decision": OFFICERS,
    "GET /v1/returnees/{who}/matches": OFFICERS,
    "GET /v1/returnees/due": OFFICERS,
    "GET /v1/returnees/load": OFFICERS,
    "GET /v1/returnees/district": OFFICERS,
    "GET /v1/returnees/{who}/consents": OFFICERS,
    "POST /v1/returnees/{who}/consents": OFFICERS,
    "POST /v1/returnees/{who}/consents/{consent_id}/withdraw": OFFICERS,
    "GET /v1/returnees/{who}/household": OFFICERS,
    "POST /v1/returnees/{who}/household": OFFICERS,
    "PUT /v1/returnees/{who}/household/{member_id}": OFFICERS,
    "GET /v1/returnees/{who}/case": OFFICERS,
    "POST /v1/returnees/{who}/case/assessments": OFFICERS,
    "PUT /v1/returnees/{who}/case/plan": OFFICERS,
    "PUT /v1/returnees/{who}/case/goals/{goal_id}/state": OFFICERS,
    "PUT /v1/returnees/{who}/case/reviews/{number}": OFFICERS,
    "POST /v1/returnees/{who}/case/closing": OFFICERS,
    "POST /v1/returnees/{who}/case/closing/approve": OFFICERS,
    "POST /v1/returnees/{who}/case/closing/send-back": OFFICERS,
    "GET /v1/returnees/helps": ANYBODY,
    "GET /v1/returnees/providers": OFFICERS,
    "POST /v1/returnees/providers": OFFICERS,
    "PUT /v1/returnees/providers/{provider_id}": OFFICERS,
    "GET /v1/returnees/received": {"ngo"},
    "POST /v1/returnees/received/{referral_id}/answer": {"ngo"},
    "POST /v1/returnees/received/{referral_id}/delivery": {"ngo"},
    "POST /v1/returnees/referrals/{referral_id}/answer": OFFICERS,
    "POST /v1/returnees/referrals/{referral_id}/delivery": OFFICERS,
    "POST /v1/returnees/referrals/{referral_id}/confirmation": OFFICERS,
    "POST /v1/returnees/{who}/eligibility": OFFICERS,
    "GET /v1/returnees/{who}/referrals": OFFICERS,
    "POST /v1/returnees/{who}/referrals": OFFICERS,
    "GET /v1/returnees/protection-lists": ANYBODY,
    "GET /v1/returnees/trained-officers": {"supervisor"},
    "PUT /v1/returnees/trained-officers/{account}": {"supervisor"},
    "GET /v1/returnees/protection/figures": {"supervisor", "analyst", "auditor", "admin"},
    "GET /v1/returnees/protection": OFFICERS,
    "POST /v1/returnees/{who}/protection": OFFICERS,
    "GET /v1/returnees/protection/{case_id}": OFFICERS,
    "PUT /v1/returnees/protection/{case_id}/indicators": OFFICERS,
    "POST /v1/returnees/protection/{case_id}/identification": OFFICERS,
    "PUT /v1/returnees/protection/{case_id}/testimony": OFFICERS,
    "POST /v1/returnees/protection/{case_id}/steps": OFFICERS,
    "PUT /v1/returnees/protection/{case_id}/steps/{step_id}": OFFICERS,
    "PUT /v1/returnees/protection/{case_id}/members/{account}": OFFICERS,
    "POST /v1/returnees/protection/{case_id}/closing": OFFICERS,
    "GET /v1/returnees/transfer-lists": ANYBODY,
    "GET /v1/returnees/claim-lists": ANYBODY,
    "GET /v1/returnees/{who}/claims": OFFICERS,
    "POST /v1/returnees/{who}/claims": OFFICERS,
    "POST /v1/returnees/claims/{claim_id}/steps": OFFICERS,
    "PUT /v1/returnees/claims/{claim_id}/amount": OFFICERS,
    "POST /v1/returnees/claims/{claim_id}/ending": OFFICERS,
    "GET /v1/returnees/{who}/complaints": OFFICERS,
    "POST /v1/returnees/{who}/complaints": OFFICERS,
    "POST /v1/returnees/arrivals": {"service"},
    "GET /v1/returnees/arrivals": OFFICERS,
    "GET /v1/returnees/arrivals/{arrival_id}": OFFICERS,
    "POST /v1/returnees/arrivals/{arrival_id}/confirmation": OFFICERS,
    "POST /v1/returnees/arrivals/{arrival_id}/dismissal": OFFICERS,
    "PUT /v1/returnees/arrivals/{arrival_id}/district": OFFICERS,
    "GET /v1/returnees/transfers/sent": {"demo", "supervisor"},
    "GET /v1/returnees/transfers/received": {"demo", "supervisor"},
    "POST /v1/returnees/transfers/{transfer_id}/recall": {"demo", "supervisor"},
    "POST /v1/returnees/transfers/received/{transfer_id}/answer": {"demo", "supervisor"},
    "POST /v1/returnees/{who}/case/transfers": OFFICERS,
    "GET /v1/returnees/sync/key": ANYBODY,
    "POST /v1/returnees/sync": REGISTRARS,
    "GET /v1/returnees/mend": REGISTRARS,
    "GET /v1/returnees/mend/{entry_id}": REGISTRARS,
    "PUT /v1/returnees/mend/{entry_id}": REGISTRARS,
    "POST /v1/returnees/mend/{entry_id}/dismissal": REGISTRARS,
    "GET /v1/returnees/conflicts": OFFICERS,
    "GET /v1/returnees/{who}/conflicts": OFFICERS,
    "GET /v1/returnees/conflicts/{conflict_id}": OFFICERS,
    "PUT /v1/returnees/conflicts/{conflict_id}/choices": OFFICERS,
    "GET /v1/returnees/instrument": ANYBODY,
    "GET /v1/returnees/procedure": ANYBODY,
    "GET /v1/returnees/proofs": ANYBODY,
    "GET /v1/returnees/owed": ANYBODY,
    "GET /v1/returnees/flags": ANYBODY,
    "GET /v1/returnees/arrival-services": ANYBODY,
    "GET /v1/returnees/needs": ANYBODY,
    "GET /v1/returnees/reasons": ANYBODY,
    "GET /v1/returnees/document-kinds": ANYBODY,
    "GET /v1/returnees/consent-purposes": ANYBODY,
    "GET /v1/returnees/outcomes": OUTCOME_READERS,
    "GET /v1/returnees/outcomes/export": OUTCOME_READERS,
    "GET /v1/returnees/outcomes/profile": OUTCOME_READERS,
    "GET /v1/returnees/outcomes/profile/export": OUTCOME_READERS,
    "GET /v1/returnees/outcomes/public": ANYBODY,
    "GET /v1/returnees/outcomes/public/export": ANYBODY,
}
SERVICE_OF: Final = {
    "complaints": "complaints",
    "framework": "monitor",
    "agencies": "agencies",
    "crisis": "crisis",
    "returnees": "reintegration",
}


def operations() -> dict[str, dict[str, Any]]:
    found = {}
    for document in sorted((PROJECT / "contracts" / "openapi").glob("*.json")):
        for path, methods in json.loads(document.read_text("utf-8"))["paths"].items():
            for method, operation in methods.items():
                found[f"{method.upper()} {path}"] = operation
    return found


def test_each_route_stands_in_the_table() -> None:
    assert set(operations()) == set(MAY_CALL)


@pytest.mark.parametrize("operation", sorted(MAY_CALL))
def test_the_public_document_tells_the_truth(operation: str) -> None:
    said = operations()[operation]
    assert set(said["x-roles"]) == MAY_CALL[operation]
    assert said["security"] == ([{"oidc": []}] if MAY_CALL[operation] else [])


async def _status(client: httpx.AsyncClient, operation: str, headers: dict[str, str]) -> int:
    method, path = operation.split(" ")
    address = re.sub(r"{[a-z_]+}", str(uuid4()), path)
    async with client.stream(method, address, headers=headers) as answer:  # a live stream is left after its head
        return answer.status_code


@pytest.mark.parametrize("operation", sorted(MAY_CALL))
async def test_each_role(start_service: Start, tokens: TokenIssuer, operation: str) -> None:
    service = await start_service(SERVICE_OF[operation.split("/")[2]])
    allowed = MAY_CALL[operation]
    async with httpx.AsyncClient(base_url=service.url, timeout=10) as client:
        nobody = await _status(client, operation, {})
        assert nobody == 401 if allowed else nobody not in {401, 403}
        for role in ROLES:
            token = tokens.token(role, districts=["*"], countries=["*"], org=["x"], licence=["RL-0001"])
            status = await _status(client, operation, {"Authorization": f"Bearer {token}"})
            if not allowed or role in allowed:
                assert status not in {401, 403} and status < 500, f"{role} may call it and got {status}"  # noqa: PT018
            else:
                assert status == 403, f"{role} may not call it and got {status}"
        none = await _status(client, operation, {"Authorization": f"Bearer {tokens.token()}"})
        assert none == 403 if allowed else none not in {401, 403}


@pytest.mark.parametrize("operation", sorted(MAY_CALL))
async def test_a_slash_too_many_leads_nowhere(start_service: Start, operation: str) -> None:
    """A redirect would name the scheme of the inner hop: a token and a person's data would be sent once more, in clear."""
    service = await start_service(SERVICE_OF[operation.split("/")[2]])
    async with httpx.AsyncClient(base_url=service.url, timeout=10) as client:
        assert not 300 <= await _status(client, f"{operation}/", {}) < 400
