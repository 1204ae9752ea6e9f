"""A protected case opened in an emergency, and a letter to a body without an account, page by page over the real services."""

from collections.abc import AsyncIterator

import pytest

from runner.suite import Suite
from services.portal.tests.conftest import Browser, parsed
from services.portal.tests.test_returnees import NEW, TOLD

JUDGED = "/protected/emergencies/"


@pytest.fixture
async def people(suite: Suite) -> AsyncIterator[list[Browser]]:
    four = [Browser(suite.place.public_url) for _ in range(4)]
    yield four
    for one in four:
        await one.http.aclose()


async def registered(officer: Browser, phone: str) -> str:
    await officer.sign_in("demo-sylhet", NEW)
    needs = {"needs": ["job"], "consent.granted": "yes"}
    await officer.send(NEW, TOLD | needs | {"phone": phone, "district": "BD-60"})
    assert officer.path != NEW, officer.words
    return officer.path.split("?")[0]


async def test_the_emergency_is_read_at_once_and_judged_by_two(people: list[Browser]) -> None:
    owner, far, supervisor, auditor = people
    await supervisor.sign_in("supervisor", "/protected/emergencies")
    before = set(supervisor.asked(JUDGED))
    returnee = await registered(owner, "01712349981")
    await owner.send(f"{returnee}/protection")
    case = owner.path
    assert case.startswith("/protected/"), owner.words

    await far.sign_in("demo-cumilla", case)
    assert far.answer.status_code == 404
    place = "/protected/emergency"
    await far.open(place)
    slip = returnee.rsplit("/", 1)[1]
    assert (await far.send(place, {"reference": slip, "reason": " "})).status_code == 422
    assert 'id="reason-error"' in far.answer.text
    await far.send(place, {"reference": slip, "reason": "থানা থেকে ফোন, কেউ ধরছে না", "minutes": "15"})
    assert far.path == case, far.words
    assert "you may look until" in far.words
    assert "Jamal Nomuna" in far.words
    assert not [form for form in parsed(far.answer.text).forms if (form.get("action") or "").startswith(case)]

    for judge in (owner, supervisor):
        for first in ("/", "/today", "/protected"):
            await judge.open(first)
            assert "A protected case was opened in an emergency." in judge.words
        await judge.open("/protected/emergencies")
        assert "থানা থেকে ফোন" in judge.words
        assert "Shirin Nomuna, District office, Cumilla" in judge.words
        assert "demo-cumilla" not in judge.words
        (verdict,) = set(judge.asked(JUDGED)) - before
        assert (await judge.send(verdict, {"words": "কথা হয়েছে"})).status_code == 422
        assert "কথা হয়েছে" in judge.words
        await judge.send(verdict, {"words": "কথা হয়েছে", "justified": "yes" if judge is owner else "no"})
        assert verdict not in judge.asked(JUDGED), judge.words
    assert (await far.open(case)).status_code == 404
    await auditor.sign_in("admin", "/protected/emergencies")
    assert "Not justified" in auditor.words
    await auditor.open("/protected/emergencies?lang=bn")
    for acted in ("শিরিন নমুনা, জেলা কার্যালয়, কুমিল্লা", "তারেক নমুনা, জেলা কার্যালয়, সিলেট", "কামাল নমুনা, তত্ত্বাবধায়ক"):
        assert acted in auditor.words
    assert "Jamal" not in auditor.words


async def test_a_letter_is_printed_and_its_answer_written_down(people: list[Browser]) -> None:
    officer = people[0]
    returnee = await registered(officer, "01712349982")
    await officer.open("/providers/new")
    clinic = {"kind": "health", "name_en": "Nomuna Clinic (fictional)", "name_bn": "নমুনা ক্লিনিক (কাল্পনিক)", "district": "BD-60"}
    day = {"open_from.day": "১", "open_from.month": "১", "open_from.year": "২০২৬"}
    await officer.send("/providers/new", clinic | day | {"helps": ["treatment"], "source": "fictional"})
    await officer.open(f"{returnee}/helps/treatment")
    (giver,) = links(officer, "Nomuna Clinic")
    await officer.open(giver)
    await officer.send(giver, {"granted": "yes", "way": "signature", "language": "bn", "reason": "পায়ের চিকিৎসা"})
    (letter,) = links(officer, "Letter to print")
    await officer.open(letter)
    for words in ("Tareq Nomuna", "Nomuna Clinic (fictional)", "পায়ের চিকিৎসা", "Please answer by", "We take it on"):
        assert words in officer.words
    for kept in (returnee.rsplit("/", 1)[1], "SA", "Saudi"):
        assert kept not in parsed(officer.answer.text).find_class("app-letter")[0].text_content()
    await officer.open(f"{letter}?lang=bn")
    assert "নমুনা ক্লিনিক (কাল্পনিক)" in officer.words
    await officer.open(f"{returnee}?lang=en")

    (answer,) = links(officer, "Write down its answer")
    await officer.open(f"{answer}&lang=bn")
    place = answer.split("?")[0]
    assert not officer.typed(place, "told_on.year").isascii()
    await officer.open(f"{answer}&lang=en")
    assert (await officer.send(place, {"accept": "yes"})).status_code == 422
    assert 'id="told_by-error"' in officer.answer.text
    await officer.send(place, {"accept": "yes", "told_by": "সহকারী সালমা", "told_way": "phone"})
    assert "সহকারী সালমা" in officer.words
    (given,), (undone,) = links(officer, "Write down what it gave"), links(officer, "It cannot be given after all")
    await officer.open(answer)
    assert "This referral has gone on" in officer.words
    assert "Accepted: সহকারী সালমা, By telephone" in officer.words
    assert not [form for form in parsed(officer.answer.text).forms if (form.get("action") or "") == place]

    await officer.open(undone)
    late = {**officer.form(undone.split("?")[0]), "decline_code": "no_place", "told_by": "ডা. নমুনা", "told_way": "visit"}
    await officer.open(given)
    await officer.send(given.split("?")[0], {"outcome": "given", "told_by": "ডা. নমুনা", "told_way": "visit"})
    assert "ডা. নমুনা" in officer.words
    assert not links(officer, "Letter to print")
    refused = await officer.http.post(undone.split("?")[0], data=late, headers={"Origin": officer.url})
    assert refused.status_code in {409, 412}
    assert "The body says that the help was given" in refused.text
    assert not [form for form in parsed(refused.text).forms if "giving-up" in (form.get("action") or "")]


def links(person: Browser, words: str) -> list[str]:
    return [link.get("href") or "" for link in parsed(person.answer.text).iter("a") if words in link.text_content()]
