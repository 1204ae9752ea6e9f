"""What is followed step by step: anybody reads, an office tells, nothing that was told is lost."""

from typing import Any

from services.portal.tests.conftest import Browser
from services.portal.tracker.rules import by_kind, steps_of

MATTER = "/framework/matters/oman"
FORUM = "/framework/matters/national-forum"
THREE_DAYS = {"on_day.day": "১", "on_day.month": "১০", "on_day.year": "২০২৬"}


def told(step: str, version: int) -> dict[str, Any]:
    return {"step": step, "title": {"en": step, "bn": step}, "version": version}


class TestLayout:
    def test_steps_stand_in_the_order_of_their_kind_and_what_was_told_of_an_old_one_stays(self) -> None:
        kind: dict[str, Any] = {
            "steps": [{"code": code, "title": {}, "repeats": code == "talks"} for code in ("proposed", "talks", "signed")]
        }
        found = steps_of({"of_kind": kind, "steps": [told("signed", 1), told("talks", 2), told("initialled", 3)]})
        assert [(one.code, len(one.told), one.may_be_told) for one in found] == [
            ("proposed", 0, True),
            ("talks", 1, True),
            ("signed", 1, False),
            ("initialled", 1, False),
        ]

    def test_kinds_stand_in_their_order(self) -> None:
        matters = [
            {"code": code, "kind": kind, "kind_title": {}} for code, kind in (("a", "two"), ("b", "gone"), ("c", "one"), ("d", "two"))
        ]
        found = by_kind(matters, [{"code": "one"}, {"code": "two"}])
        assert [(kind["code"], [one["code"] for one in those]) for kind, those in found] == [
            ("one", ["c"]),
            ("two", ["a", "d"]),
            ("gone", ["b"]),
        ]


class TestSteps:
    """A step is told, overtaken, and corrected: one walk, for what is told stays."""

    async def test_from_a_plan_to_a_correction(self, browser: Browser, bangla: Browser) -> None:
        await browser.open("/framework/activities/4.4.1.1")
        assert "Memorandum with Oman" in browser.words
        await browser.open(MATTER)
        assert "A memorandum of understanding is in place." in browser.words
        assert "Tell of this step" not in browser.words

        await browser.sign_in("analyst", f"/sign-in?next={MATTER}/steps/signed/new")
        said = {"actor": "MoEWOE", "state": "done", "text": "Signed in Muscat.", **THREE_DAYS}
        overtaken = browser.answer
        await bangla.sign_in("appeals-one", f"/sign-in?next={MATTER}/steps/talks/new")
        await bangla.send(
            f"{MATTER}/steps/talks/new", {"actor": "MoEWOE", "state": "done", "text": "মাসকাটে দুই দিনের আলোচনা হয়েছে।", **THREE_DAYS}
        )
        assert bangla.answer.status_code == 422
        assert "তালিকা থেকে বেছে নিন" in bangla.words
        await bangla.send(f"{MATTER}/steps/talks/new", {"actor": "MoEWOE", "state": "planned", "text": "মাসকাটে আলোচনা হবে।", **THREE_DAYS})
        assert "১ অক্টোবর ২০২৬ তারিখের জন্য পরিকল্পিত" in bangla.words
        assert "সময় পার হয়েছে" in bangla.words

        browser.answer = overtaken
        await browser.send(f"{MATTER}/steps/signed/new", said)
        assert browser.answer.status_code == 412
        await browser.open(f"{MATTER}/steps/signed/new")
        await browser.send(f"{MATTER}/steps/signed/new", said)
        assert "Done on 1 October 2026" in browser.words
        await browser.open(f"{MATTER}/steps/signed/new?replaces=2")
        await browser.send(f"{MATTER}/steps/signed/new", said | {"state": "dropped", "text": "Told by mistake: of another country."})
        assert "Given up on 1 October 2026" in browser.words
        await browser.open(f"{MATTER}/history")
        assert "Takes the place of number 2" in browser.words
        assert "Signed in Muscat." in browser.words
        await browser.open("/framework/matters?late=yes")
        assert "Memorandum with Oman" in browser.words

    async def test_what_is_not_followed(self, browser: Browser) -> None:
        assert (await browser.open("/framework/matters/nothing")).status_code == 404
        await browser.open("/framework/matters?kind=%3Cscript%3E")
        assert "UN migrant workers' convention" in browser.words


class TestOpenedByAnOffice:
    async def test_an_agreement_that_the_framework_does_not_name(self, bangla: Browser) -> None:
        await bangla.sign_in("analyst", "/sign-in?next=/framework/matters/new")
        said = {
            "kind": "bilateral_agreement",
            "title_en": "Labour agreement with Malta",
            "title_bn": "মাল্টার সঙ্গে শ্রম চুক্তি",
            "country": "MT",
            "activities": "৪.৪.১.১, 3.3.1.2",
            "actor": "MoEWOE",
            "text": "চিঠিতে আলোচনার প্রস্তাব দেওয়া হয়েছে।",
        }
        await bangla.send("/framework/matters/new", said | {"activities": "৯.৯.৯.৯"})
        assert "কাঠামোয় নেই" in bangla.words
        await bangla.send("/framework/matters/new", said)
        assert "মাল্টার সঙ্গে শ্রম চুক্তি" in bangla.words
        assert "এ বিষয়ে কিছু জানানো হয়নি।" in bangla.words


class TestActions:
    async def test_from_a_decision_to_its_end(self, browser: Browser) -> None:
        await browser.sign_in("analyst", f"/sign-in?next={FORUM}/actions/new")
        days = {"as_of.day": "1", "as_of.month": "10", "as_of.year": "2026", "due.day": "2", "due.month": "10", "due.year": "2026"}
        said = {"task": "Draft the terms of the desk", "owner": "MoFA", "actor": "NFM&D", "text": "Decided by all.", **days}
        await browser.send(f"{FORUM}/actions/new", said)
        assert browser.answer.status_code == 409
        assert "name the letter or paper" in browser.words
        await browser.send(f"{FORUM}/actions/new", said | {"document": "Minutes no. 12"})
        await browser.open("/framework/actions?late=yes")
        assert "Draft the terms of the desk" in browser.words
        action = browser.answer.text.partition('href="/framework/actions/')[2].partition('"')[0]
        await browser.open(f"/framework/actions/{action}/change")
        done = {"actor": "MoFA", "state": "done", "text": "The terms were sent.", "document": "Letter 7", "due.day": "", **days}
        await browser.send(f"/framework/actions/{action}/change", {one: done[one] for one in done if not one.startswith("due")})
        assert "Done on 1 October 2026" in browser.words
        assert "To be done by 2 October 2026" in browser.words
