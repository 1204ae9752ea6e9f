"""An incident from the officer's page to the airport's signature, over the real services: family, seats, departure, hand-over."""

from typing import Any

from kit.testing.waiting import until
from services.portal.tests.conftest import Browser, parsed


async def opened(browser: Browser, **changed: str) -> str:
    await browser.open("/incidents/new")
    fields = {"country": "LB", "hazard": "conflict", "phase": "during", "commander": "First Secretary", "reason": "Strikes", **changed}
    answer = await browser.send("/incidents/new", fields)
    assert answer.status_code == 200, browser.words
    return browser.path.removeprefix("/incidents/")


async def act(browser: Browser, action: str, **fields: Any) -> None:
    answer = await browser.send(action, fields)
    assert answer.status_code == 200, browser.words


async def reported(browser: Browser, incident: str, **figure: str) -> None:
    reports = f"/incidents/{incident}/reports"
    await browser.open(reports)
    await act(browser, reports, summary="Quiet", **{f"counts.0.{part}": said for part, said in figure.items()})


async def test_from_the_incident_to_the_signature_at_the_airport(browser: Browser, other_browser: Browser, bangla: Browser) -> None:
    await browser.sign_in("wing-beirut", "/incidents")
    incident = await opened(browser)
    at = f"/incidents/{incident}/act/"
    await act(browser, at + "script", bn="ঘরে থাকুন", en="Stay indoors")
    await reported(browser, incident, what="safe", number="40", source="Embassy", may_tell="yes")
    await browser.open(f"/incidents/{incident}")
    assert "Embassy" in browser.words

    await bangla.sign_in("agent", "/desk")
    assert "ঘরে থাকুন" in bangla.words
    assert "৪০" in bangla.words
    ask = f"/incidents/{incident}/enquiries/new"
    await bangla.open(ask)
    assert (await bangla.send(ask, {"asker.name": "Amena"})).status_code == 422
    await act(bangla, ask, **{"sought.name": "Salma Nomuna", "asker.name": "Amena", "asker.relation": "parent", "may_tell": "family"})

    evacuation = f"/evacuation/{incident}/"
    await browser.open(f"/evacuation/{incident}")
    await act(browser, evacuation + "window")
    await act(browser, evacuation + "register", name="Salma Nomuna", sex="female", age_band="25_34", papers="ok", district="BD-08")
    leg = {"mode": "air", "from_place": "Beirut", "from_country": "LB", "to_place": "Dhaka", "to_country": "BD", "operator": "Charter"}
    await act(browser, evacuation + "leg", **leg, departs="2026-12-01T10:00", capacity="2")
    person = browser.answer.text.split('name="evacuees" value="')[1].split('"')[0]
    await act(browser, evacuation + "seats", evacuees=person)
    journey = next(link for _, _, link, _ in parsed(browser.answer.text).iterlinks() if link.startswith("/evacuation/legs/"))
    await browser.open(journey)
    assert "Salma Nomuna" in browser.words
    await act(browser, f"{journey}/departure")
    await other_browser.sign_in("airport", "/evacuation/legs")
    assert f'href="{journey}"' in other_browser.answer.text
    await other_browser.open(journey)
    await act(other_browser, f"{journey}/arrival")
    await browser.open(journey)
    await act(browser, f"{journey}/handover", to_unit="welfare_desk", received="1")
    await other_browser.open(journey)
    await act(other_browser, f"{journey}/countersignature")
    assert "Signed by both" in other_browser.words
    await browser.open(f"/incidents/{incident}")
    for words in (
        "Incident opened: Strikes",
        "Situation report",
        "Registration for the evacuation opened",
        "Journey departed",
        "Journey arrived",
    ):
        assert words in browser.words
    assert "registration-opened" not in browser.words

    await bangla.open(f"/incidents/{incident}/enquiries")
    enquiry = next(link for _, _, link, _ in parsed(bangla.answer.text).iterlinks() if link.startswith("/incidents/enquiries/"))
    await bangla.open(enquiry)
    await act(bangla, f"{enquiry}/match")
    assert "শনাক্ত হয়েছেন" in bangla.words
    await act(bangla, f"{enquiry}/answers", status="believed_alive", channel="call")
    await act(bangla, f"{enquiry}/ending", outcome="found")
    await browser.open(f"/incidents/{incident}")
    await act(browser, f"{at}closing", reason="Over")
    assert "Closed" in browser.words


LEG = {"mode": "air", "from_place": "Beirut", "from_country": "LB", "to_place": "Dhaka", "to_country": "BD", "operator": "Charter"}


def person_at(browser: Browser, name: str) -> str:
    """The page of somebody whose row of the list names them."""
    row = next(
        row
        for row in parsed(browser.answer.text).iter("li")
        if name in row.text_content() and "/evacuation/people/" in str(row.xpath(".//@href"))
    )
    return str(row.xpath(".//a[starts-with(@href, '/evacuation/people/')]/@href")[0])


