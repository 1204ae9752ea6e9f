"""What a cheap phone on a slow line has to fetch."""

import re

import pytest

from services.portal.tests.conftest import Browser

COMPRESSED = {"Accept-Encoding": "gzip"}


class TestFirstPage:
    @pytest.mark.parametrize("language", ["bn", "en"])
    async def test_weighs_less_than_100_kb_with_all_that_it_loads(self, browser: Browser, language: str) -> None:
        page = await browser.http.get(f"/?lang={language}", headers=COMPRESSED)
        sheet = re.search(r'href="(/assets/portal[^"]*css)"', page.text)
        assert sheet is not None
        loaded = set(re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.text))
        style = await browser.http.get(sheet[1], headers=COMPRESSED)
        loaded |= {f"/assets/{name}" for name in re.findall(r'url\("?([^")]+woff2)"?\)', style.text)}
        weight = await self._fetched(browser, f"/?lang={language}") + sum([await self._fetched(browser, path) for path in loaded])
        assert 30_000 < weight <= 100_000

    async def _fetched(self, browser: Browser, path: str) -> int:
        async with browser.http.stream("GET", path, headers=COMPRESSED) as answer:
            assert answer.status_code == 200
            return sum([len(chunk) async for chunk in answer.aiter_raw()])

    async def test_loads_no_script_but_our_own(self, browser: Browser) -> None:
        page = await browser.http.get("/")
        assert re.findall(r"<script[^>]*>", page.text) == re.findall(r'<script type="module" src="/assets/portal[^"]*">', page.text)


class TestAssets:
    async def test_are_kept_for_a_year_and_compressed(self, browser: Browser) -> None:
        page = await browser.http.get("/")
        path = re.findall(r'href="(/assets/portal[^"]*css)"', page.text)[0]
        answer = await browser.http.get(path, headers=COMPRESSED)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["content-type"] == "text/css; charset=utf-8"
        plain = await browser.http.get(path, headers={"Accept-Encoding": "identity"})
        assert plain.content == answer.content

    @pytest.mark.parametrize("name", ["manifest.json", "nothing.css", "..%2Fsettings.py", "%2e%2e%2fmain.py"])
    async def test_nothing_else_is_served(self, browser: Browser, name: str) -> None:
        assert (await browser.http.get(f"/assets/{name}")).status_code in {400, 404}


class TestPages:
    async def test_a_form_weighs_little_once_the_rest_is_kept(self, browser: Browser) -> None:
        await browser.sign_in("agent", "/complaints/new")
        async with browser.http.stream("GET", "/complaints/new", headers=COMPRESSED) as answer:
            weight = sum([len(chunk) async for chunk in answer.aiter_raw()])
        assert 2_000 < weight < 12_000

    async def test_the_secret_of_a_session_never_looks_the_same_twice(self, browser: Browser) -> None:
        """Else the length of a compressed page would give it away."""
        await browser.sign_in("agent", "/complaints")
        first = browser.typed("/sign-out", "csrf")
        await browser.open("/complaints")
        assert browser.typed("/sign-out", "csrf") != first
