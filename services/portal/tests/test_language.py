"""English and Bangla: which is chosen, that nothing is left out of either."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from starlette.datastructures import Headers

from services.portal.language import CATALOGUES, chosen_language, day, duration, moment, numerals, said
from services.portal.page import TEMPLATES, environment
from services.portal.tests.conftest import Browser

PORTAL = TEMPLATES.parent
TAG = re.compile(r"<(?!!)[^>]*>")
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
SPOKEN_ATTRIBUTE = re.compile(r'\b(?:alt|title|placeholder|aria-label|label|data-words-[a-z]+|content)="([^"]*)"')
# Names, what is the same in both languages, and what only machines read.
SAME_IN_BOTH = {"Probashi", "English", "width=device-width, initial-scale=1"}


def _found() -> list[tuple[str, ...]]:
    extracted = extract_from_dir(PORTAL, [("templates/**.html", "jinja2")], {"templates/**.html": {"encoding": "utf-8"}})
    return [message if isinstance(message, tuple) else (message,) for _, _, message, _, _ in extracted]


def _messages() -> list[Message]:
    catalogues = [read_po(BytesIO(path.read_bytes()), locale="bn", abort_invalid=True) for path in CATALOGUES]
    return [message for one in catalogues for message in one if message.id]


class TestChoice:
    @pytest.mark.parametrize(
        ("query", "cookie", "accepted", "language"),
        [
            ("lang=en", "bn", "bn", "en"),
            ("lang=bn", "en", "en", "bn"),
            ("lang=fr", "en", "bn", "en"),
            ("", "bn", "en-GB,en", "bn"),
            ("", "xx", "en-GB,en;q=0.9", "en"),
            ("", "", "fr,bn;q=0.5", "bn"),
            ("", "", "", "bn"),
            ("", "", "*", "bn"),
        ],
    )
    def test_asked_then_kept_then_the_browsers_then_bangla(self, query: str, cookie: str, accepted: str, language: str) -> None:
        assert chosen_language(query, Headers({"cookie": f"lang={cookie}", "accept-language": accepted})) == language

    async def test_is_kept_in_a_cookie(self, browser: Browser) -> None:
        await browser.open("/?lang=bn")
        await browser.open("/")
        assert '<html lang="bn"' in browser.answer.text

    async def test_the_link_to_the_other_language_stays_on_the_page(self, browser: Browser) -> None:
        await browser.open("/framework?goal=2")
        assert 'href="/framework?goal=2&amp;lang=bn"' in browser.answer.text


class TestWords:
    def test_bengali_digits(self) -> None:
        assert numerals("RL 12", "bn") == "RL ১২"
        assert day("2026-11-23", "bn") == "২৩ নভেম্বর ২০২৬"

    def test_times_are_dhakas(self) -> None:
        assert moment("2026-11-23T20:30:00+00:00", "en") == "24 November 2026, 02:30"

    @pytest.mark.parametrize(("seconds", "words"), [(0.4, "0 s"), (59.6, "1 min"), (3_725, "1 h 2 min"), (90_061, "1 d 1 h")])
    def test_how_long_something_took(self, seconds: float, words: str) -> None:
        assert duration(seconds, "en") == words
        assert duration(65, "bn") == "১ মিনিট ৫ সেকেন্ড"

    def test_a_missing_language_is_no_blank(self) -> None:
        assert said({"en": "Flood", "bn": None}, "bn") == "Flood"


class TestCatalogue:
    def test_every_sentence_of_a_template_has_bangla(self) -> None:
        known = {message.id: message.string for message in _messages() if not message.fuzzy}
        wanted = {message if len(message) > 1 else message[0] for message in _found()}
        missing = [message for message in wanted if not all(_strings(known.get(message)))]
        assert missing == []

    def test_holds_no_sentence_that_is_said_nowhere(self) -> None:
        said_somewhere = {message if len(message) > 1 else message[0] for message in _found()}
        assert {message.id for message in _messages()} - said_somewhere == set()

    def test_a_sentence_stands_in_one_catalogue(self) -> None:
        """What two areas say stands in `portal.po`: two translations of one sentence would be chosen between by chance."""
        ids = [message.id for message in _messages()]
        assert [one for one in ids if ids.count(one) > 1] == []

    def test_placeholders_survive_translation(self) -> None:
        for message in _messages():
            ids = _strings(message.id)
            for words in _strings(message.string):
                assert set(re.findall(r"%\(\w+\)[sd]", words)) == set(re.findall(r"%\(\w+\)[sd]", ids[-1])), words

    def test_bangla_is_written_in_bangla(self) -> None:
        for message in _messages():
            for words in _strings(message.string):
                assert re.search(r"[\u0980-\u09ff]", words), words


def _strings(string: object) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, tuple | list) else (str(string or ""),)


class TestTemplates:
    def test_hold_no_sentence_outside_the_catalogue(self) -> None:
        bare = {str(path.relative_to(TEMPLATES)): found for path in TEMPLATES.rglob("*.html") if (found := _bare(path))}
        assert bare == {}

    def test_the_scanner_finds_what_it_looks_for(self, tmp_path: Path) -> None:
        page = tmp_path / "page.html"
        page.write_text('<p class="x">Hello {{ name }}</p><img alt="A photo"><p>{{ _("Fine") }} বাংলা 12</p>', "utf-8")
        assert _bare(page) == ["A photo", "Hello"]

    @pytest.mark.parametrize("language", ["en", "bn"])
    def test_all_compile(self, language: str) -> None:
        for path in TEMPLATES.rglob("*.html"):
            environment("en" if language == "en" else "bn").get_template(str(path.relative_to(TEMPLATES)))


def _bare(path: Path) -> list[str]:
    """English that is shown or read aloud and does not come from gettext."""
    text = JINJA.sub("\0", path.read_text("utf-8"))
    # An attribute that is written by a macro, and a path that fills a block, are no sentences.
    text = re.sub(r' [a-z-]+="\0"|\0/[a-z/]+\0', "\0", text)
    shown = [*SPOKEN_ATTRIBUTE.findall(text), *TAG.split(text)]
    words = {piece.strip(" \n\t\0.:,()–·") for one in shown for piece in one.split("\0")}
    return sorted(
        word for word in words if re.search(r"[A-Za-z]{2,}", word) and word not in SAME_IN_BOTH and not word.startswith("<!doctype")
    )
