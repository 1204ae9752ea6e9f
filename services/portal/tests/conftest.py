import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from lxml.html import document_fromstring
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.accounts import ACCOUNTS_FILE, Accounts
from kit.database import make_engine
from runner.suite import Suite
from runner.testing import CERTIFICATES
from services.portal import assets

PROJECT = Path(__file__).parents[3]
PASSWORD = Accounts.model_validate_json(ACCOUNTS_FILE.read_text("utf-8")).demo_password


@pytest.fixture(scope="session", autouse=True)
def _style_sheet() -> None:
    """The portal refuses to start without its style sheet: a clean checkout builds it here."""
    if not (assets.BUILT / "manifest.json").exists():
        node = Path(sys.executable).parent / "node"
        subprocess.run([node, "services/portal/build.mjs"], cwd=PROJECT, check=True)


@pytest.fixture(scope="session")
def suite(_style_sheet: None, whole: Suite) -> Suite:
    """The real suite behind its gateway: people reach the portal no other way."""
    return whole


@pytest.fixture(scope="session")
async def sessions_table(suite: Suite) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(suite.database_url("portal"), pool=2)
    yield engine
    await engine.dispose()


def parsed(text: str) -> Any:
    """The stubs of lxml know no forms."""
    return document_fromstring(text)


class Browser:
    """What a browser without scripts does: keeps cookies, follows redirects, sends the forms that it is shown."""

    def __init__(self, url: str, language: str = "en") -> None:
        self.url = url
        headers = {"Accept-Language": language, "Sec-Fetch-Site": "same-origin"}
        self.http = httpx.AsyncClient(base_url=url, headers=headers, cookies={"lang": language}, timeout=240, verify=CERTIFICATES)
        self.answer = httpx.Response(204, request=httpx.Request("GET", url))

    async def open(self, path: str) -> httpx.Response:
        self.answer = await self._follow(await self.http.get(path))
        return self.answer

    async def send(self, action: str, fields: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        """Sends the form of the page in hand, its hidden fields included."""
        self.answer = await self._follow(await self.press(action, fields, **more))
        return self.answer

    async def press(self, action: str, fields: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        """As `send`, but stays where the first answer is."""
        return await self.http.post(action, data=self.form(action) | (fields or {}), headers={"Origin": self.url}, **more)

    def typed(self, action: str, name: str) -> str:
        return str(next(iter(self.form(action).get(name, [])), ""))

    def form(self, action: str) -> dict[str, Any]:
        """What a form holds as shown: a list for each name."""
        page = parsed(self.answer.text)
        found = next(form for form in page.forms if (form.get("action") or "") == action)
        values: dict[str, Any] = {}
        for name, shown in found.form_values():
            # A browser drops the line break after <textarea>; lxml keeps it.
            values.setdefault(name, []).append(shown.removeprefix("\n"))
        return values

    async def sign_in(self, account: str, path: str = "/sign-in") -> httpx.Response:
        page = await self.open(path)
        form = next(form for form in parsed(page.text).forms if "password" in form.fields)
        fields = dict(form.form_values()) | {"username": account, "password": PASSWORD}
        target = urljoin(str(page.url), form.get("action") or "")
        self.answer = await self._follow(await self.http.post(target, data=fields))
        return self.answer

    def asked(self, start: str) -> list[str]:
        """Where the forms of the page in hand go, of those that go to a place that starts so."""
        return [action for form in parsed(self.answer.text).forms if (action := form.get("action") or "").startswith(start)]

    def cookie(self, name: str) -> str | None:
        return next((cookie.value for cookie in self.http.cookies.jar if cookie.name == name), None)

    async def _follow(self, answer: httpx.Response) -> httpx.Response:
        while answer.is_redirect:
            for cookie in self.http.cookies.jar:
                cookie.secure = False  # as browsers do for their own machine
            answer = await self.http.get(urljoin(str(answer.request.url), answer.headers["location"]))
        return answer

    @property
    def path(self) -> str:
        return urlsplit(str(self.answer.url)).path

    @property
    def words(self) -> str:
        """The page's text, in one line."""
        main = parsed(self.answer.text).get_element_by_id("main", None)
        assert main is not None, (self.answer.status_code, self.answer.text[:500])
        return re.sub(r"\s+", " ", main.text_content())


@pytest.fixture
async def browser(suite: Suite) -> AsyncIterator[Browser]:
    one = Browser(suite.place.public_url)
    yield one
    await one.http.aclose()


@pytest.fixture
async def other_browser(suite: Suite) -> AsyncIterator[Browser]:
    one = Browser(suite.place.public_url)
    yield one
    await one.http.aclose()


@pytest.fixture
async def bangla(suite: Suite) -> AsyncIterator[Browser]:
    one = Browser(suite.place.public_url, "bn")
    yield one
    await one.http.aclose()


async def age_sessions(engine: AsyncEngine, minutes: int) -> None:
    """As if nobody had touched a page for so long."""
    async with engine.begin() as connection:
        await connection.execute(text("update web_session set seen_at = seen_at - make_interval(mins => :minutes)"), {"minutes": minutes})
