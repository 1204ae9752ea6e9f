"""The open page of the framework, and how it is laid out."""

from sqlalchemy import text

from kit.database import make_engine
from runner.suite import Suite
from services.portal.framework.rules import by_goal
from services.portal.language import district
from services.portal.tests.conftest import Browser, parsed
from services.portal.tests.test_reports import cells


def activity(goal: str, indicator: str, evidence: int = 0) -> dict[str, object]:
    return {
        "id": f"{indicator}.1",
        "goal": goal,
        "goal_title": {"en": f"Goal {goal}", "bn": f"লক্ষ্য {goal}"},
        "indicator": indicator,
        "indicator_title": {"en": indicator, "bn": indicator},
        "evidence": evidence,
        "progress": {"standing": "evidence_only" if evidence else "claimed", "overdue": not evidence},
    }


class TestLayout:
    def test_indicators_stand_in_the_order_of_their_numbers(self) -> None:
        [goal] = by_goal([activity("2", "2.10"), activity("2", "2.9"), activity("2", "2.1")])
        assert [one.id for one in goal.indicators] == ["2.1", "2.9", "2.10"]

    def test_each_goal_counts_its_own_evidence(self) -> None:
        first, second = by_goal([activity("1", "1.1", 3), activity("2", "2.1"), activity("1", "1.2")])
        assert (first.activities, first.evidenced, first.evidence) == (2, 1, 3)
        assert (second.activities, second.evidenced, second.evidence) == (1, 0, 0)

    def test_a_claim_without_evidence_is_counted_apart(self) -> None:
        [goal] = by_goal([activity("1", "1.1", 3), activity("1", "1.2")])
        assert (goal.claimed, goal.borne_out, goal.overdue) == (1, 0, 1)


class TestPage:
    async def test_is_open_and_hides_neither_number(self, browser: Browser) -> None:
        await browser.open("/framework")
        assert browser.answer.status_code == 200
        assert "Activities found in the document121" in browser.words.replace(" 121", "121")
        assert "Activities that the document claims117" in browser.words.replace(" 117", "117")

    async def test_narrows_to_a_goal(self, browser: Browser) -> None:
        await browser.open("/framework?goal=3")
        assert 'id="goal-3"' in browser.answer.text
        assert 'id="goal-1"' not in browser.answer.text

    async def test_a_goal_that_does_not_exist_shows_all(self, browser: Browser) -> None:
        await browser.open("/framework?goal=%3Cscript%3E")
        assert browser.answer.status_code == 200
        assert 'id="goal-6"' in browser.answer.text

    async def test_counts_in_bengali_digits(self, bangla: Browser) -> None:
        await bangla.open("/framework")
        assert "১২১" in bangla.words
        assert "১১৭" in bangla.words

    async def test_every_list_says_that_the_first_day_is_an_assumption(self, browser: Browser) -> None:
        await browser.sign_in("analyst")
        for path in ("/framework", "/framework/actors/MoEWOE", "/framework/duties", "/framework/activities/3.1.1.1"):
            await browser.open(path)
            assert "Counted from 1 January 2019; the document names no first day. This day is an assumption" in browser.words, path


ACTIVITY = "/framework/activities/4.4.2.3"


