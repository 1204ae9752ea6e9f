"""What leads report of activities, how it stands beside evidence, and what civil society answers."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from contracts.complaints import ComplaintLodged
from contracts.days import DHAKA
from contracts.framework.register import load as register
from kit.testing.waiting import until
from kit.timer import DueTimer
from runner.testing import Running
from services.monitor.activities import lists, rules, service
from services.monitor.activities.lists import Renumbering
from services.monitor.activities.models import Report
from services.monitor.evidence import repository as evidence
from services.monitor.evidence.models import Fact

# Led by the ministry, with evidence from complaints; led by others.
OURS, THEIRS = "4.4.2.3", "3.1.3.1"
HORIZON = register().activity(OURS).timeline
SAID: dict[str, Any] = {
    "actor": "MoEWOE",
    "state": "under_way",
    "as_of": "2026-11-01",
    "text": "The desk takes complaints in every district.",
}
PAPER: dict[str, Any] = {"document": "Letter 49.00.0000.012 of 3 November 2026", "document_url": "https://probashi.gov.bd/letters/12"}


def path(activity: str, what: str = "") -> str:
    return f"/v1/framework/activities/{activity}{what}"


async def say(client: httpx.AsyncClient, activity: str = OURS, version: int = 1, **given: Any) -> httpx.Response:
    headers = {"If-Match": f'"{version}"', "Idempotency-Key": str(uuid4())}
    return await client.post(path(activity, "/reports"), json=SAID | given, headers=headers)


async def answer(client: httpx.AsyncClient, **given: Any) -> httpx.Response:
    said = {"stance": "doubts", "text": "In two of our districts nobody sits at the desk.", "report": 1}
    return await client.post(path(OURS, "/comments"), json=said | given, headers={"Idempotency-Key": str(uuid4())})


async def progress(monitor: Running, activity: str = OURS) -> dict[str, Any]:
    found: dict[str, Any] = (await monitor.client().get(path(activity))).json()["progress"]
    return found


async def one_complaint(monitor: Running) -> None:
    now = datetime.now(UTC)
    none = {"district": "", "country": "", "sex": "unknown", "age_band": "unknown"}
    fact = Fact(event_id=uuid4(), event_type=ComplaintLodged.type, record=uuid4(), happened_at=now, received_at=now, **none)
    async with monitor.sessions.begin() as session:
        await evidence.lock_shared(session)
        await evidence.add_facts(session, [fact])


def problem(found: httpx.Response) -> tuple[int, str]:
    return found.status_code, found.json()["type"].removeprefix("urn:probashi:problem:")


class TestReport:
    async def test_a_claim_stands_apart_until_evidence_comes(self, monitor: Running) -> None:
        assert (await progress(monitor))["standing"] == "no_evidence"
        made = await say(monitor.client("analyst"))
        assert made.status_code == 201, made.text
        claimed = await progress(monitor)
        assert (claimed["standing"], claimed["state"]["code"], claimed["has_document"], claimed["version"]) == (
            "claimed",
            "under_way",
            False,
            2,
        )
        await one_complaint(monitor)
        assert (await progress(monitor))["standing"] == "claimed_with_evidence"
        await say(monitor.client("analyst"), version=2, state="halted", **PAPER)
        halted = await progress(monitor)
        assert (halted["standing"], halted["has_document"]) == ("evidence_only", True)

    async def test_two_leads_at_once_one_is_told_to_look_again(self, monitor: Running) -> None:
        first = await say(monitor.client("officer", org=["ministry-appeals"]))
        second = await say(monitor.client("analyst"), state="done")
        assert first.status_code == 201
        assert problem(second) == (412, "stale-version")
        assert (await progress(monitor))["state"]["code"] == "under_way"

    async def test_no_version_no_report(self, monitor: Running) -> None:
        assert problem(await monitor.client("analyst").post(path(OURS, "/reports"), json=SAID)) == (428, "version-needed")

    async def test_a_correction_is_a_new_report_and_the_first_stays(self, monitor: Running) -> None:
        client = monitor.client("analyst")
        await say(client)
        await say(client, version=2, state="not_begun", corrects=1)
        assert problem(await say(client, version=3, corrects=7)) == (409, "nothing-to-correct")
        found = (await monitor.client().get(path(OURS, "/reports"))).json()["items"]
        assert [(one["version"], one["state"]["code"], one["corrects"]) for one in found] == [(2, "not_begun", 1), (1, "under_way", None)]
        assert "reported_by" not in found[0]

    async def test_the_history_cannot_be_changed(self, monitor: Running) -> None:
        await say(monitor.client("analyst"))
        with pytest.raises(DBAPIError, match="permission denied"):
            async with monitor.sessions.begin() as session:
                await session.execute(text("update activity_report set state = 'done'"))

    async def test_nobody_speaks_for_another_body(self, monitor: Running) -> None:
        assert problem(await say(monitor.client("officer", org=["bmet-complaints"]))) == (409, "not-the-lead")
        assert problem(await say(monitor.client("analyst"), actor="MoFA")) == (409, "not-the-lead")

    async def test_what_another_lead_sent_on_paper_is_written_down_with_the_paper(self, monitor: Running) -> None:
        lead = register().activity(THEIRS).lead[0]
        assert problem(await say(monitor.client("analyst"), THEIRS, actor=lead)) == (409, "paper-needed")
        made = await say(monitor.client("analyst"), THEIRS, 1, actor=lead, **PAPER)
        assert (made.status_code, made.json()["from_paper"]) == (201, True)

    @pytest.mark.parametrize(
        ("given", "refusal"),
        [
            ({"state": "splendid"}, "unknown-state"),
            ({"as_of": "2199-01-01"}, "report-of-a-day-to-come"),
            ({"text": "Ask Rahim about it, ০১৭১২ ৩৪৫৬৭৮."}, "number-of-a-person"),
            ({"document_url": "https://probashi.gov.bd/x"}, "invalid"),
            ({"document": "A letter", "document_url": "javascript:alert(1)"}, "invalid"),
        ],
    )
    async def test_bad_input_is_refused_in_words(self, monitor: Running, given: dict[str, Any], refusal: str) -> None:
        assert problem(await say(monitor.client("analyst"), **given)) == (422, refusal)
        assert await monitor.count("activity_report") == 0

    async def test_an_activity_that_is_none(self, monitor: Running) -> None:
        assert problem(await say(monitor.client("analyst"), "9.9.9.9")) == (404, "unknown-activity")


class TestComment:
    async def test_civil_society_answers_a_claim_with_its_own_paper(self, monitor: Running) -> None:
        await say(monitor.client("analyst"))
        made = await answer(monitor.client("ngo", org=["ngo-one"]), **PAPER)
        assert made.status_code == 201, made.text
        [shown] = (await monitor.client().get(path(OURS, "/comments"))).json()["items"]
        assert (shown["org"], shown["stance"], shown["report"], shown["document"]) == ("ngo-one", "doubts", 1, PAPER["document"])
        assert "written_by" not in shown

    async def test_of_a_report_that_is_not_there(self, monitor: Running) -> None:
        assert problem(await answer(monitor.client("ngo", org=["ngo-one"]))) == (409, "no-such-report")

    async def test_no_account_without_an_organisation_speaks(self, monitor: Running) -> None:
        assert problem(await answer(monitor.client("ngo"), report=None)) == (409, "no-organisation")

    async def test_names_nobody_by_number(self, monitor: Running) -> None:
        said = {"text": "Her passport number is 123456789.", "report": None}
        assert problem(await answer(monitor.client("ngo", org=["ngo-one"]), **said)) == (422, "number-of-a-person")


class TestShown:
    async def test_oddities_of_the_source_are_told(self, monitor: Running) -> None:
        for odd, twin in (("3.5.1.1", "3.3.1.1"), ("3.5.2.1", "3.3.1.2")):
            found = (await monitor.client().get(path(odd))).json()
            assert found["remarks"]
            assert [one["id"] for one in found["akin"]] == [twin]
        convention = (await monitor.client().get(path("3.1.1.1"))).json()
        assert "2001" in convention["remarks"][0]["en"]
        assert convention["judged"] == ["lead", "co_lead"]
        assert [one["id"] for one in convention["gcm_objectives"]] == ["19", "23"]

    async def test_what_is_done_is_overdue_no_more(self, monitor: Running) -> None:
        late = (await monitor.client().get("/v1/framework/activities?overdue=true&goal=4")).json()["items"]
        assert OURS in {one["id"] for one in late}
        await say(monitor.client("analyst"), state="done")
        late = (await monitor.client().get("/v1/framework/activities?overdue=true&goal=4")).json()["items"]
        assert OURS not in {one["id"] for one in late}
        assert (await progress(monitor))["report_due"] is None

    async def test_who_does_what(self, monitor: Running) -> None:
        await say(monitor.client("analyst"))
        found = (await monitor.client().get("/v1/framework/actors/MoEWOE")).json()
        assert {one["id"] for one in found["leads"]} == {one.id for one in register().activities if "MoEWOE" in one.lead}
        rows = {one["id"]: one for one in (await monitor.client().get("/v1/framework/actors")).json()["items"]}
        assert (rows["MoEWOE"]["leads"], rows["MoEWOE"]["reported"]) == (len(found["leads"]), 1)
        assert (await monitor.client().get("/v1/framework/actors/IMSCM%26D")).status_code == 200
        assert problem(await monitor.client().get("/v1/framework/actors/Nobody")) == (404, "unknown-actor")

    async def test_an_office_sees_what_it_may_report_on(self, monitor: Running) -> None:
        found = (await monitor.client("officer", org=["bmet-complaints"]).get("/v1/framework/duties")).json()
        assert {tuple(one["actors"]) for one in found["items"]} == {("BMET",)}
        assert {one["from_paper"] for one in found["items"]} == {False}
        every = (await monitor.client("analyst").get("/v1/framework/duties")).json()["items"]
        assert len(every) == len(register().activities)
        assert [one["from_paper"] for one in every] == sorted(one["from_paper"] for one in every)
        assert (await monitor.client("officer").get("/v1/framework/duties")).json()["items"] == []


class TestEditions:
    MOVED = (Renumbering(edition="zeroth", earlier="4.4.9.9", now=OURS),)

    def test_an_activity_keeps_its_history_through_a_renumbering(self) -> None:
        assert rules.known_as(OURS, "first", self.MOVED) == {("first", OURS), ("zeroth", "4.4.9.9")}
        assert rules.now_called("zeroth", "4.4.9.9", "first", self.MOVED) == OURS
        assert rules.now_called("zeroth", OURS, "first", self.MOVED) is None

    async def test_what_was_reported_under_an_earlier_number_stands_with_it(
        self, monitor: Running, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        moved = lists.load().model_copy(update={"renumbered": self.MOVED})
        monkeypatch.setattr(lists, "load", lambda: moved)
        async with monitor.sessions.begin() as session:
            for edition, number, version, state in (("zeroth", "4.4.9.9", 1, "done"), ("zeroth", OURS, 1, "halted")):
                session.add(_row(edition, number, version, state))
        found = await progress(monitor)
        assert (found["state"]["code"], found["version"]) == ("done", 2)
        assert (await say(monitor.client("analyst"), version=2)).status_code == 201
        shown = (await monitor.client().get(path(OURS, "/reports"))).json()["items"]
        assert [(one["edition"], one["number"]) for one in shown] == [("first", OURS), ("zeroth", "4.4.9.9")]


def _row(edition: str, number: str, version: int, state: str) -> Report:
    return Report(
        id=uuid4(),
        edition=edition,
        activity=number,
        version=version,
        actor="MoEWOE",
        from_paper=False,
        state=state,
        as_of=date(2026, 1, 1),
        text="As it stood in the edition before.",
        document=None,
        document_url=None,
        corrects=None,
        reported_at=datetime(2026, 1, 1, tzinfo=UTC),
        reported_by="somebody",
    )


class TestHorizons:
    async def test_every_list_says_that_the_first_day_is_an_assumption(self, monitor: Running) -> None:
        lists_of = ("/v1/framework/activities", "/v1/framework/actors/MoEWOE", path(OURS))
        for address in lists_of:
            found = (await monitor.client().get(address)).json()
            assert (found["counts_from"], found["reporting_label"]) == ("2019-01-01", "illustrative"), address
        assert (await monitor.client("analyst").get("/v1/framework/duties")).json()["counts_from"] == "2019-01-01"


class Clock:
    """Moves the clock of one activity's reminder, and waits until the service has done what is due."""

    def __init__(self, monitor: Running) -> None:
        self.monitor = monitor

    async def waiting(self) -> list[date]:
        async with self.monitor.sessions() as session:
            rows = text("select due from timer where kind = :kind and done_at is null and payload ->> 'activity' = :activity order by due")
            return [due.astimezone(DHAKA).date() for (due,) in await session.execute(rows, {"kind": service.REMIND, "activity": OURS})]

    async def strike(self) -> None:
        done = await self.monitor.count("activity_reminder")
        async with self.monitor.sessions.begin() as session:
            at_once = text("update timer set next_try = now() where done_at is null and payload ->> 'activity' = :activity")
            await session.execute(at_once, {"activity": OURS})
            await session.execute(text("select pg_notify('timer', '')"))
        await until(lambda: self.monitor.count("activity_reminder"), done + 1)

    async def reminded(self) -> dict[str, Any] | None:
        duties = (await self.monitor.client("analyst").get("/v1/framework/duties")).json()["items"]
        [found] = [one["reminded"] for one in duties if one["activity"]["id"] == OURS]
        return dict(found) if found else None


