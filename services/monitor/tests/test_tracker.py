"""What is tracked: steps told and never changed, two officers at once, what is late, actions of committees."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kit.errors import ProblemError
from kit.testing.days import day
from runner.testing import Running
from services.monitor.tracker import lists, rules
from services.monitor.tracker.rules import DONE, Told

MATTERS, ACTIONS = "/v1/framework/matters", "/v1/framework/actions"
# Told by the ministry itself; of another body, from its paper.
OURS, THEIRS = "saudi-arabia", "ilo-97"
PAPER: dict[str, Any] = {"document": "Minutes of 3 November 2026, no. 12", "document_url": "https://probashi.gov.bd/minutes/12"}
STEP: dict[str, Any] = {
    "actor": "MoEWOE",
    "step": "signed",
    "state": "done",
    "on_day": "2026-10-01",
    "text": "Signed in Riyadh by both ministers.",
}
FORUM: dict[str, Any] = {"actor": "NFM&D", "text": "Decided at the second meeting.", **PAPER}


async def tell(client: httpx.AsyncClient, matter: str = OURS, version: int = 1, **more: Any) -> httpx.Response:
    headers = {"If-Match": f'"{version}"', "Idempotency-Key": str(uuid4())}
    return await client.post(f"{MATTERS}/{matter}/steps", json=STEP | more, headers=headers)


async def decide(client: httpx.AsyncClient, **more: Any) -> httpx.Response:
    said = FORUM | {"task": "Draft the terms of the joint desk", "owner": "MoFA", "as_of": day(-40), "due": day(-1)} | more
    return await client.post(f"{MATTERS}/national-forum/actions", json=said, headers={"Idempotency-Key": str(uuid4())})


async def change(client: httpx.AsyncClient, action: str, version: int, **more: Any) -> httpx.Response:
    said = FORUM | {"state": "done", "as_of": day(0), "text": "The terms were sent to both sides."} | more
    return await client.post(f"{ACTIONS}/{action}/changes", json=said, headers={"If-Match": f'"{version}"'})


async def shown(monitor: Running, matter: str = OURS) -> dict[str, Any]:
    found: dict[str, Any] = (await monitor.client().get(f"{MATTERS}/{matter}")).json()
    return found


def bad_steps() -> list[tuple[dict[str, Any], tuple[int, str]]]:
    return [
        ({"step": "blessed"}, (422, "unknown-step")),
        ({"step": "constituted"}, (422, "unknown-step")),
        ({"on_day": day(3)}, (422, "done-in-days-to-come")),
        ({"step": "talks"}, (422, "outcome-needed")),
        ({"step": "talks", "outcome": "splendid"}, (422, "unknown-outcome")),
        ({"step": "talks", "outcome": "agreed", "state": "planned"}, (422, "unknown-outcome")),
        ({"replaces": 3}, (409, "nothing-to-replace")),
        ({"text": "Ask Rahim about it, ০১৭১২ ৩৪৫৬৭৮."}, (422, "number-of-a-person")),
        ({"document": "Letter that Rahim sent, 01712345678"}, (422, "number-of-a-person")),
        ({"document_url": "https://probashi.gov.bd/x"}, (422, "invalid")),
        ({"actor": "BMET"}, (409, "not-the-lead")),
        ({"actor": "NFM&D"}, (409, "paper-needed")),
    ]


def bad_actions() -> list[tuple[dict[str, Any], tuple[int, str]]]:
    return [
        ({"owner": "Nobody"}, (422, "unknown-owner")),
        ({"as_of": day(3), "due": day(4)}, (422, "done-in-days-to-come")),
        ({"due": day(-45)}, (422, "due-before-it-began")),
        ({"task": "Call 01712345678 at once"}, (422, "number-of-a-person")),
        ({"document": None, "document_url": None}, (409, "paper-needed")),
    ]


def problem(found: httpx.Response) -> tuple[int, str]:
    return found.status_code, found.json()["type"].removeprefix("urn:probashi:problem:")


class TestSteps:
    async def test_a_plan_that_is_kept_and_who_told_it(self, monitor: Running) -> None:
        client = monitor.client("analyst")
        made = await tell(client, state="planned", on_day=day(-3), text="Signing is planned in Riyadh.")
        assert made.status_code == 201, made.text
        planned = await shown(monitor)
        assert (planned["late"], planned["next"]["step"], planned["last"], planned["version"]) == (True, "signed", None, 2)
        assert OURS in {one["code"] for one in (await monitor.client().get(f"{MATTERS}?late=true")).json()["items"]}
        assert (await tell(client, version=2, replaces=1, on_day=day(0), **PAPER)).status_code == 201
        done = await shown(monitor)
        assert (done["late"], done["next"], done["last"]["document"], len(done["steps"])) == (False, None, PAPER["document"], 1)
        told = (await monitor.client().get(f"{MATTERS}/{OURS}/history")).json()["items"]
        assert [(one["version"], one["state"], one["actor"], one["replaces"]) for one in told] == [
            (2, "done", "MoEWOE", 1),
            (1, "planned", "MoEWOE", None),
        ]
        assert "told_by" not in told[0]

    async def test_two_officers_at_once_the_second_looks_again(self, monitor: Running) -> None:
        first = await tell(monitor.client("officer", org=["ministry-appeals"]))
        second = await tell(monitor.client("analyst"), on_day="2026-09-01")
        assert first.status_code == 201, first.text
        assert problem(second) == (412, "stale-version")
        assert (await shown(monitor))["last"]["on_day"] == "2026-10-01"

    async def test_no_version_no_step(self, monitor: Running) -> None:
        assert problem(await monitor.client("analyst").post(f"{MATTERS}/{OURS}/steps", json=STEP)) == (428, "version-needed")

    async def test_bad_input_is_refused_in_words(self, monitor: Running) -> None:
        client = monitor.client("analyst")
        for more, refusal in bad_steps():
            assert problem(await tell(client, **more)) == refusal, more
        assert await monitor.count("tracked_step") == 0

    async def test_a_step_that_is_done_once_is_told_once(self, monitor: Running) -> None:
        client = monitor.client("analyst")
        await tell(client)
        assert problem(await tell(client, version=2, on_day="2026-10-02")) == (409, "step-told-already")
        assert problem(await tell(client, version=2, step="talks", outcome="agreed", replaces=1)) == (409, "nothing-to-replace")
        assert (await tell(client, version=2, on_day="2026-10-02", replaces=1)).status_code == 201
        assert problem(await tell(client, version=3, on_day="2026-10-03", replaces=1)) == (409, "nothing-to-replace")

    async def test_nothing_is_done_before_what_it_follows_nor_after_the_end(self, monitor: Running) -> None:
        client = monitor.client("analyst")
        await tell(client)
        assert problem(await tell(client, version=2, step="in_force", on_day="2026-09-30")) == (409, "steps-out-of-order")
        assert (await tell(client, version=2, step="ended", on_day="2026-11-01")).status_code == 201
        assert problem(await tell(client, version=3, step="renewed", on_day="2026-11-02")) == (409, "steps-out-of-order")
        assert (await shown(monitor))["ended"] is True

    async def test_of_another_body_from_its_paper_alone(self, monitor: Running) -> None:
        said: dict[str, Any] = {"actor": "IMSCM&D", "step": "examined"}
        assert problem(await tell(monitor.client("officer", org=["ministry-appeals"]), THEIRS, **said)) == (409, "not-the-lead")
        made = await tell(monitor.client("analyst"), THEIRS, **said, **PAPER)
        assert (made.status_code, made.json()["from_paper"]) == (201, True)

    async def test_the_history_cannot_be_changed(self, monitor: Running) -> None:
        await tell(monitor.client("analyst"))
        with pytest.raises(DBAPIError, match="permission denied"):
            async with monitor.sessions.begin() as session:
                await session.execute(text("update tracked_step set on_day = '2020-01-01'"))


class TestMatters:
    async def test_what_the_framework_names_is_there_from_the_start(self, monitor: Running) -> None:
        found = (await monitor.client().get(f"{MATTERS}?activity=3.1.7.1")).json()["items"]
        assert [one["code"] for one in found] == ["ilo-97", "ilo-143", "stateless-1954", "stateless-1961"]
        convention = await shown(monitor, "icrmw")
        assert (convention["said"]["en"], convention["found"]["bn"], convention["steps"]) == ("Ratified.", "পরিশিষ্ট গ, ৩.১", [])
        kinds = (await monitor.client().get("/v1/framework/matter-kinds")).json()
        assert (kinds["label"], {one["code"] for one in found} <= {one.code for one in lists.load().matters}) == ("illustrative", True)

    async def test_an_office_opens_what_the_framework_does_not_name(self, monitor: Running) -> None:
        said = {
            "actor": "MoEWOE",
            "kind": "bilateral_agreement",
            "title_en": "Labour agreement with Malaysia",
            "title_bn": "মালয়েশিয়ার সঙ্গে শ্রম চুক্তি",
            "country": "MY",
            "activities": ["4.4.1.1"],
            "text": "Talks were proposed by letter.",
        }
        client = monitor.client("analyst")
        made = await client.post(MATTERS, json=said)
        assert made.status_code == 201, made.text
        code = made.json()["code"]
        assert (await tell(client, code, step="proposed")).status_code == 201
        listed = (await monitor.client().get(f"{MATTERS}?kind=bilateral_agreement&activity=4.4.1.1")).json()["items"]
        assert (listed[-1]["code"], listed[-1]["owners"], listed[-1]["last"]["step"]) == (code, ["MoEWOE"], "proposed")
        assert problem(await client.post(MATTERS, json=said | {"kind": "feast"})) == (422, "unknown-kind")
        assert problem(await client.post(MATTERS, json=said | {"activities": ["9.9.9.9"]})) == (422, "unknown-activity-linked")
        assert problem(await client.post(MATTERS, json=said | {"actor": "WHO"})) == (409, "not-the-lead")

    async def test_what_is_not_tracked(self, monitor: Running) -> None:
        assert problem(await monitor.client().get(f"{MATTERS}/nothing")) == (404, "unknown-matter")
        assert problem(await tell(monitor.client("analyst"), "nothing")) == (404, "unknown-matter")


class TestActions:
    async def test_from_a_decision_to_its_end(self, monitor: Running) -> None:
        client = monitor.client("analyst")
        made = await decide(client)
        assert made.status_code == 201, made.text
        action = made.json()["id"]
        await decide(client, task="Send the list of delegates", due=day(10), owner="MoEWOE")
        late = (await monitor.client().get(f"{ACTIONS}?late=true")).json()["items"]
        assert [(one["number"], one["owner"], one["late"]) for one in late] == [(1, "MoFA", True)]
        forum = await shown(monitor, "national-forum")
        assert (forum["actions_open"], forum["actions_late"]) == (2, 1)
        assert problem(await change(client, action, 2)) == (412, "stale-version")
        assert (await change(client, action, 1, state="open", due=day(5), text="Two more weeks were given.")).status_code == 201
        done = (await change(client, action, 2, actor="MoFA")).json()
        assert [(one["state"], one["due"]) for one in (done, *done["earlier"])] == [
            ("done", day(5)),
            ("open", day(5)),
            ("open", day(-1)),
        ]
        left = (await monitor.client().get(f"{ACTIONS}?state=open&matter=national-forum")).json()["items"]
        assert [one["number"] for one in left] == [2]

    async def test_pages_by_the_day_that_they_are_due(self, monitor: Running) -> None:
        for days in (3, 1, 2):
            await decide(monitor.client("analyst"), due=day(days))
        first = (await monitor.client().get(f"{ACTIONS}?limit=2")).json()
        rest = (await monitor.client().get(first["next"])).json()
        assert [one["due"] for one in first["items"] + rest["items"]] == [day(1), day(2), day(3)]
        assert rest["next"] is None

    async def test_bad_input_is_refused_in_words(self, monitor: Running) -> None:
        client = monitor.client("analyst")
        for more, refusal in bad_actions():
            assert problem(await decide(client, **more)) == refusal, more
        assert await monitor.count("tracked_action") == 0

    async def test_only_a_committee_decides_actions(self, monitor: Running) -> None:
        said = FORUM | {"task": "Draft the terms", "owner": "MoFA", "as_of": day(-4), "due": day(4)}
        refused = await monitor.client("analyst").post(f"{MATTERS}/icrmw/actions", json=said)
        assert problem(refused) == (409, "holds-no-actions")
        assert problem(await change(monitor.client("analyst"), str(uuid4()), 1)) == (404, "unknown-action")


TODAY = datetime(2026, 11, 26, tzinfo=UTC).date()
KIND = lists.load().kinds[1]
WORDS = st.builds(
    Told,
    version=st.just(0),
    step=st.sampled_from([one.code for one in KIND.steps]),
    state=st.sampled_from(["planned", "done", "dropped"]),
    on_day=st.dates(date(2026, 11, 20), date(2026, 11, 30)),
    outcome=st.sampled_from([None, "agreed"]),
    replaces=st.one_of(st.none(), st.integers(1, 12)),
)


class TestRules:
    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(WORDS, max_size=40))
    def test_whatever_is_told_in_whatever_order_what_stands_is_sound(self, words: list[Told]) -> None:
        standing: list[Told] = []
        accepted = 0
        for word in words:
            told = Told(accepted + 1, word.step, word.state, word.on_day, word.outcome, word.replaces)
            try:
                rules.judge_step(KIND, standing, told, TODAY)
            except ProblemError:
                continue
            accepted += 1
            standing = [one for one in standing if one.version != told.replaces] + [told]
        once = {one.code for one in KIND.steps if not one.repeats}
        assert all(sum(one.step == code for one in standing) <= 1 for code in once)
        done = {one.step: one.on_day for one in standing if one.state == DONE and one.step in once}
        assert all(one.on_day <= TODAY for one in standing if one.state == DONE)
        assert all(done[step.code] >= done[code] for step in KIND.steps if step.code in done for code in step.after if code in done)
        assert all(one.on_day <= done["ended"] for one in standing if one.state == DONE and "ended" in done)
        stands = rules.standing_of(KIND, standing, TODAY)
        assert stands.ended == ("ended" in done)
        assert not (stands.late and stands.ended)

    def test_a_list_that_does_not_hold_together_is_refused(self) -> None:
        broken = lists.load().model_dump()
        broken["matters"][0]["kind"] = "feast"
        broken["matters"][1]["activities"] = ["9.9.9.9"]
        broken["kinds"][0]["steps"][3]["after"] = ["examined"]
        with pytest.raises(ValueError, match=r"examined.*unknown kind feast.*unknown activity 9\.9\.9\.9"):
            lists.Tracker.model_validate(broken)


class TestPaged:
    async def test_every_matter_once_in_the_order_of_the_list_then_as_they_were_opened(self, monitor: Running) -> None:
        said = {
            "kind": "bilateral_agreement",
            "title_bn": "নতুন চুক্তি",
            "activities": ["4.4.1.1"],
            "actor": "MoEWOE",
            "text": "Talks were proposed by letter.",
        }
        made = [await monitor.client("analyst").post(MATTERS, json=said | {"title_en": f"Accord {number}"}) for number in range(3)]
        opened = [one.json()["code"] for one in made]
        found: list[str] = []
        place = f"{MATTERS}?limit=7"
        while place:
            page = (await monitor.client().get(place)).json()
            assert 1 <= len(page["items"]) <= 7
            found += [one["code"] for one in page["items"]]
            place = page["next"]
        assert found == [one.code for one in lists.load().matters] + opened
        kinds = (await monitor.client().get(f"{MATTERS}?kind=convention&limit=1")).json()
        assert "kind=convention" in kinds["next"]
