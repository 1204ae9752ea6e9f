"""A night in a real browser, from an authority's warning to who is counted home.

Each looks on a phone and in their own language: the wing and the migrants in Bangla, the call centre and the airport in English.
"""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Browser

from contracts.days import DHAKA
from kit.messengers import SIGNATURE, signature
from kit.testing.carrier import Carrier
from kit.testing.waiting import until
from runner.api import Api
from runner.demo import _api
from runner.identity import Provider
from runner.suite import Suite
from runner.testing import SMS_SECRET
from tests.browser.conftest import Person, person, tick

DIGITS: Final = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")
# Abha, in the mountains of Asir, and a village some thirty kilometres away; nobody of the demonstration lives there.
INSIDE: Final = {"lon": 42.505, "lat": 18.217}
NEAR: Final = {"lon": 42.73, "lat": 18.30}
AREA: Final = "18.10,42.40 18.10,42.60 18.32,42.60 18.32,42.40 18.10,42.40"
FLOOD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier><sender>alerts@ncm.gov.sa</sender>
<sent>{sent}</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
<info><language>en</language><category>Met</category><event>Flash flood</event><urgency>Immediate</urgency>
<severity>Extreme</severity><certainty>Observed</certainty><headline>Flash flood in Abha: leave the valleys now</headline>
<instruction>Go up to higher ground. Do not cross water.</instruction>
<area><areaDesc>Abha</areaDesc><polygon>{area}</polygon></area></info></alert>"""


@dataclass(slots=True)
class Someone:
    name: str
    name_bn: str
    phone: str = ""
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        reached = {"contacts": [{"address": self.phone}]} if self.phone else {"contacts": [], "no_contact": True}
        rule = {"safe_contact": {"may_call": True, "may_text": True, "wording": "plain"}}
        return {"name": self.name, "name_bn": self.name_bn, "country": "SA", "kind": "worker", **reached, **rule} | self.said


def at(place: dict[str, float]) -> dict[str, Any]:
    return {"places": [{"kind": "work_site", "country": "SA", "accuracy_m": 500, **place}]}


def phone() -> str:
    return f"+9665{uuid4().int % 10**8:08d}"


@pytest.fixture
async def api(whole: Suite) -> AsyncIterator[Api]:
    async with _api(whole.place) as one:
        yield one


@pytest.fixture
async def wing(chrome: Browser, whole: Suite) -> AsyncIterator[Person]:
    officer = await person(chrome, whole, "bn", width=360)
    yield officer
    await officer.context.close()


async def well(one: Person) -> None:
    assert await one.violations() == [], one.page.url
    assert await one.overflow() <= 0, one.page.url
    assert one.faults == [], one.page.url


async def look(one: Person, path: str) -> str:
    """Opens a page of theirs, and gives its words."""
    await one.open(path)
    await well(one)
    return await one.words()


async def press(one: Person, selector: str) -> None:
    async with one.page.expect_navigation():
        await one.page.click(selector)


async def figures(one: Person, section: str) -> dict[str, int]:
    """Rows of a summary list whose value begins with a number."""
    rows = await one.page.locator(f"{section} .govuk-summary-list__row").all_inner_texts()
    found = {}
    for row in rows:
        name, _, value = row.partition("\n")
        if number := re.match(r"[\d,]+", value.strip().translate(DIGITS)):
            found[name.strip()] = int(number[0].replace(",", ""))
    return found


async def registered(api: Api, *people: Someone) -> list[str]:
    """Their references in the register."""
    return [(await api.post("/v1/nationals", "wing-riyadh", one.body, key=str(uuid4())))["reference"] for one in people]


async def by_authority(whole: Suite, warning: str = FLOOD) -> str:
    """A warning that a partner's own client brings in, for the authority it is bound to: it may go out by itself."""
    secret = whole.secrets.get("client", "partner-cap")
    async with httpx.AsyncClient(base_url=whole.place.public_url, timeout=240) as http:
        token = (await Provider(http, whole.place.public_url).grant("client_credentials", "partner-cap", {}, secret=secret)).access
        message = warning.format(identifier=uuid4(), sent=datetime.now(UTC).isoformat(timespec="seconds"), area=AREA)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/cap+xml", "Idempotency-Key": str(uuid4())}
        answer = await http.post("/v1/crisis/alerts", content=message.encode(), headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def texted(whole: Suite, sender: str, written: str) -> None:
    """Somebody answers by text: the company brings it, signed."""
    body = json.dumps({"id": str(uuid4()), "from": sender, "text": written}, ensure_ascii=False).encode()
    async with httpx.AsyncClient(base_url=whole.place.public_url, timeout=240) as http:
        answer = await http.post("/v1/crisis/messages/sms", content=body, headers={SIGNATURE: signature(SMS_SECRET, body)})
    assert answer.json() == {"taken": 1}, answer.text


def to(company: Carrier, number: str) -> list[str]:
    return [one["text"] for one in company.taken.values() if one["to"] == number]


async def link_to(company: Carrier, number: str) -> str:
    """Path of the personal link in the first text that this number got."""

    async def got() -> bool:
        return bool(to(company, number))

    await until(got, expected=True, within=240)
    found = re.search(r"/c/[0-9A-Z]{16}", to(company, number)[0])
    assert found, to(company, number)
    return found[0]


KARIMA: Final = Someone(
    "Karima Nomuna",
    "করিমা নমুনা",
    phone(),
    {"sex": "female", "birth_year": 1994, "district": "BD-08", "flags": ["pregnant"], **at(INSIDE)},
)
JASHIM: Final = Someone("Jashim Nomuna", "জসিম নমুনা", phone(), {"sex": "male", **at(INSIDE)})
BABUL: Final = Someone("Babul Nomuna", "বাবুল নমুনা", phone(), {"sex": "male", **at(NEAR)})
SILENT: Final = Someone("Rubel Nomuna", "রুবেল নমুনা", "", {"sex": "male", "flags": ["no_phone"], **at(INSIDE)})


async def people_are_counted(one: Person, alert: str) -> None:
    """Who is inside may raise the level, and what is decided then is another version."""

    async def is_counted() -> bool:
        await one.open(f"/alerts/{alert}")
        headings = await one.page.locator("[aria-labelledby=people] h3").all_inner_texts()
        return bool({heading.strip() for heading in headings} & {"নিবন্ধিত মানুষ", "Registered people"})

    await until(is_counted, expected=True, within=240)


async def warned(wing: Person, whole: Suite) -> str:
    """The authority's warning comes while the page is open; the wing takes note, looks whom it concerns, does not wait for the window."""
    alert = await by_authority(whole)
    await wing.page.wait_for_selector(f"#alert-{alert}", timeout=240_000)
    await well(wing)
    await wing.send(f"/alerts/{alert}/acknowledge")
    await people_are_counted(wing, alert)
    await well(wing)
    await look(wing, f"/alerts/{alert}")
    concerned = await figures(wing, "[aria-labelledby=people]")
    assert {concerned[name] for name in ("গর্ভবতী নারী", "নিজের ফোন নেই")} == {1}, concerned
    assert concerned["এলাকার ভেতরে"] == 3, concerned
    assert concerned["এলাকার ৩০ কিলোমিটারের মধ্যে"] == 1, concerned
    await press(wing, f"form[action='/alerts/{alert}/decision/release'] button.govuk-button--warning")
    return alert


async def people_answer(migrant: Person, whole: Suite, company: Carrier) -> str:
    """One by the link, one by a digit, one in words that no rule can read; the path of the link."""
    link = await link_to(company, JASHIM.phone)
    await link_to(company, KARIMA.phone)
    await link_to(company, BABUL.phone)
    await migrant.open(link)
    await migrant.answer("status", "safe")
    await migrant.answer("people_with", "২")
    await press(migrant, "button[value=say]")
    await migrant.page.fill("[name=text]", "বিমানবন্দর কি খোলা?")
    await press(migrant, "button[value=ask]")
    await texted(whole, KARIMA.phone, "২")
    await texted(whole, BABUL.phone, "আমি ভালো নেই, পা ভেঙে গেছে")
    return link


async def wing_reads(wing: Person, company: Carrier, alert: str) -> dict[str, int]:
    """What no rule could read is read by the wing, and answered; then how far it has come."""
    await look(wing, "/texts")
    question = wing.page.locator("article", has_text="বিমানবন্দর কি খোলা?")
    await question.locator("textarea").fill("আজ বন্ধ। ঘরে থাকুন।")
    async with wing.page.expect_navigation():
        await question.locator("button").click()
    hurt = wing.page.locator("article", has_text="পা ভেঙে গেছে")
    await hurt.locator("select").select_option("injured")
    await hurt.locator("textarea").fill("অ্যাম্বুলেন্স আসছে।")
    async with wing.page.expect_navigation():
        await hurt.locator("button").click()

    async def answered() -> bool:
        return any("অ্যাম্বুলেন্স আসছে।" in one for one in to(company, BABUL.phone))

    await until(answered, expected=True, within=240)
    await look(wing, f"/alerts/{alert}")
    reach = await figures(wing, "#reach")
    told = {name: reach[name] for name in ("নিরাপদ", "সাহায্য দরকার", "আহত বা অসুস্থ", "উত্তর দিয়েছেন")}
    assert told == {"নিরাপদ": 1, "সাহায্য দরকার": 1, "আহত বা অসুস্থ": 1, "উত্তর দিয়েছেন": 3}, reach
    return reach


async def incident_opened(wing: Person, alert: str) -> str:
    """From the warning, with what every desk says."""
    await press(wing, f"a[href^='/incidents/new?alert={alert}']")
    await wing.answer("hazard", "flood")
    await wing.answer("commander", "প্রথম সচিব")
    await wing.answer("reason", "আবহায় আকস্মিক বন্যা")
    await wing.send("/incidents/new")
    incident = wing.page.url.rpartition("/")[2]
    await well(wing)
    await wing.page.click("details:has([name=en]) summary")
    await wing.answer("en", "We are asking after everybody in Abha.")
    await wing.answer("bn", "আবহায় সবার খোঁজ নেওয়া হচ্ছে।")
    await wing.send(f"/incidents/{incident}/act/script")
    return incident


async def family_calls(agent: Person, incident: str) -> None:
    """The desk says what is known; the agent finds the person in the register and tells what may be told."""
    await agent.sign_in("agent", "/desk")
    await agent.context.add_cookies([{"name": "lang", "value": "en", "url": agent.url}])
    assert "We are asking after everybody in Abha." in await look(agent, "/desk")
    await press(agent, f"a[href='/incidents/{incident}/enquiries/new']")
    await well(agent)
    for name, answer in {
        "sought.name": KARIMA.name,
        "sought.phone": KARIMA.phone,
        "asker.name": "Amena Nomuna",
        "asker.relation": "parent",
        "asker.phone": "01712345670",
        "may_call": "yes",
    }.items():
        await agent.answer(name, answer)
    await agent.send(f"/incidents/{incident}/enquiries/new")
    enquiry = agent.page.url.removeprefix(agent.url)
    await well(agent)
    assert "In the register: Needs help (same telephone)" in await agent.words()
    await agent.send(f"{enquiry}/match")
    await agent.answer("status", "believed_alive")
    await agent.answer("channel", "call")
    await agent.answer("words", "She answered tonight; the wing is with her.")
    await agent.send(f"{enquiry}/answers")
    await well(agent)
    await agent.answer("outcome", "found")
    await agent.send(f"{enquiry}/ending")


async def brought_out(wing: Person, incident: str, reference: str) -> str:
    """Who needs help leaves: from the register, with a seat of her own; the address of the journey."""
    await look(wing, f"/evacuation/{incident}")
    await wing.send(f"/evacuation/{incident}/window")
    await look(wing, f"/nationals/{reference}?purpose=emergency")
    await press(wing, f"a[href^='/evacuation/{incident}?national=']")
    await well(wing)
    await wing.answer("papers", "ok")
    await wing.send(f"/evacuation/{incident}/register")
    await wing.page.click("#leg ~ details summary")
    departs = datetime.now(DHAKA) + timedelta(hours=2)
    for name, answer in {
        "mode": "air",
        "from_place": "Abha",
        "from_country": "SA",
        "to_place": "Dhaka",
        "to_country": "BD",
        "operator": "Biman",
        "departs": departs.strftime("%Y-%m-%dT%H:%M"),
        "capacity": "২",
    }.items():
        await wing.answer(name, answer)
    await wing.send(f"/evacuation/{incident}/leg")
    await well(wing)
    await tick(wing.page, "[name=evacuees]")
    await wing.send(f"/evacuation/{incident}/seats")
    await press(wing, "a[href^='/evacuation/legs/']")
    leg = wing.page.url.removeprefix(wing.url)
    assert KARIMA.name_bn in await wing.words()
    await well(wing)
    await wing.send(f"{leg}/departure")
    return leg


async def received(airport: Person, wing: Person, leg: str) -> None:
    await airport.sign_in("airport", "/evacuation/legs")
    await airport.context.add_cookies([{"name": "lang", "value": "en", "url": airport.url}])
    await look(airport, "/evacuation/legs")
    await press(airport, f"a[href='{leg}']")
    await well(airport)
    await airport.send(f"{leg}/arrival")
    await airport.answer("to_unit", "welfare_desk")
    await airport.answer("received", "1")
    await airport.send(f"{leg}/handover")
    await wing.open(leg)
    await wing.send(f"{leg}/countersignature")
    assert "দুই পক্ষই স্বাক্ষর করেছে" in await wing.words()


async def expected_at_home(district: Person) -> None:
    await district.sign_in("demo-cumilla", "/arrivals")

    async def expected() -> bool:
        return KARIMA.name_bn in await look(district, "/arrivals")

    await until(expected, expected=True, within=240)


async def counted(wing: Person, incident: str, reach: dict[str, int]) -> None:
    """The sum of people comes out even, each in one place."""
    await look(wing, f"/incidents/{incident}")
    parts = await figures(wing, "#sum ~ dl")
    assert "হিসাব মিলেছে" in await wing.words()
    assert sum(parts.values()) == sum(reach[name] for name in ("উত্তর দিয়েছেন", "পৌঁছানো যায়নি")), parts
    counted_as = {"যেখানে আছেন সেখানে নিরাপদ": 1, "আহত, হাসপাতালে বা আটক": 1, "দেশে ফিরিয়ে আনা হয়েছে": 1}
    assert {name: parts.get(name) for name in counted_as} == counted_as, parts
    assert "সাহায্য প্রয়োজন" not in parts


async def test_a_night_from_a_warning_to_who_is_counted_home(
    chrome: Browser, whole: Suite, api: Api, company: Carrier, wing: Person
) -> None:
    migrant = await person(chrome, whole, "bn", width=360, scripts=False)
    agent, airport = [await person(chrome, whole, "en", width=360) for _ in range(2)]
    district = await person(chrome, whole, "bn", width=360)
    reference, *_ = await registered(api, KARIMA, JASHIM, BABUL, SILENT)
    await wing.sign_in("wing-riyadh", "/alerts")
    alert = await warned(wing, whole)
    link = await people_answer(migrant, whole, company)
    reach = await wing_reads(wing, company, alert)
    await migrant.open(link)
    assert "আজ বন্ধ। ঘরে থাকুন।" in await migrant.words()
    incident = await incident_opened(wing, alert)
    await family_calls(agent, incident)
    leg = await brought_out(wing, incident, reference)
    await received(airport, wing, leg)
    await expected_at_home(district)
    await counted(wing, incident, reach)
    for one in (migrant, agent, airport, district):
        await one.context.close()
