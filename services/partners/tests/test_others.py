"""No partner sees another's: each route that names a record × whoever is of another body, or of none."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from kit.auth import Role
from runner.place import PROJECT
from runner.testing import Running
from services.partners.access import MEMBERS
from services.partners.onboarding.models import Credential
from services.partners.tests.conftest import Receiver
from services.partners.tests.test_feed import enveloped, referral, take, unique, withdrawn
from services.partners.tests.test_hooks import ready
from services.partners.tests.test_organisations import AGREED, ANY, ROOT, days, keeper, person, program, set_up

# What a record's own people might send: a body that is refused for its form would hide that the record is shown.
BODIES: Final[Mapping[str, Any]] = {
    "POST /v1/partners/organisations/{code}/decision": {"approved": True},
    "POST /v1/partners/organisations/{code}/suspension": {"reason": "leaked"},
    "POST /v1/partners/organisations/{code}/reinstatement": {"words": "Mended"},
    "PUT /v1/partners/organisations/{code}/stewards": {"accounts": ["stranger"]},
    "POST /v1/partners/organisations/{code}/agreements": AGREED,
    "POST /v1/partners/organisations/{code}/clients": {"name": "theirs", "scopes": ["events_read"]},
    "PUT /v1/partners/organisations/{code}/clients/{name}": {"state": "paused"},
    "PUT /v1/partners/organisations/{code}/clients/{name}/origins": {"origins": ["https://pages.stranger.example"]},
    "PUT /v1/partners/organisations/{code}/clients/{name}/quota": {"per_minute": 1, "per_day": 1},
    "POST /v1/partners/organisations/{code}/clients/{name}/credentials": {"way": "secret", "at_once": True},
    "PUT /v1/partners/organisations/{code}/clients/{name}/credentials/{number}": {"state": "ended"},
    "POST /v1/partners/agreements/{agreement_id}/decision": {"approved": True},
    "POST /v1/partners/agreements/{agreement_id}/ending": {"words": "Over"},
    "PUT /v1/partners/endpoints/{endpoint_id}": {"state": "paused"},
    "POST /v1/partners/endpoints/{endpoint_id}/secret": {"at_once": True},
    "POST /v1/partners/endpoints/{endpoint_id}/pings": {},
    "POST /v1/partners/endpoints/{endpoint_id}/replays": {"since": "2026-01-01T00:00:00Z"},
    "POST /v1/partners/withdrawals/{event_id}/confirmation": {"outcome": "deleted"},
}
TABLES: Final = ("partner_organisation", "partner_agreement", "partner_client", "partner_endpoint", "partner_credential")
OTHERS: Final[tuple[Role, ...]] = ("agent", "supervisor", "demo", "wing", "analyst", "udc")
OPERATIONS: Final = sorted(
    f"{method.upper()} {path}"
    for path, methods in json.loads((PROJECT / "contracts" / "openapi" / "partners.json").read_text("utf-8"))["paths"].items()
    for method in methods
)
OF_RECORDS: Final = [one for one in OPERATIONS if "{" in one]
# What was decided about sharing is listed once something of a person was asked for; origins are for our own gateways.
NOTHING_THERE: Final = frozenset({"GET /v1/partners/decisions", "GET /v1/partners/origins"})
LISTS: Final = [one for one in OPERATIONS if one.startswith("GET ") and "{" not in one and not one.endswith("/lists")]


async def records(partners: Running, receiver: Receiver) -> dict[str, str]:
    """One of everything that an organisation can have, by the names of the paths; `told` and `withdrawn` are both events."""
    code, endpoint = await ready(partners, receiver)
    told, gone = enveloped(referral(code)), enveloped(withdrawn(code, uuid4()))
    await take(partners, told, gone)
    (agreement,) = (await keeper(partners).get(f"{ROOT}/organisations/{code}/agreements")).json()["items"]
    await signs_in(partners, f"partner-{code}--cases")
    return {
        "code": code,
        "name": "cases",
        "number": "1",
        "client_id": f"partner-{code}--cases",
        "agreement_id": agreement["id"],
        "endpoint_id": endpoint["id"],
        "told": str(told.id),
        "withdrawn": str(gone.id),
    }


async def signs_in(partners: Running, client_id: str) -> None:
    """With a secret, as though the identity provider had been asked."""
    never: dict[str, Any] = dict.fromkeys(("keys", "until", "problem"))
    stood: dict[str, Any] = {"way": "secret", "done": "enabled", "done_version": 1, "made_by": "steward", "made_at": datetime.now(UTC)}
    async with partners.sessions.begin() as session:
        session.add(Credential(id=uuid4(), client_id=client_id, number=1, version=1, sign_in_id=client_id, **stood, **never))


def address(operation: str, known: Mapping[str, str]) -> tuple[str, str]:
    method, path = operation.split(" ")
    return method, path.format_map({**known, "event_id": known["withdrawn" if "/withdrawals" in path else "told"]})


async def asked(client: httpx.AsyncClient, operation: str, known: Mapping[str, str]) -> httpx.Response:
    method, path = address(operation, known)
    if method == "GET":
        return await client.get(path, params=named(known))
    body = {**BODIES[operation], **(days() if operation.endswith("/agreements") else {})}
    return await client.request(method, path, params=named(known), headers=ANY, json=body)


def named(known: Mapping[str, str]) -> dict[str, str]:
    """People say for which organisation they ask; a stranger may say any."""
    return {"organisation": known["code"]}


def strangers(partners: Running, code: str) -> dict[str, httpx.AsyncClient]:
    of_another = {f"{role} of another": person(partners, code, role=role) for role in MEMBERS}
    of_all = {f"{role} of all": person(partners, "*", role=role) for role in MEMBERS}
    of_none = {f"{role} of none": partners.client(role, sub="stranger") for role in MEMBERS}
    others = {role: partners.client(role, sub="stranger", org=["*"]) for role in ("agent", "supervisor", "demo", "wing", "analyst", "udc")}
    programs = {
        "program of another": program(partners, f"partner-{code}--cases"),
        "program of nobody": program(partners, "partner-none--x"),
    }
    return {**of_another, **of_all, **of_none, **others, **programs}


def test_each_operation_that_changes_a_record_has_its_body_here() -> None:
    assert set(BODIES) == {one for one in OF_RECORDS if not one.startswith("GET ")}


@pytest.mark.parametrize("operation", OF_RECORDS)
async def test_a_record_of_another_does_not_exist(partners: Running, receiver: Receiver, operation: str) -> None:
    mine, other = await records(partners, receiver), unique()
    await set_up(partners, other)
    before = {table: await partners.raw(table) for table in TABLES}
    for name, client in strangers(partners, other).items():
        answer = await asked(client, operation, mine)
        # 409: a program without an organisation hears that it has none, before any record is looked for.
        assert answer.status_code in {403, 404} or answer.json()["type"].endswith("not-a-partner"), (name, answer.text)
        assert not [one for one in mine.values() if len(one) > 10 and one in answer.text.replace(address(operation, mine)[1], "")], name
    assert before == {table: await partners.raw(table) for table in before}


@pytest.mark.parametrize("operation", LISTS)
async def test_a_list_holds_nothing_of_another(partners: Running, receiver: Receiver, operation: str) -> None:
    mine, theirs = await records(partners, receiver), await records(partners, receiver)
    seen = False
    for name, client in strangers(partners, theirs["code"]).items():
        answer = await client.get(operation.removeprefix("GET "), params=named(mine))
        assert not [one for one in mine.values() if len(one) > 10 and one in answer.text], (name, answer.text)
        seen = seen or any(one in answer.text for one in theirs.values() if len(one) > 10)
    assert seen or operation in NOTHING_THERE, "a list that shows nobody anything proves nothing"


@pytest.mark.parametrize("operation", [one for one in OF_RECORDS if one.startswith("GET ") and "/rights/" not in one])
async def test_its_own_people_and_programs_do_see_it(partners: Running, receiver: Receiver, operation: str) -> None:
    mine = await records(partners, receiver)
    who = program(partners, mine["client_id"]) if "/endpoints" in operation or "/events" in operation else person(partners, mine["code"])
    assert (await asked(who, operation, mine)).status_code == 200
