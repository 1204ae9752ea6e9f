"""The page behind a personal link: a link that opens nothing is not found; what it shows is rendered in both languages."""

from typing import Any

import pytest

from services.portal.access import menu_of
from services.portal.forms import Form
from services.portal.page import environment
from services.portal.tests.conftest import Browser

TOLD: dict[str, Any] = {
    "kind": "person", "is_drill": True, "language": "bn", "country": "LB", "title": {"en": "Extreme danger", "bn": "চরম বিপদ"},
    "is_over": False, "says": [{"language": "en", "headline": "Stay indoors", "instruction": "Go down", "description": None}],
    "status": "unreached", "status_label": {"en": "Not heard of yet", "bn": "এখনো খোঁজ পাওয়া যায়নি"},
    "statuses": [{"code": "safe", "label": {"en": "Safe", "bn": "নিরাপদ"}}],
    "needs": [{"code": "food_water", "label": {"en": "Food", "bn": "খাবার"}}],
    "card": {"language": "ar", "text": "شكراً", "meaning": {"en": "Thank you", "bn": "ধন্যবাদ"}},
    "answers": [{"asked": "Is the airport open?", "answer": None}],
}  # fmt: skip


async def test_a_link_that_nobody_was_given_opens_nothing(browser: Browser) -> None:
    assert (await browser.open(f"/c/{'0' * 16}")).status_code == 404


@pytest.mark.parametrize(("language", "words"), [("en", "How are you?"), ("bn", "আপনি কেমন আছেন?")])
@pytest.mark.parametrize("kind", ["person", "home", "relay"])
def test_each_kind_of_link_is_drawn(language: Any, words: str, kind: str) -> None:
    frame: dict[str, Any] = {
        "visitor": None,
        "csrf": "",
        "menu": menu_of([], "/c/x"),
        "lock_minutes": 0,
        "path": "/c/x",
        "other_language": "?",
    }
    shown = (
        environment(language)
        .get_template("reach/link.html")
        .render(**frame, told=TOLD | {"kind": kind}, form=Form(), token="x", done="", push_key="")
    )
    assert (words in shown) is (kind == "person")
    assert ('action="/c/x"' in shown) is (kind != "relay")
    assert ('href="/register"' in shown) or kind != "relay"
