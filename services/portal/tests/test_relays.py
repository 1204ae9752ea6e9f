"""Who passes warnings on, over the real crisis service."""

from services.portal.tests.conftest import Browser


class TestRelays:
    async def test_are_added_and_ended_by_their_own_wing(self, browser: Browser, other_browser: Browser) -> None:
        await browser.sign_in("wing-riyadh", "/relays")
        relay = {"name": "Riyadh Samity", "kind": "association", "country": "SA", "channel": "sms", "language": "bn"}
        await browser.send("/relays", relay | {"address": "12"})
        assert browser.answer.status_code == 422
        assert "Telephone number" in browser.words
        assert 'value="Riyadh Samity"' in browser.answer.text, "what was typed stays"
        await browser.send("/relays", relay | {"address": "+৯৬৬ ৫০ ১১১ ২২৩৩", "in_drills": "yes"})
        assert (browser.path, "+966501112233" in browser.words, "Takes part in drills" in browser.words) == ("/relays", True, True)
        await other_browser.sign_in("wing-beirut", "/relays")
        assert "Riyadh Samity" not in other_browser.words
        await other_browser.send("/relays", relay | {"address": "+966501112234"})
        assert other_browser.answer.status_code == 403
        action = browser.answer.text.partition('action="/relays/')[2].partition('"')[0]
        await browser.send(f"/relays/{action}")
        assert "Riyadh Samity" not in browser.words

    async def test_are_not_for_the_call_centre(self, browser: Browser) -> None:
        await browser.sign_in("agent", "/relays")
        assert browser.answer.status_code == 403
