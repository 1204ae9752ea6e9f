"""Pages of the register of nationals abroad, over the whole suite: a phone, a desk, a file."""

import asyncio
import re
from typing import Any

import pytest

from services.portal.nationals.rules import asked_as, changes_of, person_of, values_of
from services.portal.tests.conftest import Browser, parsed

PERSON = {"name": "Karima Test", "country": "LB", "phone": "71 234 567", "reach": "both"}
HEADER = "Name,Passport No,Mobile,Country,City"


def key_of(browser: Browser) -> tuple[str, str]:
    page = parsed(browser.answer.text)
    return page.find_class("app-reference")[0].text_content(), page.get_element_by_id("secret").text_content()


class TestOnAPhone:
    async def test_four_answers_register_and_the_slip_changes_them(self, browser: Browser) -> None:
        await browser.open("/register?c=LB&o=flood-7")
        assert browser.typed("/register", "country") == "LB"
        await browser.send("/register", PERSON)
        assert browser.answer.status_code == 200
        assert "You are registered" in browser.words
        assert "/register?c=LB" in browser.answer.text
        reference, secret = key_of(browser)
        await browser.open("/register/mine")
        await browser.send("/register/mine", {"reference": reference, "secret": secret})
        assert "ends with 567" in browser.words
        assert "Karima" not in browser.words
        action = "/register/mine/changes"
        moved = browser.form(action) | {"what": "moved", "country": "CY", "place_kind": "at_sea"}
        answer = await browser.http.post(action, data=moved, headers={"Origin": browser.url})
        assert "It is changed." in answer.text
        assert "Cyprus" in answer.text
        assert "At sea" in answer.text
        nothing = await browser.http.post(action, data=browser.form(action) | {"what": "reach"}, headers={"Origin": browser.url})
        assert (nothing.status_code, "Choose one." in nothing.text) == (422, True)
        for said in (
            {"what": "employer", "employer.name": "Abu Fares"},
            {"what": "kin", "kin.0.name": "Amena", "kin.0.phone": "01712345670"},
            {"what": "household", "household.0.name": "Tania", "household.0.relation": "child"},
        ):
            empty = await browser.http.post(action, data=browser.form(action) | {"what": said["what"]}, headers={"Origin": browser.url})
            assert (empty.status_code, "Write a name." in empty.text) == (422, True)
            told = await browser.http.post(action, data=browser.form(action) | said, headers={"Origin": browser.url})
            assert "It is changed." in told.text
        shown = (await browser.http.post(action, data=browser.form(action) | {"what": "home"}, headers={"Origin": browser.url})).text
        assert "1 person is written down" in shown
        assert "Amena" not in shown
        quiet = browser.form(action) | {"what": "reach", "reach": "quiet"}
        assert "It is changed." in (await browser.http.post(action, data=quiet, headers={"Origin": browser.url})).text

    async def test_says_all_that_is_missing_at_once_in_bangla(self, bangla: Browser) -> None:
        await bangla.open("/register")
        await bangla.send("/register", {"website": ""})
        assert bangla.answer.status_code == 422
        for words in ("নাম লিখুন।", "একটি বেছে নিন।", "নিজের ফোন না থাকলে টিক দিন।"):
            assert words in bangla.words

    async def test_says_beside_the_question_what_is_wrong_with_a_number_and_keeps_what_was_typed(self, browser: Browser) -> None:
        await browser.open("/register")
        await browser.send("/register", PERSON | {"phone": "not known"})
        assert browser.answer.status_code == 422
        assert "This is not a telephone number" in parsed(browser.answer.text).get_element_by_id("phone-error").text_content()
        assert browser.typed("/register", "name") == "Karima Test"

    async def test_only_these_pages_may_ask_for_a_position(self, browser: Browser) -> None:
        assert "geolocation=(self)" in (await browser.open("/register")).headers["permissions-policy"]
        assert "geolocation=()" in (await browser.open("/track")).headers["permissions-policy"]

    async def test_a_wrong_secret_shows_nothing(self, browser: Browser) -> None:
        await browser.open("/register/mine")
        await browser.send("/register/mine", {"reference": "N-0000-0000", "secret": "12345678"})
        assert browser.answer.status_code >= 400
        assert "ends with" not in browser.words


