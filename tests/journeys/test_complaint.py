"""A complaint by API alone, through the door of a whole suite: from a ringing telephone to money paid back, from a report to its end."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from contracts.days import DHAKA
from deploy.accounts import ACCOUNTS_FILE, Accounts
from kit.testing.waiting import until
from runner.identity import Provider, access_token
from runner.suite import Suite

PASSWORD: Final = Accounts.model_validate_json(ACCOUNTS_FILE.read_text("utf-8")).demo_password
AT: Final = "/v1/complaints"
NUMBER: Final = "+966501112233"
TOLD: Final[dict[str, Any]] = {
    "channel": "phone",
    "caller_safe": True,
    "category": "overcharged",
    "country": "SA",
    "district": "BD-08",
    "reporter": {"name": "নমুনা বেগম", "phone": NUMBER, "relation": "self"},
    "respondent": {"kind": "sub_agent", "name": "কালু দালাল"},
    "narrative": "পাঁচ লাখ টাকা নিয়েছে, রশিদে শাপলার নাম।",
    "safe_contact": {"may_call": True},
}


class People:
    """Everybody with a token of their own, at the one open door."""

    def __init__(self, whole: Suite, open_: AsyncExitStack) -> None:
        self.whole = whole
        self.open = open_
        self.clients: dict[str, httpx.AsyncClient] = {}

    async def client(self, who: str) -> httpx.AsyncClient:
        if who not in self.clients:
            one = await self.open.enter_async_context(httpx.AsyncClient(base_url=self.whole.place.public_url, timeout=240))
            self.clients[who] = one
            if who == "cti":
                secret = self.whole.secrets.get("client", "cti")
                granted = await Provider(one, self.whole.place.public_url).grant("client_credentials", "cti", {}, secret=secret)
                one.headers["Authorization"] = f"Bearer {granted.access}"
            elif who != "stranger":
                one.headers["Authorization"] = f"Bearer {await access_token(self.whole.place.public_url, who, PASSWORD)}"
        return self.clients[who]

    async def post(self, who: str, path: str, body: dict[str, Any], *, status: int = 201, **headers: str) -> dict[str, Any]:
        sent = {"If-Match": "*", "Idempotency-Key": str(uuid4()), **headers}
        answer = await (await self.client(who)).post(f"{AT}{path}", json=body, headers=sent)
        assert answer.status_code == status, (who, path, answer.text)
        told: dict[str, Any] = answer.json()
        return told

    async def get(self, who: str, path: str, *, status: int = 200, **headers: str) -> dict[str, Any]:
        answer = await (await self.client(who)).get(f"{AT}{path}", headers=headers)
        assert answer.status_code == status, (who, path, answer.text)
        told: dict[str, Any] = answer.json()
        return told

    async def act(self, who: str, reference: str, action: str, **body: Any) -> dict[str, Any]:
        return await self.post(who, f"/{reference}/actions/{action}", body)


@pytest.fixture
async def people(whole: Suite) -> AsyncIterator[People]:
    async with AsyncExitStack() as open_:
        yield People(whole, open_)


async def a_call(people: People) -> str:
    """Rings, is answered by whoever sits at that extension, and becomes a complaint."""
    call, began = str(uuid4()), datetime.now(UTC) - timedelta(seconds=40)
    desk = await people.client("agent")
    assert (await desk.post(f"{AT}/calls/shifts", json={"extension": "77"})).status_code in {200, 201}
    rings = {"call": call, "event": "ringing", "at": began.isoformat(), "number": NUMBER}
    await people.post("cti", "/calls/events", rings, status=202)
    answered = rings | {"event": "answered", "at": (began + timedelta(seconds=9)).isoformat(), "agent": "77"}
    taken = str((await people.post("cti", "/calls/events", answered, status=202))["id"])
    await until(lambda: in_hand(people, taken), expected=True)
    done = await people.post("agent", f"/calls/{taken}/finish", {"disposition": "new_complaint", "complaint": TOLD})
    over = rings | {"event": "ended", "at": datetime.now(UTC).isoformat()}
    await people.post("cti", "/calls/events", over, status=202)
    assert (await desk.post(f"{AT}/calls/shifts/end")).status_code == 201
    return str(done["reference"])


async def in_hand(people: People, call: str) -> bool:
    return any(one["id"] == call for one in (await people.get("agent", "/calls/desk"))["in_hand"])


async def decided(people: People, reference: str) -> None:
    """Investigated, heard by telephone and apart, decided by two: the agency owes two lakh."""
    today = datetime.now(DHAKA).date()
    for action, body in (
        ("take", {}),
        ("correct", {"respondent": {"kind": "agency", "licence": "RL-0001"}, "reason": "রশিদে এজেন্সির নাম"}),
        ("start-investigation", {}),
        ("schedule-hearing", {"at": datetime.now(UTC).isoformat(), "mode": "phone", "apart": True, "companion": True}),
        ("hold-hearing", {"complainant_came": True, "respondent_came": False, "record": "রশিদ দেখালেন"}),
        ("complete-investigation", {"finding": "অভিযোগ সত্য"}),
    ):
        await people.act("bmet-one", reference, action, **body)
    owed = {"head": "fee", "currency": "BDT", "amount": 20_000_000, "due_on": (today + timedelta(days=30)).isoformat()}
    await people.act("bmet-one", reference, "propose", decision="upheld", summary="রশিদ ও সাক্ষ্য", to_pay=[owed])
    mine = await (await people.client("bmet-one")).post(f"{AT}/{reference}/actions/approve", json={}, headers={"If-Match": "*"})
    assert mine.status_code == 409  # whoever proposed it does not approve it
    await people.act("bmet-two", reference, "approve")


async def test_from_a_ringing_telephone_to_money_paid_back(people: People) -> None:
    reference = await a_call(people)
    assert "investigation" in {one["clock"] for one in (await people.get("bmet-one", f"/{reference}/deadlines"))["items"]}
    await decided(people, reference)
    assert (await people.get("agent", f"/{reference}"))["redress"] == "ordered"  # decided is not paid
    seen = await people.get("agency-one", f"/{reference}")
    assert (seen["decision"], seen["narrative"], seen["reporter"]["phone"]) == ("upheld", None, None)

    appeal = (await people.act("agency-one", reference, "appeal", by="respondent", grounds="রশিদ জাল"))["reference"]
    first = await (await people.client("bmet-one")).post(f"{AT}/{appeal}/actions/take", json={}, headers={"If-Match": "*"})
    assert first.status_code in {404, 409}  # another office decides
    await people.act("appeals-one", appeal, "take")
    await people.act("appeals-one", appeal, "propose", decision="rejected", summary="রশিদ খাঁটি")
    await people.act("appeals-two", appeal, "approve")
    assert (await people.get("agent", f"/{reference}"))["decision"] == "upheld"

    [line] = (await people.get("bmet-one", f"/{reference}/redress"))["lines"]
    today = datetime.now(DHAKA).date().isoformat()
    for number, (amount, state) in enumerate(((5_000_000, "partly_paid"), (15_000_000, "paid"))):
        paid = {"line": line["id"], "amount": amount, "paid_on": today, "way": "bank", "proof": f"TT {number}"}
        paid["confirmed_with"] = "complainant"
        assert (await people.post("bmet-one", f"/{reference}/redress/payments", paid))["state"] == state
    kinds = [one["kind"] for one in (await people.get("bmet-one", f"/{reference}/history"))["items"]]
    assert [one for one in kinds if one in {"lodged", "corrected", "hearing_held", "decided", "appeal_ended", "redress_paid"}] == [
        *("lodged", "corrected", "hearing_held", "decided", "appeal_ended", "redress_paid", "redress_paid"),
    ]
    assert "ask_after_payment" in {one["kind"] for one in (await people.get("bmet-one", f"/{reference}/redress"))["tasks"]}


async def test_who_reports_without_an_account_follows_it_to_its_end(people: People) -> None:
    told = {**TOLD, "channel": "web", "caller_safe": False, "category": "wages", "respondent": {"kind": "employer"}}
    receipt = await people.post("stranger", "/public", told)
    reference, secret = receipt["reference"], receipt["key"]["secret"]
    assert reference in {one["reference"] for one in (await people.get("supervisor", "/calls/board"))["told_in_danger"]}
    token = (await people.post("stranger", "/track", {"reference": reference, "secret": secret}, status=200))["token"]
    shown = await people.get("stranger", "/track", Tracking=token)
    assert shown["next_step"]["bn"]
    await people.act("wing-riyadh", reference, "take")
    await people.post("stranger", "/track/withdrawal", {"reason": "টাকা পেয়ে গেছি"}, status=200, Tracking=token)
    ended = {"decision": "withdrawn", "summary": "নিজের ইচ্ছায়"}
    await people.act("wing-riyadh", reference, "confirm-withdrawal", spoke_alone=True, voluntary=True)
    await people.act("wing-riyadh", reference, "propose", **ended)
    await people.act("supervisor", reference, "approve")
    assert (await people.get("stranger", "/track", Tracking=token))["status_label"]["en"] == "Decided"
