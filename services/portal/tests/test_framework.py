"""The open page of the framework, and how it is laid out."""

from services.portal.framework.rules import by_goal
from services.portal.tests.conftest import Browser


def activity(goal: str, indicator: str, evidence: int = 0) -> dict[str, object]:
    return {
        "id": f"{indicator}.1",
        "goal": goal,
        "goal_title": {"en": f"Goal {goal}", "bn": f"লক্ষ্য {goal}"},
        "indicator": indicator,
        "indicator_title": {"en": indicator, "bn": indicator},
        "evidence": evidence,
    }


class TestLayout:
    def test_indicators_stand_in_the_order_of_their_numbers(self) -> None:
        [goal] = by_goal([activity("2", "2.10"), activity("2", "2.9"), activity("2", "2.1")])
        assert [one.id for one in goal.indicators] == ["2.1", "2.9", "2.10"]

    def test_each_goal_counts_its_own_evidence(self) -> None:
        first, second = by_goal([activity("1", "1.1", 3), activity("2", "2.1"), activity("1", "1.2")])
        assert (first.activities, first.evidenced, first.evidence) == (2, 1, 3)
        assert (second.activities, second.evidenced, second.evidence) == (1, 0, 0)


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