class TestAtADesk:
    async def test_a_wing_registers_finds_for_a_purpose_and_says_where_somebody_is(self, browser: Browser) -> None:
        await browser.sign_in("wing-beirut", "/sign-in?next=/nationals/new")
        await browser.send("/nationals/new", PERSON | {"name": "Jamal Desk", "phone": "71 765 432", "passport": "BK7654321"})
        assert "Registered" in browser.words
        reference, _ = key_of(browser)
        await browser.open("/nationals")
        await browser.send("/nationals", {"purpose": "family_asks", "document.number": "bk 7654321", "document.kind": "passport"})
        assert "Jamal Desk" in browser.words
        await browser.open(f"/nationals/{reference}")
        assert "Jamal Desk" not in browser.words
        await browser.open(f"/nationals/{reference}?purpose=family_asks")
        assert "BK7654321" in browser.words
        place = f"/nationals/{reference}/places"
        await browser.send(place, {"place_kind": "detention", "country": "LB", "place_words": "General Security, Adlieh"})
        assert "General Security, Adlieh" in browser.words
        assert "In detention" in browser.words

    async def test_a_record_is_corrected_whole_and_a_fault_stands_at_its_question(self, browser: Browser) -> None:
        await browser.sign_in("wing-beirut", "/sign-in?next=/nationals/new")
        more = {"employer.name": "Abu Fares", "kin.0.name": "Amena", "kin.0.phone": "01712345670", "nid": "1234567890"}
        await browser.send("/nationals/new", PERSON | more | {"name": "Rina Desk", "phone": "71 222 333", "family_phone": "01811000111"})
        reference, _ = key_of(browser)
        await browser.open(f"/nationals/{reference}?purpose=at_the_counter")
        for words in ("Abu Fares", "Amena", "Not compared yet", "by a wing"):
            assert words in browser.words
        await browser.send(f"/nationals/{reference}/card")
        assert "The register of identity cards is not connected here." in browser.words
        page = f"/nationals/{reference}/correct"
        await browser.open(page)
        assert browser.typed(page, "phone") == "+96171222333"
        wrong = await browser.send(page, {"household.1.name": "Tania", "household.1.birth_year": "20x1"})
        assert (wrong.status_code, 'id="household-1-birth_year-error"' in wrong.text) == (422, True)
        said = {
            "household.1.birth_year": "২০২১",
            "phone": "71 222 444",
            "employer.name": "Umm Fares",
            "hours_from": "21:00",
            "hours_to": "23:00",
        }
        await browser.send(page, said)
        for words in (
            "It is changed.",
            "Umm Fares",
            "Tania",
            "born 2021",
            "+96171222444",
            "+8801811000111",
            "+8801712345670",
            "21:00 to 23:00",
        ):
            assert words in browser.words
        assert "+96171222333" not in browser.words
        await browser.open(page)
        await browser.send(page, {"state": "dead"})
        assert "Died" in browser.words

    async def test_a_place_has_its_day_and_its_point(self, browser: Browser) -> None:
        await browser.sign_in("wing-beirut", "/sign-in?next=/nationals/new")
        await browser.send("/nationals/new", PERSON | {"name": "Sea Desk", "phone": "71 222 555"})
        reference, _ = key_of(browser)
        await browser.open(f"/nationals/{reference}?purpose=at_the_counter")
        day = {"observed_on.day": "২", "observed_on.month": "৩", "observed_on.year": "২০২৬"}
        point = {"place_kind": "at_sea", "country": "CY", "lat": "34.5", "lon": "33.1", "accuracy": "5000"}
        await browser.send(f"/nationals/{reference}/places", point | day)
        for words in ("At sea", "34.5000, 33.1000", "5000", "2 March 2026, 12:00, by a wing"):
            assert words in browser.words

    async def test_a_reference_that_is_none_is_pointed_out(self, bangla: Browser) -> None:
        await bangla.sign_in("wing-beirut", "/sign-in?next=/nationals")
        answer = await bangla.send("/nationals", {"purpose": "family_asks", "reference": "abc"})
        assert (answer.status_code, 'id="reference-error"' in answer.text) == (422, True)

    async def test_a_student_says_so_and_a_desk_reads_it(self, browser: Browser) -> None:
        await browser.open("/register")
        await browser.send("/register", PERSON | {"kind": "student", "name": "Sami Student", "phone": "71 555 111"})
        reference, _ = key_of(browser)
        await browser.sign_in("wing-beirut", f"/nationals/{reference}?purpose=on_the_line")
        assert "What the person does there Student" in browser.words

    async def test_who_is_elsewhere_is_not_found(self, browser: Browser) -> None:
        await browser.open("/register")
        await browser.send("/register", PERSON | {"phone": "71 111 999"})
        await browser.sign_in("wing-riyadh", "/sign-in?next=/nationals")
        await browser.send("/nationals", {"purpose": "family_asks", "phone": "+96171111999"})
        assert "Nobody is known by this number" in browser.words

    async def test_two_records_of_one_person_are_judged_side_by_side(self, browser: Browser) -> None:
        await browser.sign_in("supervisor", "/sign-in?next=/nationals/new")
        for _ in range(2):
            await browser.open("/nationals/new")
            await browser.send("/nationals/new", PERSON | {"name": "Twice Person", "phone": "71 555 666", "passport": "TW1234567"})
        assert "Perhaps the person is registered already" in browser.words
        await browser.open("/nationals/duplicates")
        assert browser.words.count("Twice Person") == 2
        action = re.search(r"/nationals/duplicates/[0-9a-f-]{36}", browser.answer.text)
        assert action is not None
        await browser.send(action[0], {"decision": "same"})
        assert "Twice Person" not in browser.words


