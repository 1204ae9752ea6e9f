"""A drill in a real browser: written by one officer, started by another, walked to its end, and nobody is sent anything.

Each on a phone: the wing in Bangla, Dhaka in English.
"""

import re
from typing import Final
from uuid import uuid4

import asyncpg
from playwright.async_api import Browser

from kit.testing.carrier import Carrier
from kit.testing.waiting import until
from runner.api import Api
from runner.suite import Suite
from tests.browser.conftest import Person, person
from tests.browser.test_night import (
    FLOOD,
    Someone,
    api,
    at,
    by_authority,
    figures,
    look,
    people_are_counted,
    phone,
    press,
    registered,
    to,
    well,
    wing,
)

__all__ = ["api", "wing"]

# Near Najran; nobody of the demonstration or of another walk lives there.
HERE: Final = {"lon": 44.229, "lat": 17.565}
MEMBER: Final = Someone("Shirin Nomuna", "শিরিন নমুনা", phone(), {"sex": "female", "drill_member": True, "flags": ["pregnant"], **at(HERE)})
NEIGHBOUR: Final = Someone("Anwar Nomuna", "আনোয়ার নমুনা", phone(), {"sex": "male", **at(HERE)})
IN_DRILLS, IN_EARNEST = phone(), phone()
DRILL: Final = {
    "country": "SA",
    "severity": "Severe",
    "urgency": "Immediate",
    "certainty": "Observed",
    "event": "Flash flood",
    "headline_bn": "নাজরানে আকস্মিক বন্যা",
    "instruction_bn": "উঁচু জায়গায় যান।",
    "description_bn": "উপত্যকায় পানি বাড়ছে।",
    "headline": "Flash flood in Najran",
    "instruction": "Go up to higher ground.",
    "description": "Water rises in the valley.",
    "response": "Avoid",
    "area": "Najran",
    "is_drill": "yes",
}
POINT: Final = {"latitude": "১৭.৫৬৫", "longitude": "৪৪.২২৯", "km": "১০"}
WOULD_HAVE_GONE: Final = (
    """select r.kind, d.body from drill_message d join recipient r on r.id = d.recipient_id where r.alert_id = $1 order by r.kind"""
)


async def asked(whole: Suite, statement: str, alert: str) -> list[asyncpg.Record]:
    """Of the crisis service's database, as its owner."""
    connection = await asyncpg.connect(whole.database_url("crisis", owner=True))
    try:
        return list(await connection.fetch(statement, alert))
    finally:
        await connection.close()


async def relays_added(wing: Person) -> None:
    """Two associations of the country, of which one takes part in drills."""
    for number, takes_part in ((IN_DRILLS, True), (IN_EARNEST, False)):
        await look(wing, "/relays")
        said = {"name": f"Najran {number}", "kind": "association", "country": "SA", "channel": "sms", "address": number, "language": "bn"}
        for name, answer in (said | ({"in_drills": "yes"} if takes_part else {})).items():
            await wing.answer(name, answer)
        await wing.send("/relays")


async def written(wing: Person) -> str:
    """The drill's id. Whoever wrote it does not start it."""
    await look(wing, "/alerts/new")
    await wing.page.click("form[action='/alerts/new'] summary")
    for name, answer in (DRILL | POINT).items():
        await wing.answer(name, answer)
    await wing.send("/alerts/new")
    alert = wing.page.url.rpartition("/")[2]
    await well(wing)
    assert "মহড়া, প্রকৃত নয়" in await wing.words()
    assert "মহড়াটি শুরু করার জন্য আরেকজন কর্মকর্তার অপেক্ষায় আছে।" in await wing.words()
    assert await wing.page.locator("section.app-goal h2").first.inner_text() == DRILL["headline_bn"], (
        "the reader's own language comes first"
    )
    await people_are_counted(wing, alert)
    assert await wing.page.locator(f"form[action='/alerts/{alert}/decision/release']").count() == 0
    assert "অন্য একজন কর্মকর্তা এটি পাঠাবেন।" in await wing.words()
    return alert


async def started(dhaka: Person, alert: str) -> None:
    await dhaka.sign_in("supervisor", "/alerts")
    assert "EXERCISE, not real" in await dhaka.page.inner_text(f"#alert-{alert}")
    await press(dhaka, f"#alert-{alert} h2 a")
    await well(dhaka)
    assert "The drill waits for another officer to start it." in await dhaka.words()
    await press(dhaka, f"form[action='/alerts/{alert}/decision/release'] button.govuk-button--warning")
    assert "The drill runs" in await dhaka.words()
    await well(dhaka)


