"""The partner organization of the demo data, set up through the public API as people do it; and a returnee who is passed on to it."""

from datetime import date, timedelta
from typing import Any, Final
from uuid import uuid4

from runner.api import Api

CODE: Final = "ngo-one"
CLIENT: Final = "partner-ngo-one--cases"
STEWARD: Final = "ngo-one"
KEEPER: Final = "admin"
SECOND: Final = "decider"
_AT: Final = f"/v1/partners/organisations/{CODE}"
_ORGANISATION: Final = {
    "code": CODE,
    "kind": "ngo",
    "name_en": "Nomuna Shohay (fictional)",
    "name_bn": "নমুনা সহায় (কাল্পনিক)",
    "contact": "systems@ngo-one.example",
}
_AGREED: Final = {"purposes": ["referral"], "activities": ["6.3.2.1"], "reference": "MoU 0001 (fictional)"}
_OF_THE_PERSON: Final = ("person.name", "person.name_bn", "person.phone", "person.district")
_FIELDS: Final = ("help", "district", "state", "confirmed", "sent_at", "accept_by", "ended_at", *_OF_THE_PERSON)
SCOPES: Final = ("events_read", "endpoints_manage", "referrals_answer")
_HELP: Final = "training"
_PROVIDER: Final = {
    "kind": "ngo",
    "name_en": "Nomuna Shohay (fictional)",
    "name_bn": "নমুনা সহায় (কাল্পনিক)",
    "org": CODE,
    "helps": [_HELP],
    "open_from": "2026-01-01",
    "source": "Demo data",
}
_RETURNEE: Final = {
    "name": "Anwara Begum (fictional)",
    "name_bn": "আনোয়ারা বেগম (কাল্পনিক)",
    "phone": "01700000009",
    "sex": "female",
    "age_band": "25_34",
    "district": "BD-08",
    "country": "SA",
    "return_reason": "contract_ended",
}
_OFFICER: Final = "demo-cumilla"


async def set_up(api: Api, today: date) -> None:
    """Verified, agreed by two people, with a program that may read, be sent events and answer. What is there already stays."""
    await api.post("/v1/partners/organisations", STEWARD, _ORGANISATION, key="demo-data-partner-0001")
    if (await api.get(_AT, KEEPER))["state"] == "applied":
        await _changed(api, f"{_AT}/decision", KEEPER, {"approved": True, "words": "Demo data"})
    terms = {**_AGREED, "fields": _FIELDS, "valid_from": str(today), "valid_until": str(today + timedelta(days=364))}
    agreement = await api.post(f"{_AT}/agreements", KEEPER, terms, key="demo-data-partner-agreement-0001")
    if (await api.get(f"{_AT}/agreements", KEEPER))["items"][-1]["state"] == "proposed":
        await _changed(api, f"/v1/partners/agreements/{agreement['id']}/decision", SECOND, {"approved": True})
    program = {"name": "cases", "scopes": SCOPES}
    await api.post(f"{_AT}/clients", STEWARD, program, key="demo-data-partner-client-0001")
    await api.post("/v1/returnees/providers", _OFFICER, _PROVIDER, key="demo-data-provider-0001")


async def pass_on(api: Api, today: date) -> str:
    """An officer registers an invented returnee who agrees to be passed on to the organization: the referral's id."""
    said = {**_RETURNEE, "returned_on": str(today)}
    returnee = await api.post("/v1/returnees", _OFFICER, said, key=str(uuid4()))
    who = f"/v1/returnees/{returnee['reference']}"
    need = (await api.get("/v1/returnees/needs"))["items"][0]
    await api.post(f"{who}/cases", _OFFICER, {"needs": [need["code"]]}, key=str(uuid4()))
    consent = {"purpose": "referral", "recipient": CODE, "granted": True, "way": "signature", "language": "bn"}
    await api.post(f"{who}/consents", _OFFICER, consent, key=str(uuid4()))
    provider = await api.post("/v1/returnees/providers", _OFFICER, _PROVIDER, key="demo-data-provider-0001")
    said_of = {"provider_id": provider["id"], "help": _HELP}
    referral = await api.post(f"{who}/referrals", _OFFICER, said_of, key=str(uuid4()))
    made: str = referral["id"]
    return made


async def _changed(api: Api, path: str, account: str, body: dict[str, Any]) -> None:
    await api.call("POST", path, account, json=body, headers={"If-Match": "*"})
