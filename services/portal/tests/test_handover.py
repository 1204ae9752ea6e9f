"""What is handed on from a returnee's page, over the real services."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from contracts.days import DHAKA
from runner.suite import Suite
from services.portal.tests.conftest import Browser, parsed
from services.portal.tests.test_returnees import NEW, TOLD


@pytest.fixture
async def officer(suite: Suite) -> AsyncIterator[Browser]:
    person = Browser(suite.place.public_url)
    yield person
    await person.http.aclose()


async def test_wages_owed_abroad_are_claimed_followed_and_the_claim_is_ended(officer: Browser) -> None:
    await officer.sign_in("demo-sylhet", NEW)
    await officer.send(NEW, TOLD | {"phone": "01712349911", "district": "BD-60"})
    returnee = officer.path
    assert returnee != NEW, officer.words
    new = f"{returnee}/claims/new"
    await officer.open(new)
    told = {"kind": "wages", "currency": "SAR", "amount": "বারো", "employer": "আল নূর কোম্পানি"}
    assert (await officer.send(new, told)).status_code == 422
    assert "Write the amount in digits" in officer.words
    await officer.send(new, told | {"amount": "১২,৫০০.৫০"})
    claim = officer.path
    assert "12,500.50 SAR" in officer.words, officer.words
    assert "আল নূর কোম্পানি" in officer.words
    await officer.open(f"{claim}?lang=bn")
    assert "১২,৫০০.৫০ সৌদি রিয়াল" in officer.words
    assert "SAR" not in officer.words
    await officer.open(f"{claim}?lang=en")

    amount = f"{claim}/amount"
    await officer.open(amount)
    assert (await officer.send(amount, {"amount": "অনেক"})).status_code == 422
    await officer.send(amount, {"amount": "১২,০০০"})
    assert (officer.path, "12,000 SAR" in officer.words) == (claim, True)

    day = {"done_on.day": "১", "done_on.month": "১১", "done_on.year": "২০২৬"}
    assert (await officer.send(f"{claim}/steps", day | {"kind": "paid"})).status_code == 422
    stale = officer.form(f"{claim}/steps")["version"]
    await officer.send(f"{claim}/steps", day | {"kind": "paid", "amount": "2,500.50", "note": "ব্যাংকে এসেছে"})
    assert "2,500.50 SAR" in officer.words
    assert "ব্যাংকে এসেছে" in officer.words
    late = await officer.press(f"{claim}/ending", {"reason": "refused", "version": stale})
    assert late.status_code in {409, 412}
    await officer.send(f"{claim}/ending", {"reason": "refused"})
    assert "Refused for good" in officer.words
    await officer.open(returnee)
    assert f'href="{claim}"' in officer.answer.text
    assert (await officer.open(f"{returnee}/claims/none")).status_code == 404


async def test_who_is_registered_before_the_flight_is_expected_and_noted_by_the_airport(officer: Browser, suite: Suite) -> None:
    desk = Browser(suite.place.public_url)
    flight, today = datetime.now(DHAKA) + timedelta(days=3), datetime.now(DHAKA)
    await officer.sign_in("wing-beirut", NEW)
    day = {"returned_on.day": str(flight.day), "returned_on.month": str(flight.month), "returned_on.year": str(flight.year)}
    await officer.send(NEW, TOLD | day | {"name": "Karima Bibi", "phone": "", "country": "LB", "district": "BD-60", "disability": "yes"})
    returnee = officer.path
    assert returnee != NEW, officer.words
    assert "Do they live with a disability? Yes" in officer.words
    await officer.open("/returnees/expected")
    assert "Karima Bibi" in officer.words
    await desk.sign_in("airport", "/returnees/expected")
    one = f"/returnees/expected/{returnee.rsplit('/', 1)[1].split('?')[0]}"
    await desk.open(one)
    assert (await desk.send(one, {"came": "yes"})).status_code == 422
    came = {"returned_on.day": str(today.day), "returned_on.month": str(today.month), "returned_on.year": str(today.year)}
    await desk.send(one, came | {"came": "yes"})
    assert (desk.path, "Karima Bibi" in desk.words) == ("/returnees/expected", False)
    assert "Has arrived" in (await desk.open(one)).text
    await desk.http.aclose()


async def test_a_case_is_passed_on_recalled_and_accepted_by_the_other_office(officer: Browser, suite: Suite) -> None:
    other = Browser(suite.place.public_url)
    await officer.sign_in("demo-sylhet", NEW)
    await officer.send(NEW, TOLD | {"phone": "01712349933", "district": "BD-60", "needs": ["job"], "consent.granted": "yes"})
    new = f"{officer.path}/transfers/new"
    await officer.open(new)
    assert (await officer.send(new, {"reason": "moved"})).status_code == 422
    assert 'id="to_district-error"' in officer.answer.text
    await officer.send(new, {"reason": "moved", "to_district": "BD-08", "note": "বোনের বাড়িতে আছেন", "agreed": "yes", "way": "signature"})
    assert officer.path == "/transfers", officer.words
    await officer.send(waiting(officer, "/transfers/sent/"))
    assert not waiting(officer, "/transfers/sent/"), officer.words

    await officer.open(new)
    assert (await officer.send(new, {"reason": "moved", "to_district": "BD-08", "agreed": "no"})).status_code == 422
    assert "only if the person agrees" in officer.words
    await officer.send(new, {"reason": "moved", "to_district": "BD-08", "note": "বোনের বাড়িতে আছেন", "agreed": "yes", "way": "signature"})
    await other.sign_in("demo-cumilla", "/transfers")
    received = waiting(other, "/transfers/received/")
    assert "বোনের বাড়িতে আছেন" not in other.words
    assert (await other.send(received, {"accept": "no"})).status_code == 422
    await other.send(received, {"accept": "yes"})
    assert "Jamal Nomuna" in other.words
    assert not waiting(other, "/transfers/received/")
    await other.http.aclose()


def waiting(person: Browser, start: str) -> str:
    """Where the first form of that kind goes; empty where there is none."""
    return next(iter(person.asked(start)), "")


async def test_a_supervisor_notes_who_is_trained(officer: Browser) -> None:
    place = "/trained-officers"
    await officer.sign_in("supervisor", "/protected")
    assert f'href="{place}"' in officer.answer.text
    await officer.open(place)
    training = parsed(officer.answer.text).get_element_by_id("training").value_options[1]
    assert (await officer.send(place, {"account": "demo-bogura", "training": training})).status_code == 422
    assert 'id="trained_on-error"' in officer.answer.text
    day = {"trained_on.day": "১", "trained_on.month": "৯", "trained_on.year": "২০২৬"}
    await officer.send(place, {"account": "demo-bogura", "training": training} | day)
    assert "demo-bogura" in officer.words
    assert "1 September 2026" in officer.words