class TestOnePersonOfTheEvacuation:
    async def test_waits_for_a_travel_paper_is_sheltered_and_leaves_the_queue_when_it_is_made(self, browser: Browser) -> None:
        await browser.sign_in("wing-beirut", "/incidents")
        incident = await opened(browser)
        at = f"/evacuation/{incident}"
        await browser.open(at)
        await act(browser, f"{at}/window", closes_at="2026-01-02T10:00")
        assert "Registration is closed" in browser.words
        assert "2 January 2026, 10:00" in browser.words, "and it opens again"
        await act(browser, f"{at}/window")
        await act(browser, f"{at}/register", name="Rahima Paper", sex="female", medical="Insulin", place="Sidon", consented="yes")
        person = person_at(browser, "Rahima Paper")
        await browser.open(person)
        for words in ("Insulin", "Sidon", "Not looked at yet"):
            assert words in browser.words
        await act(browser, f"{person}/papers", papers="travel_paper")
        assert "Papers being made" in browser.words
        await browser.open(f"{at}?papers=travel_paper")
        assert person in browser.answer.text
        await browser.open(person)
        await act(browser, f"{person}/state", to="sheltered")
        await act(browser, f"{person}/papers", papers="ok", **{"document.kind": "out_pass", "document.number": "TP-77"})
        assert "TP-77" in browser.words
        await browser.open(f"{at}?papers=travel_paper")
        assert person not in browser.answer.text
        await browser.open(person)
        assert (await browser.send(f"{person}/state", {"to": "deceased"})).status_code == 409
        await act(browser, f"{person}/state", to="hospital")
        assert "In hospital" in browser.words

    async def test_a_child_gets_a_seat_with_a_guardian_who_was_named_by_number(self, browser: Browser) -> None:
        await browser.sign_in("wing-beirut", "/incidents")
        incident = await opened(browser)
        at = f"/evacuation/{incident}"
        await browser.open(at)
        await act(browser, f"{at}/window")
        await act(browser, f"{at}/register", name="Grown Nomuna", sex="male", age_band="35_44")
        await act(browser, f"{at}/register", name="Small Nomuna", sex="male", age_band="under_18")
        await act(browser, f"{at}/leg", **LEG, departs="2026-12-01T10:00", capacity="2")
        child, grown = person_at(browser, "Small Nomuna"), person_at(browser, "Grown Nomuna")
        reference = (await browser.open(grown)).text.split('class="app-reference">')[1].split("<")[0]
        await browser.open(child)
        assert "a child gets no seat alone" in browser.words
        assert (await browser.send(f"{child}/guardian", {"guardian_reference": "Y-0000-0000"})).status_code == 422
        assert "Nobody on this list has that number." in browser.words
        await act(browser, f"{child}/guardian", guardian_reference=reference)
        assert f"Grown Nomuna ({reference})" in browser.words
        await browser.open(at)
        people = [link.rpartition("/")[2] for link in (child, grown)]
        await act(browser, f"{at}/seats", evacuees=people)
        await browser.open(grown)
        refused = await browser.send(f"{grown}/release")
        assert (refused.status_code, "A child on this leg travels with this person" in browser.words) == (409, True)
        await browser.open(child)
        await act(browser, f"{child}/release")
        assert "Contacted" in browser.words

    async def test_the_call_centre_registers_for_a_family_and_moves_nobody(self, browser: Browser, bangla: Browser) -> None:
        await browser.sign_in("wing-beirut", "/incidents")
        incident = await opened(browser)
        at = f"/evacuation/{incident}"
        await bangla.sign_in("agent", f"{at}/new")
        assert "নিবন্ধন এখন বন্ধ" in bangla.words
        await browser.open(at)
        await act(browser, f"{at}/window")
        await bangla.open(f"{at}/new")
        assert (await bangla.send(f"{at}/new", {"name": ""})).status_code == 422
        await act(bangla, f"{at}/new", name="Salma Call", phone="+96171234599", next_of_kin="Amena")
        assert "পড়ে শোনান" in bangla.words
        assert not bangla.asked("/evacuation/people/")
        assert (await bangla.open(at)).status_code == 403
        await browser.open(at)
        await browser.send(f"{at}/find", {"find": "+৯৬১৭১২৩৪৫৯৯"})
        assert "Salma Call" in browser.words
        assert browser.path.startswith("/evacuation/people/")