class TestAFile:
    async def test_one_brings_it_and_another_releases_it(self, browser: Browser, other_browser: Browser) -> None:
        rows = [f"File Person,FP{number:07},+96650{number:07},KSA,Riyadh" for number in range(40)]
        content = "\n".join([HEADER, *rows, "No Country,FP9999999,,Atlantis,", ""]).encode()
        await browser.sign_in("decider", "/sign-in?next=/nationals/imports")
        form = browser.form("/nationals/imports") | {"as_of": "2026-11-01"}
        answer = await browser.http.post(
            "/nationals/imports", data=form, files={"file": ("bmet.csv", content)}, headers={"Origin": browser.url}
        )
        place = answer.headers["location"]
        await browser.open(place)
        assert "What are the columns?" in browser.words
        await browser.send(f"{place}/mapping")
        await _until(browser, place, "What was found")
        assert "No country is known by this name." in browser.words
        assert "You brought this file: a colleague releases it." in browser.words
        report = await browser.http.get(f"{place}/report.csv")
        assert report.text.splitlines()[1].startswith("42,Refused,Country,")
        await other_browser.sign_in("admin", f"/sign-in?next={place}")
        assert "File Person" in other_browser.words
        await other_browser.send(f"{place}/release")
        await _until(other_browser, place, "Added to the register")
        assert "Added 40" in other_browser.words

    async def test_is_no_matter_of_a_wing(self, browser: Browser) -> None:
        await browser.sign_in("wing-beirut", "/sign-in?next=/nationals/imports")
        assert browser.answer.status_code == 403