class TestActivity:
    """A claim, overtaken by another lead, and what civil society answers: one walk, for what is reported stays."""

    async def test_from_a_report_to_an_answer(self, browser: Browser, bangla: Browser, suite: Suite) -> None:
        await browser.sign_in("analyst", "/sign-in?next=/framework/duties")
        assert "Of your own body" in browser.words
        await browser.open(f"{ACTIVITY}/report/new")
        said = {"actor": "MoEWOE", "state": "under_way", "text": "The desk takes complaints in every district.", "document": "Letter 12"}
        overtaken = browser.answer
        other = Browser(suite.place.public_url)
        await other.sign_in("appeals-one", f"/sign-in?next={ACTIVITY}/report/new")
        await other.send(f"{ACTIVITY}/report/new", said | {"state": "halted", "text": "Two districts wait for a second officer."})
        assert "Two districts wait" in other.words
        browser.answer = overtaken
        await browser.send(f"{ACTIVITY}/report/new", said)
        assert browser.answer.status_code == 412
        assert "Somebody has changed this meanwhile" in browser.words
        await browser.open(f"{ACTIVITY}/report/new")
        await browser.send(f"{ACTIVITY}/report/new", said)
        assert "Report 2: Under way" in browser.words
        await other.http.aclose()

        await bangla.sign_in("ngo-one", f"/sign-in?next={ACTIVITY}/comment/new")
        await bangla.send(f"{ACTIVITY}/comment/new", {"stance": "doubts", "report": "২", "text": "দুই জেলায় ডেস্কে কেউ বসেন না।"})
        assert "প্রতিবেদন ২ সম্পর্কে" in bangla.words
        assert "ngo-one: ভিন্নমত" in bangla.words

    async def test_a_counter_document_is_kept_with_the_form_and_read_by_anybody(self, browser: Browser, bangla: Browser) -> None:
        place = f"{ACTIVITY}/comment/new"
        await bangla.sign_in("ngo-one", f"/sign-in?next={place}")
        said = {"stance": "doubts", "text": "ডেস্কে দিনের বেলায়ও কেউ বসেন না।"}
        await bangla.send(place, said, files={"file": ("page.html", b"<html><script>1</script>", "application/pdf")})
        assert bangla.answer.status_code == 422
        assert parsed(bangla.answer.text).get_element_by_id("paper-error") is not None
        assert bangla.typed(place, "text") == said["text"]
        await bangla.send(place, files={"file": ("ডেস্ক.pdf", b"%PDF-1.7 an empty desk", "application/pdf")})
        assert "ফাইলটি কী তা লিখুন" in bangla.words
        assert "ফাইলটি জমা আছে: ডেস্ক.pdf" in bangla.words
        await bangla.send(place, {"document": "ডেস্কের ছবি, ৩ নভেম্বর ২০২৬"})
        assert "ডেস্কের ছবি, ৩ নভেম্বর ২০২৬" in bangla.words
        await browser.open(ACTIVITY)
        [link] = parsed(browser.answer.text).xpath("//main//a[contains(., 'ডেস্কের ছবি')]/@href")
        read = await browser.open(link)
        assert (read.content, read.headers["content-type"]) == (b"%PDF-1.7 an empty desk", "application/pdf")
        assert read.headers["content-disposition"].startswith("attachment")

    async def test_a_telephone_number_is_not_published(self, bangla: Browser) -> None:
        await bangla.sign_in("ngo-two", f"/sign-in?next={ACTIVITY}/comment/new")
        await bangla.send(f"{ACTIVITY}/comment/new", {"stance": "adds", "text": "রহিমকে ফোন করুন: ০১৭১২৩৪৫৬৭৮"})
        assert bangla.answer.status_code == 422
        assert "পরিচয়পত্রের নম্বরটি বাদ দিন" in bangla.words

    async def test_anybody_reads_what_the_document_misprints(self, browser: Browser) -> None:
        await browser.open("/framework/activities/3.5.1.1")
        assert "word for word" in browser.words
        assert "Comment on an activity" not in browser.words

    async def test_an_activity_that_is_none(self, browser: Browser) -> None:
        assert (await browser.open("/framework/activities/9.9.9.9")).status_code == 404


class TestActors:
    async def test_who_does_what(self, browser: Browser) -> None:
        await browser.open("/framework/actors")
        await browser.open("/framework/actors/IMSCM%26D")
        assert "Interministerial Steering Committee" in browser.words
        assert "2.1.2.1" in browser.words

    async def test_what_is_overdue(self, bangla: Browser) -> None:
        await bangla.open("/framework?overdue=yes&goal=4")
        assert "সময়সীমা ছিল" in bangla.words


# As if facts of spring had been counted for an activity that no other test looks into.
COUNTED = """
insert into evidence_figure (activity, event_type, month, district, country, sex, age_band, late, facts)
values ('2.4.1.1', 'bd.probashi.complaints.respondent.answered.v1', '2026-05-01', :district, '', 'unknown', 'unknown', false, :facts)
on conflict do nothing
"""


class TestFigures:
    async def test_what_stands_behind_a_count_is_told_and_small_numbers_are_left_out(
        self, suite: Suite, browser: Browser, bangla: Browser
    ) -> None:
        engine = make_engine(suite.database_url("monitor"), pool=1)
        async with engine.begin() as connection:
            for code, facts in (("BD-01", 1340), ("BD-02", 22), ("BD-03", 3)):
                await connection.execute(text(COUNTED), {"district": code, "facts": facts})
        await engine.dispose()
        place = "/framework/activities/2.4.1.1/figures"
        await browser.open(f"{place}?quarter=2026-Q2&by=district")
        why = "An agency that was asked and answered for what is said against it was checked."
        assert why in browser.words
        assert cells(browser.answer.text, why) == {
            "All": ["1,365"],
            district("BD-01", "en"): ["1,340"],
            district("BD-02", "en"): ["left out"],
            district("BD-03", "en"): ["left out"],
        }
        await bangla.open(f"{place}?quarter=2026-Q2&by=sex")
        assert "সংখ্যাগুলো ঘটনার, মানুষের নয়" in bangla.words
        assert "১,৩৬৫" in bangla.words

    async def test_what_is_no_division_and_no_activity(self, browser: Browser) -> None:
        assert (await browser.open("/framework/activities/2.4.1.1/figures?by=%3Cscript%3E&quarter=2026-Q2")).status_code == 200
        assert (await browser.open("/framework/activities/9.9.9.9/figures")).status_code == 404