async def would_have_gone(whole: Suite, alert: str) -> dict[str, str]:
    """The text by kind of recipient, once both are written down."""

    async def kinds() -> list[str]:
        return [row["kind"] for row in await asked(whole, WOULD_HAVE_GONE, alert)]

    await until(kinds, expected=["person", "relay"], within=240)
    return {row["kind"]: row["body"] for row in await asked(whole, WOULD_HAVE_GONE, alert)}


async def test_a_drill_reaches_nobody(chrome: Browser, whole: Suite, api: Api, company: Carrier, wing: Person) -> None:
    await registered(api, MEMBER, NEIGHBOUR)
    await wing.sign_in("wing-riyadh", "/relays")
    await relays_added(wing)
    alert = await written(wing)
    await look(wing, f"/alerts/{alert}/duty")
    await wing.page.get_by_text("সরাসরি:").wait_for(timeout=240_000)
    dhaka = await person(chrome, whole, "en", width=360)
    await started(dhaka, alert)

    await wing.page.get_by_text("এটি প্রচার করা হয়েছে").last.wait_for(timeout=240_000)
    assert "মহড়া, প্রকৃত নয়" in await wing.words()
    await wing.send(f"/alerts/{alert}/acknowledge")
    assert "একটি মিশন প্রাপ্তিস্বীকার করেছে" in await wing.words()

    texts = await would_have_gone(whole, alert)
    assert all(text.startswith("মহড়া, সত্যি নয়: ") for text in texts.values()), texts
    recipients = await asked(whole, "select kind, is_drill from recipient where alert_id = $1", alert)
    assert sorted((row["kind"], row["is_drill"]) for row in recipients) == [("person", True), ("relay", True)]
    link = re.search(r"/c/[0-9A-Z]{16}", texts["person"])
    assert link, texts
    migrant = await person(chrome, whole, "bn", width=360, scripts=False)
    await migrant.open(link[0])
    assert "মহড়া, প্রকৃত নয়" in await migrant.words()
    await migrant.answer("status", "safe")
    await press(migrant, "button[value=say]")

    await wing.page.locator("#statuses").get_by_text("নিরাপদ").wait_for(timeout=240_000)
    assert "বার্তা লেখা হয়েছে, পাঠানো হয়নি" in await wing.words()
    await well(wing)
    await look(dhaka, f"/alerts/{alert}")
    reach = await figures(dhaka, "#reach")
    assert {name: reach[name] for name in ("To be told", "Written down, not sent", "Have answered")} == {
        "To be told": 1,
        "Written down, not sent": 1,
        "Have answered": 1,
    }
    assert not any(to(company, number) for number in (MEMBER.phone, NEIGHBOUR.phone, IN_DRILLS, IN_EARNEST))
    assert not [text for text in company.texts if "মহড়া" in text or "DRILL" in text]
    for one in (dhaka, migrant):
        await one.context.close()


async def test_a_drill_that_is_labelled_real_is_held(chrome: Browser, whole: Suite, company: Carrier, wing: Person) -> None:
    """The authority may send by itself; this it may not: a real Probealarm was once sent as Actual."""
    place = f"Exercise {uuid4().hex[:6]}"
    alert = await by_authority(whole, FLOOD.replace("Flash flood in Abha", f"{place}: flash flood in Abha"))
    dhaka = await person(chrome, whole, "en", width=360)
    await dhaka.sign_in("supervisor", f"/alerts/{alert}")
    await well(dhaka)
    assert "It waits for an officer: nobody has been told." in await dhaka.words()
    assert "its words speak of a drill" in await dhaka.words()
    await wing.sign_in("wing-riyadh", f"/alerts/{alert}")
    await well(wing)
    assert "বার্তাটি প্রকৃত বলে চিহ্নিত, অথচ এতে মহড়ার কথা আছে: exercise।" in await wing.words()
    await press(wing, f"button[formaction='/alerts/{alert}/decision/withholding']")
    assert "এটি আটকে রাখা হয়েছে।" in await wing.words()
    await look(dhaka, f"/alerts/{alert}")
    assert "It is held back." in await dhaka.words()
    assert await asked(whole, "select id from outreach_job where alert_id = $1", alert) == []
    assert not [text for text in company.texts if place in text]
    await dhaka.context.close()