async def _until(browser: Browser, place: str, words: str) -> None:
    async with asyncio.timeout(240):
        while words not in (await browser.open(place)).text:
            await asyncio.sleep(0.3)


class TestWhatIsAsked:
    def test_an_empty_form_names_nothing(self) -> None:
        assert person_of({}, []) == {"contacts": [], "flags": []}

    def test_a_number_is_read_as_one_of_the_country(self) -> None:
        body = person_of(PERSON, ["ill"])
        assert body["contacts"] == [{"address": "71 234 567", "country": "LB"}]
        assert body["safe_contact"] == {"may_call": True, "may_text": True, "wording": "plain"}

    @pytest.mark.parametrize(
        ("pointer", "name"),
        [
            ("/contacts/0/address", "whatsapp"),
            ("/contacts/1/address", "family_phone"),
            ("/documents/0/number", "nid"),
            ("/country", "country"),
            ("/contacts", "phone"),
            ("/places/0", "place_words"),
            ("/kin/0/phone", "kin.2.phone"),
            ("/household/1/name", "household.3.name"),
            ("/employer/name", "employer.name"),
            ("/safe_contact", "reach"),
            ("/safe_contact/hours_to", "hours_to"),
        ],
    )
    def test_a_fault_stands_at_its_question(self, pointer: str, name: str) -> None:
        typed = {
            "whatsapp": "x",
            "family_phone": "y",
            "nid": "1",
            "kin.2.phone": "z",
            "household.0.name": "a",
            "household.3.birth_year": "1",
        }
        assert asked_as(pointer, typed) == name

    def test_a_record_that_was_shown_and_sent_again_stays_as_it_was(self) -> None:
        """Also what the form has no question for: a second number, a paper that was asked for a crisis."""
        rule = {
            "may_call": False,
            "may_text": True,
            "wording": "neutral",
            "hours_from": "21:00",
            "hours_to": "23:00",
            "time_zone": "Asia/Beirut",
            "note": "n",
        }
        numbers = [
            ("own", "phone", "+9611"),
            ("own", "phone", "+9612"),
            ("own", "email", "a@b.c"),
            ("family", "phone", "+8801"),
            ("family", "phone", "+8802"),
        ]
        person: dict[str, Any] = {
            **dict.fromkeys(("name_bn", "district", "agency"), None),
            "name": "A",
            "country": "LB",
            "kind": "worker",
            "sex": "male",
            "birth_year": 1990,
            "state": "abroad",
            "language": "bn",
            "flags": ["ill"],
            "drill_member": True,
            "contacts": [{"whose": whose, "kind": kind, "address": said, "at_home": False} for whose, kind, said in numbers],
            "documents": [{"kind": "nid", "number": "1", "incident": None}, {"kind": "passport", "number": "2", "incident": "i"}],
            "employer": {"name": "E", "phone": None, "address": "Street"},
            "kin": [{"name": "K", "relation": "parent", "phone": "+8802", "birth_year": None}],
            "household": [{"name": f"H{n}", "relation": "child", "birth_year": 2015, "phone": None} for n in range(21)],
            "safe_contact": rule,
        }
        shown = values_of(person)
        said = changes_of({name: value[0] for name, value in shown.items() if value}, shown["flags"], person)
        assert {(one.get("whose", "own"), one["address"]) for one in said["contacts"]} == {(w, a) for w, _, a in numbers if a != "+8802"}
        assert [(one["kind"], one["number"]) for one in said["documents"]] == [("nid", "1"), ("passport", "2")]
        assert (said["employer"], said["flags"], said["drill_member"]) == ({"name": "E", "address": "Street"}, ["ill"], True)
        assert [one["name"] for one in said["household"]] == [f"H{n}" for n in range(21)]
        assert said["safe_contact"] == {name: value for name, value in rule.items() if name != "time_zone"}
        assert said["kin"] == [{"name": "K", "relation": "parent", "phone": "+8802"}]
        assert "country" not in said