class TestASituationReport:
    async def test_each_figure_has_its_source_and_its_own_time_and_money_is_written_as_people_write_it(
        self, browser: Browser, bangla: Browser
    ) -> None:
        await browser.sign_in("wing-beirut", "/incidents")
        incident = await opened(browser)
        reports = f"/incidents/{incident}/reports"
        await browser.open(reports)
        rows = [
            {"what": "dead", "number": "৪", "source": "Embassy", "as_of": "2026-08-05T10:00"},
            {"what": "dead", "number": "5", "source": "Hospital", "as_of": "2026-08-05T12:30"},
            {},
            {"what": "money", "number": "1,500.50", "currency": "usd", "source": "Ministry"},
        ]
        said = {f"counts.{row}.{part}": value for row, one in enumerate(rows) for part, value in one.items()}
        wrong = await browser.send(reports, said | {"summary": "Blast at the port", "counts.3.number": "1500", "counts.3.currency": ""})
        assert (wrong.status_code, 'id="counts-3-currency-error"' in wrong.text) == (422, True), browser.words
        await act(browser, reports, **said, summary="Blast at the port")
        for words in (
            "Report 1",
            "Blast at the port",
            "Dead: 4 · Embassy · 5 August 2026, 10:00",
            "Dead: 5 · Hospital · 5 August 2026, 12:30",
            "1,500.50 USD",
        ):
            assert words in browser.words
        await browser.open(f"/incidents/{incident}")
        assert "Sources differ" in browser.words
        await bangla.sign_in("wing-beirut", reports)
        assert "১,৫০০.৫০ USD" in bangla.words
        assert "ঢাকার সময়" in bangla.words


class TestWhatIsToDo:
    async def test_a_task_of_ones_own_one_that_is_not_needed_and_who_does_what(self, browser: Browser) -> None:
        await browser.sign_in("wing-beirut", "/incidents")
        incident = await opened(browser, is_drill="yes")
        at = f"/incidents/{incident}/act/"
        await act(browser, at + "adding", sector="shelter", words="Ask the school for its hall", due="2026-11-27T08:00")
        assert "Ask the school for its hall" in browser.words
        await act(browser, at + "task", to="not_needed")
        assert "Not needed" in browser.words
        await act(browser, at + "change", state="stable", scribe="Second Secretary")
        assert "Writes the log Second Secretary" in browser.words
        for words in ("How it stands was changed (Stable)", ": not needed)", "Imran Nomuna"):
            assert words in browser.words, words
        await browser.open(f"/incidents/{incident}/log")
        assert "Nothing in it was changed afterwards." in browser.words


class TestAFamilyThatCallsAgain:
    async def test_is_found_by_its_number_or_by_that_of_its_question(self, browser: Browser, bangla: Browser) -> None:
        await browser.sign_in("wing-beirut", "/incidents")
        incident = await opened(browser)
        at = f"/incidents/{incident}/enquiries"
        await bangla.sign_in("agent", f"{at}/new")
        said = {"sought.name": "Jamal Nomuna", "asker.name": "Amena", "asker.relation": "parent", "asker.phone": "01711222333"}
        bad = await bangla.send(f"{at}/new", said | {"since": "25:00"})
        assert (bad.status_code, 'id="since-error"' in bad.text) == (422, True)
        more = {"since": "২১:০০", "until": "23:00", "sought.marks": "বাঁ হাতে দাগ", "sought.sex": "male", "sought.age_band": "25_34"}
        await act(bangla, f"{at}/new", **said, **more)
        for words in ("বাঁ হাতে দাগ", "কেবল ২১:০০ থেকে ২৩:০০", "পুরুষ"):
            assert words in bangla.words
        enquiry, reference = bangla.path, bangla.answer.text.split("Q-")[1][:9]
        for typed in ("০১৭১১২২২৩৩৩", f"q-{reference}"):
            await bangla.open(at)
            await bangla.send(f"{at}/find", {"find": typed})
            assert bangla.path == enquiry, typed
        await bangla.open(at)
        assert "যাঁরা বেশি সময় ধরে আছেন" in bangla.words
        nobody = await bangla.send(f"{at}/find", {"find": "01711999888"})
        assert (nobody.status_code, "যা পাওয়া গেছে: ০" in bangla.words) == (200, True), bangla.words
        await bangla.open(at)
        wrong = await bangla.send(f"{at}/find", {"find": "not a number"})
        assert (wrong.status_code, 'id="find-error"' in wrong.text) == (422, True)


class TestWhoIsThereByName:
    async def test_is_seen_while_the_incident_is_open_and_narrowed_to_the_vulnerable(
        self, browser: Browser, other_browser: Browser
    ) -> None:
        await browser.sign_in("wing-beirut", "/sign-in?next=/nationals/new")
        await browser.send("/nationals/new", {"name": "Mina Seen", "country": "LB", "no_contact": "yes", "flags": "pregnant"})
        incident = await opened(browser)
        people = f"/incidents/{incident}/people"

        async def is_open() -> bool:
            await browser.open(people)
            return "Mina Seen" in browser.words

        await until(is_open, expected=True, within=240)
        await browser.open(f"{people}?flag=pregnant")
        assert "Mina Seen" in browser.words
        await browser.open(f"{people}?flag=disabled")
        assert "Mina Seen" not in browser.words
        assert (await other_browser.sign_in("wing-riyadh", people)).status_code == 404
        await browser.open(f"/incidents/{incident}")
        await act(browser, f"/incidents/{incident}/act/closing", reason="Over")

        async def is_closed() -> bool:
            await browser.open(people)
            return "The register is not open to you" in browser.words

        await until(is_closed, expected=True, within=240)
