"""What protects people, page by page, over the real service: emergencies, reads, consents, safe contact, holds, doubtful reports."""

from collections.abc import AsyncIterator

import httpx
import pytest

from runner.suite import Suite
from services.portal.tests.conftest import Browser, parsed
from services.portal.tests.test_complaints import NEW, SAID


@pytest.fixture
async def people(suite: Suite) -> AsyncIterator[list[Browser]]:
    three = [Browser(suite.place.public_url) for _ in range(3)]
    yield three
    for one in three:
        await one.http.aclose()


async def lodged(agent: Browser, **changes: str) -> str:
    await agent.sign_in("agent", NEW)
    await agent.send(NEW, SAID | changes)
    return agent.path.rsplit("/", 1)[1]


async def test_glass_is_broken_with_a_reason_that_the_supervisor_reads(people: list[Browser]) -> None:
    agent, officer, supervisor = people
    reference = await lodged(agent, category="physical_abuse", narrative="তাকে মারধর করা হচ্ছে")
    await officer.sign_in("demo-sylhet", f"/complaints/{reference}")
    assert officer.answer.status_code == 404
    await officer.open(f"/break-glass?reference={reference}")
    assert (await officer.send("/break-glass", {"reason": " "})).status_code == 422
    await officer.send("/break-glass", {"reason": "তিনি ফোনে কাঁদছেন, সেলে কেউ ধরছে না", "minutes": "15"})
    assert officer.path == f"/complaints/{reference}"
    assert "তাকে মারধর করা হচ্ছে" in officer.words

    await supervisor.sign_in("supervisor", "/break-glass/uses")
    assert reference in supervisor.words
    assert "তিনি ফোনে কাঁদছেন" in supervisor.words
    assert "Tareq Nomuna, District office, Sylhet" in supervisor.words
    assert (await officer.open("/break-glass/uses")).status_code == 403


async def test_an_auditor_sees_who_read_one_complaint(people: list[Browser]) -> None:
    agent, admin, supervisor = people
    reference = await lodged(agent)
    await admin.sign_in("admin", f"/reads?reference={reference}")
    assert "Reading the complaint" in admin.words or "intake" in admin.words
    assert (await admin.open("/reads?reference=C-NOTONE")).status_code == 200
    assert "There is a problem" in admin.words
    await supervisor.sign_in("supervisor", f"/reads?reference={reference}")
    assert supervisor.answer.status_code == 403


async def test_a_consent_is_given_before_a_witness_and_taken_back(people: list[Browser]) -> None:
    agent = people[0]
    reference = await lodged(agent)
    await agent.open(f"/complaints/{reference}")
    place = f"/complaints/{reference}/consents"
    await agent.send(place, {"purpose": "immigration_status", "recipient": "police", "witness": "তাঁর বোন"})
    assert "To be told about my papers and my stay: Police" in agent.words
    assert "তাঁর বোন" in agent.words
    back = next(action for action in actions(agent) if action.endswith("/withdrawal"))
    await agent.send(back)
    assert "Withdrawn" in agent.words
    assert not [action for action in actions(agent) if action.endswith("/withdrawal")]


def actions(person: Browser) -> list[str]:

    return [form.get("action") or "" for form in parsed(person.answer.text).forms]


async def test_the_rule_of_contact_is_changed_and_keeps_the_rest(people: list[Browser]) -> None:
    agent = people[0]
    reference = await lodged(agent)
    place = f"/complaints/{reference}/contact-rule"
    await agent.open(place)
    await agent.send(place, {"may_text": "yes", "hours_from": "18:30", "hours_to": "20:00", "ask_for": "সালমা"})
    assert "18:30 to 20:00" in agent.words
    await agent.open(place)
    await agent.send(place, {"may_call": "yes"})
    assert "সালমা" in agent.words
    await agent.open(place)
    assert (await agent.send(place, {"hours_to": ""})).status_code == 422


async def test_a_text_goes_only_where_it_is_allowed(people: list[Browser]) -> None:
    agent = people[0]
    reference = await lodged(agent)
    place = f"/complaints/{reference}/texts"
    await agent.open(f"/complaints/{reference}")
    refused = await agent.send(place, {"template": "update"})
    assert refused.status_code == 409
    rule = f"/complaints/{reference}/contact-rule"
    await agent.open(rule)
    await agent.send(rule, {"may_text": "yes"})
    await agent.send(place, {"template": "update"})
    assert agent.path == f"/complaints/{reference}"
    assert "Not put into words yet" in agent.words or "16135" in agent.words


async def test_a_new_secret_is_shown_once_and_opens_the_status_page(people: list[Browser]) -> None:
    agent, migrant, _ = people
    reference = await lodged(agent)
    await agent.open(f"/complaints/{reference}")
    given = await agent.press(f"/complaints/{reference}/secret")
    assert given.status_code == 200
    assert given.headers["cache-control"] == "no-store"

    secret = parsed(given.text).get_element_by_id("secret").text_content().strip()
    await migrant.open("/track")
    await migrant.send("/track", {"reference": reference, "secret": secret})
    assert migrant.path == "/track/status", migrant.words
    assert reference in migrant.words


async def test_a_hold_is_set_and_lifted_with_a_reason(people: list[Browser]) -> None:
    agent, supervisor, _ = people
    reference = await lodged(agent)
    await supervisor.sign_in("supervisor", f"/complaints/{reference}")
    await supervisor.send(f"/complaints/{reference}/hold", {"reason": "মামলা চলছে"})
    assert "Lift the hold" in supervisor.words
    await supervisor.send(f"/complaints/{reference}/hold", {"reason": "মামলা শেষ"})
    assert "put it on hold" in supervisor.words
    await agent.open(f"/complaints/{reference}")
    assert "put it on hold" not in agent.words


async def test_a_doubtful_report_waits_until_somebody_looked(people: list[Browser], suite: Suite) -> None:
    agent = people[0]
    body = {"category": "wages", "country": "SA", "reporter": {"relation": "self"}, "narrative": "বেতন দেয়নি", "filled_in_s": 0}
    async with httpx.AsyncClient(base_url=suite.place.public_url, timeout=240) as http:
        reference = (await http.post("/v1/complaints/public", json=body)).json()["reference"]
    await agent.sign_in("agent", "/doubts")
    assert reference in agent.words
    await agent.send(f"/doubts/{reference}")
    assert reference not in agent.words