class TestReminders:
    async def test_a_lead_is_reminded_until_somebody_reports_and_a_comment_resets_nothing(self, monitor: Running) -> None:
        clock, awaited = Clock(monitor), date(2026, 11, 26) + timedelta(days=lists.load().report_every_days[HORIZON])
        for _ in range(2):  # each replica that starts asks for the same
            await service.keep_reminders({"sessions": monitor.sessions})
        assert await monitor.count("timer") == len(register().activities)
        assert await clock.waiting() == [awaited - timedelta(days=14)]
        assert await clock.reminded() is None

        await clock.strike()
        first = await clock.reminded()
        assert first is not None
        assert (first["number"], first["overdue"]) == (1, False)
        assert await clock.waiting() == [awaited + timedelta(days=1)]
        assert (await answer(monitor.client("ngo", org=["ovijog"]), report=None)).status_code == 201
        assert await clock.waiting() == [awaited + timedelta(days=1)]

        await clock.strike()
        second = await clock.reminded()
        assert second is not None
        assert (second["number"], second["overdue"]) == (2, True)
        assert await clock.waiting() == [awaited + timedelta(days=31)]

        assert (await say(monitor.client("analyst"), as_of="2026-11-01")).status_code == 201
        assert await clock.reminded() is None
        assert await clock.waiting() == [date(2026, 11, 1) + timedelta(days=lists.load().report_every_days[HORIZON] - 14)]

        assert (await say(monitor.client("analyst"), version=2, state="done")).status_code == 201
        assert await clock.waiting() == []

    async def test_a_reminder_that_fires_for_a_report_that_has_come_says_nothing(self, monitor: Running) -> None:
        assert (await say(monitor.client("analyst"))).status_code == 201
        stale = {"edition": "first", "activity": OURS, "report_due": "2026-12-01"}
        unknown = stale | {"activity": "9.9.9.9"}
        for payload in (stale, unknown, stale | {"edition": "another"}):
            async with monitor.sessions.begin() as session:
                await service.remind(session, DueTimer(uuid4(), datetime.now(UTC), service.REMIND, uuid4(), payload, 0))
        assert await monitor.count("activity_reminder") == 0

    def test_the_first_before_its_day_then_after_it_then_again(self) -> None:
        due, reporting = date(2027, 3, 1), lists.load()
        first = rules.next_reminder(due, None, reporting)
        second = rules.next_reminder(due, first, reporting)
        assert (first, second) == (date(2027, 2, 15), date(2027, 3, 2))
        assert rules.next_reminder(due, second, reporting) == date(2027, 4, 1)


class TestPublished:
    async def test_an_activity_leads_to_the_reports_that_answer_for_it(self, monitor: Running) -> None:
        assert (await monitor.client().get(path("6.4.2.1"))).json()["published"] == []
        first, second = monitor.client("analyst", sub="one"), monitor.client("analyst", sub="two")
        drafts = "/v1/framework/report-drafts"
        made = (await first.post(drafts, json={"report": "counter-trafficking", "period": "2026-H1"})).json()
        for who, what, version in ((second, "approval", 1), (first, "publication", 2)):
            assert (await who.post(f"{drafts}/{made['id']}/{what}", headers={"If-Match": f'"{version}"'})).status_code == 200
        [linked] = (await monitor.client().get(path("6.4.2.1"))).json()["published"]
        assert (linked["report"], linked["period"], linked["edition"]) == ("counter-trafficking", "2026-H1", 1)
        assert (await monitor.client().get(path("2.5.1.2"))).json()["published"] == []

    async def test_one_activity_leads_to_the_committees(self, monitor: Running) -> None:
        assert (await monitor.client().get(path("6.4.1.4"))).json()["has_committees"]
        assert not (await monitor.client().get(path(OURS))).json()["has_committees"]
