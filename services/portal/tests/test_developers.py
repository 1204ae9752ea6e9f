"""Pages for developers, as somebody without an account sees them over the real suite."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from contracts import examples
from contracts.events import CloudEvent, event_types
from services.portal.developers import endpoints, lists
from services.portal.tests.conftest import Browser, parsed

PAGES = ("", "/quick-start", "/events", "/changes", "/versions", "/problems", "/status")
DOCS = Path(__file__).parents[3] / "docs" / "versioning.md"


class TestAnybody:
    @pytest.mark.parametrize("page", PAGES)
    async def test_reads_every_page_in_bangla(self, bangla: Browser, page: str) -> None:
        await bangla.open(f"/developers{page}")
        assert bangla.answer.status_code == 200
        assert '<html lang="bn"' in bangla.answer.text

    async def test_sees_which_service_is_ready(self, browser: Browser) -> None:
        await browser.open("/developers/status")
        assert "Every service is ready." in browser.words
        assert "Partners: agreements, feed, endpointsReady" in browser.words


class TestEvents:
    async def test_of_all_that_partners_may_be_told_stand_there_with_purpose_and_fields(self, browser: Browser) -> None:
        known = (await browser.http.get("/v1/partners/lists")).json()
        await browser.open("/developers/events")
        told = [event for purpose in known["purposes"] for event in purpose["events"]] + known["withdrawal"]["events"]
        page = parsed(browser.answer.text)
        for event in told:
            section = page.get_element_by_id(event)
            fields = [one.text_content().strip() for one in section.iter("dt")]
            assert fields, event
            assert json.loads(section.find(".//pre").text_content())["type"] == event
        assert "Purpose: To help a returnee who was passed on with consent." in browser.words

    async def test_have_their_schema(self, browser: Browser) -> None:
        event = "bd.probashi.reintegration.referral.sent.v1"
        answer = await browser.open(f"/developers/schemas/{event}.json")
        assert (answer.status_code, answer.json()["$id"]) == (200, f"urn:probashi:schema:{event}")

    async def test_that_partners_are_not_told_stay_inside(self, browser: Browser) -> None:
        for event in ("bd.probashi.crisis.alert.raised.v1", "bd.probashi.nothing.at.all.v1"):
            assert (await browser.open(f"/developers/schemas/{event}.json")).status_code == 404

    @pytest.mark.parametrize("event", sorted(examples.EXAMPLES))
    def test_examples_are_what_their_schemas_say(self, event: str) -> None:
        whole = json.loads(json.dumps(examples.envelope(event)))
        CloudEvent.model_validate(whole)
        schema = json.loads((lists.CONTRACTS / "schemas" / f"{event}.json").read_text("utf-8"))
        jsonschema.validate(whole["data"], schema, format_checker=jsonschema.FormatChecker())
        assert set(whole["data"]) == set(event_types()[event].model_fields)


class TestProblems:
    async def test_each_has_a_page(self, browser: Browser) -> None:
        for slug, one in lists.problems().items():
            answer = await browser.http.get(f"/developers/problems/{slug}")
            assert answer.status_code == 200, slug
            assert one["type"] in answer.text

    @pytest.mark.parametrize("path", ["/v1/partners/rights", "/v1/nothing", "/v1/partners/events?after=%20"])
    async def test_an_answer_leads_to_what_is_said_of_it(self, bangla: Browser, path: str) -> None:
        refused = await bangla.http.get(path)
        place = refused.headers["link"].partition(">")[0].removeprefix("<")
        await bangla.open(place)
        assert bangla.answer.status_code == 200
        assert refused.json()["type"] in bangla.words
        assert refused.json()["title"] in bangla.words

    async def test_an_unknown_one_is_not_made_up(self, browser: Browser) -> None:
        assert (await browser.open("/developers/problems/no-such-thing")).status_code == 404

    def test_each_status_has_words_in_both_languages(self) -> None:
        for status in {status for one in lists.problems().values() for status in one["status"]}:
            assert endpoints.advice(status).bn

    def test_each_origin_has_a_name(self) -> None:
        assert {name for one in lists.problems().values() for name in one["from"]} <= set(endpoints.SERVICES)


class TestChanges:
    @pytest.mark.parametrize(("kind", "sunset"), [("deprecated", None), ("added", date(2027, 12, 1))])
    def test_only_what_ends_names_its_end(self, kind: Any, sunset: date | None) -> None:
        with pytest.raises(ValidationError):
            lists.Change.model_validate({"day": date(2026, 11, 26), "kind": kind, "words": {"en": "x", "bn": "ক"}, "sunset": sunset})

    def test_the_rules_of_the_page_are_those_of_the_document(self) -> None:
        document = DOCS.read_text("utf-8").splitlines()
        assert [line[2:] for line in document if line.startswith("- ")] == [rule.en for group in lists.VERSIONS for rule in group.rules]
        assert [line[3:] for line in document if line.startswith("## ")] == [group.title.en for group in lists.VERSIONS]
