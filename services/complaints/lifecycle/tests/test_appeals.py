"""An appeal is a case of its own, decided by another person in another office."""

from runner.testing import Running
from services.complaints.lifecycle.tests.conftest import People
from services.complaints.lifecycle.tests.test_lifecycle import events


async def appealed(people: People, reference: str, who: str = "agency-one", **body: object) -> str:
    done = await people.does(who, reference, "appeal", **{"by": "respondent", "grounds": "রশিদটি জাল।", **body})
    assert done["reference"] != reference
    return str(done["reference"])


async def test_goes_to_the_appeals_branch_with_the_parties_of_the_first(people: People, complaints: Running) -> None:
    reference = await people.decided()
    appeal = await people.reads("appeals-one", f"/{await appealed(people, reference)}")
    first = await people.reads("supervisor", f"/{reference}")
    assert (appeal["kind"], appeal["office"], appeal["appeal_of"]) == ("appeal", "ministry-appeals", first["id"])
    assert appeal["reporter"]["name"] == "রহিমা বেগম"
    assert appeal["narrative"] == "রশিদটি জাল।"
    (event,) = await events(complaints, "appeal.lodged")
    assert (event["data"]["of"], event["data"]["by"], event["subject"]) == (first["id"], "respondent", appeal["id"])


async def test_the_office_that_decided_never_decides_again(people: People) -> None:
    reference = await people.decided()
    same = await people.tries("agency-one", reference, "appeal", by="respondent", grounds="x", office="bmet-complaints")
    assert same.status_code == 409
    assert "another office" in same.json()["detail"]
    appeal = await appealed(people, reference)
    back = await people.tries("appeals-one", appeal, "transfer", office="bmet-complaints", reason="x")
    assert back.status_code == 409


async def test_nor_does_anybody_who_took_part(people: People) -> None:
    reference = await people.decided()
    appeal = await appealed(people, reference)
    moved = people.running.client("officer", sub="bmet-one", org=["ministry-appeals"])
    people.clients["moved"] = moved
    answer = await people.tries("moved", appeal, "take")
    assert answer.status_code == 409
    assert "took part" in answer.json()["detail"]


async def test_one_that_succeeds_changes_the_first_decision(people: People, complaints: Running) -> None:
    reference = await people.decided("upheld")
    appeal = await appealed(people, reference)
    await people.does("appeals-one", appeal, "take")
    unsaid = await people.tries("appeals-one", appeal, "propose", decision="upheld", summary="x")
    same = await people.tries("appeals-one", appeal, "propose", decision="upheld", summary="x", replaces="upheld")
    assert (unsaid.status_code, same.status_code) == (409, 409)
    await people.does("appeals-one", appeal, "propose", decision="upheld", summary="রশিদ জাল", replaces="rejected")
    await people.does("appeals-two", appeal, "approve")
    first = await people.reads("supervisor", f"/{reference}")
    assert (first["decision"], first["decided_office"], first["status"]) == ("rejected", "ministry-appeals", "resolved")
    told = await events(complaints, "complaint.decided")
    assert [(one["data"]["decision"], one["data"]["previous"], one["data"]["overturns"]) for one in told] == [
        ("upheld", None, False),
        ("rejected", "upheld", True),
    ]
    assert {one["subject"] for one in told} == {first["id"]}
    assert told[1]["sequence"] > told[0]["sequence"]


async def test_one_that_fails_leaves_it_and_is_the_last(people: People, complaints: Running) -> None:
    reference = await people.decided("upheld")
    appeal = await appealed(people, reference)
    during = await people.tries("agent", reference, "reopen", reason="x")
    again = await people.tries("agent", reference, "appeal", by="complainant", grounds="x")
    assert (during.status_code, again.status_code) == (409, 409)
    await people.does("appeals-one", appeal, "take")
    await people.does("appeals-one", appeal, "propose", decision="rejected", summary="x")
    await people.does("appeals-two", appeal, "approve")
    assert (await people.reads("supervisor", f"/{reference}"))["decision"] == "upheld"
    assert len(await events(complaints, "complaint.decided")) == 1
    last = await people.tries("agency-one", reference, "appeal", by="respondent", grounds="x")
    assert last.status_code == 409
    assert "court" in last.json()["detail"]
    assert (await people.tries("agency-one", appeal, "appeal", by="respondent", grounds="x")).status_code == 409


async def test_a_decision_after_reopening_may_be_appealed_anew(people: People) -> None:
    reference = await people.decided("rejected")
    await people.does("agent", reference, "reopen", reason="x")
    await people.does("bmet-one", reference, "propose", decision="upheld", summary="x")
    await people.does("bmet-two", reference, "approve")
    await appealed(people, reference)


async def test_an_agency_appeals_for_itself_whatever_it_says(people: People) -> None:
    reference = await people.decided()
    appeal = await appealed(people, reference, by="complainant")
    history = await people.reads("appeals-one", f"/{appeal}/history")
    assert history["items"][0]["detail"]["by"] == "respondent"
    other = await people.tries("agency-two", reference, "appeal", by="respondent", grounds="x")
    assert other.status_code == 404


async def test_the_complainant_appeals_through_who_took_it_down(people: People) -> None:
    reference = await people.decided("rejected")
    await appealed(people, reference, "agent", by="complainant")


async def test_in_a_restricted_case_the_agency_learns_nothing(people: People) -> None:
    for who in ("bmet-two",):
        await people.does(who, await people.lodge(), "take")
    reference = await people.lodge(category="trafficking")
    await people.does("bmet-one", reference, "take")
    await people.does("bmet-one", reference, "propose", decision="upheld", summary="x", checker="bmet-two")
    await people.does("bmet-two", reference, "approve")
    assert (await people.tries("agency-one", reference, "appeal", by="respondent", grounds="x")).status_code == 404
    appeal = await appealed(people, reference, "bmet-one", by="respondent")
    assert (await people["agency-one"].get(f"/v1/complaints/{appeal}")).status_code == 404
