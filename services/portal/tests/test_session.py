"""Sessions over the real provider, gateway and database."""

import asyncio
import hashlib
import json
import time
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from kit.crypto import Keyring
from runner.keys import keyring
from runner.suite import Suite
from services.portal.session.clients import Tokens
from services.portal.tests.conftest import Browser, age_sessions


class TestSignIn:
    async def test_leads_to_the_page_that_was_wanted(self, browser: Browser) -> None:
        await browser.sign_in("agent", "/complaints")
        assert browser.path == "/complaints"
        assert browser.answer.status_code == 200

    async def test_home_shows_the_tasks_of_the_role(self, browser: Browser) -> None:
        await browser.sign_in("wing-riyadh")
        assert "Alerts" in browser.words
        assert "Tell us what happened" not in browser.words
        await browser.send("/sign-out")
        assert "Tell us what happened" in (await browser.open("/")).text
        await browser.sign_in("analyst")
        assert "Log a complaint" not in browser.words

    async def test_never_leads_to_a_stranger(self, browser: Browser) -> None:
        await browser.sign_in("agent", "/sign-in?next=//evil.example/x")
        assert browser.path == "/"

    async def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(self, browser: Browser) -> None:
        answers: list[str] = []
        browser.http.event_hooks["response"].append(lambda answer: _note(answers, answer.headers.get_list("set-cookie")))
        await browser.sign_in("agent")
        [cookie] = [line for line in answers if line.startswith("session=")]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Max-Age" not in cookie

    async def test_an_answer_to_another_attempt_is_refused(self, browser: Browser, other_browser: Browser) -> None:
        """Whoever is lured onto a stranger's callback address is not signed in as that stranger."""
        stranger = await other_browser.http.get("/sign-in")
        await browser.http.get("/sign-in")
        answer = await browser.http.get("/session/callback", params={"code": "stolen", "state": stranger.url.params.get("state", "x")})
        assert answer.status_code == 400
        assert browser.cookie("session") is None

    async def test_a_code_that_the_provider_never_gave_is_refused(self, browser: Browser) -> None:
        started = await browser.http.get("/sign-in")
        state = started.next_request.url.params["state"] if started.next_request else ""
        answer = await browser.http.get("/session/callback", params={"code": "invented", "state": state})
        assert answer.status_code == 401
        assert browser.cookie("session") is None

    async def test_nothing_in_the_database_opens_a_session(self, browser: Browser, sessions_table: AsyncEngine) -> None:
        await browser.sign_in("agent")
        cookie = browser.cookie("session")
        assert cookie is not None
        async with sessions_table.connect() as connection:
            row = (
                await connection.execute(
                    text("select * from web_session where id_hash = :hash"), {"hash": hashlib.sha256(cookie.encode()).digest()}
                )
            ).one()
        assert b"eyJ" not in row.tokens
        assert cookie.encode() not in b"".join(bytes(str(value), "utf-8") for value in row)


async def _note(lines: list[str], found: list[str]) -> None:
    lines.extend(found)


class TestSignOut:
    async def test_ends_here_at_the_first_press(self, browser: Browser) -> None:
        await browser.sign_in("agent", "/complaints")
        kept = browser.cookie("session")
        answer = await browser.press("/sign-out")
        assert answer.headers["clear-site-data"] == '"cache"'
        assert answer.headers["cache-control"] == "no-store"
        browser.http.cookies.set("session", kept or "")
        assert (await browser.http.get("/complaints")).status_code == 303

    async def test_ends_at_the_provider_too(self, suite: Suite, browser: Browser, sessions_table: AsyncEngine) -> None:
        await browser.sign_in("agent", "/complaints")
        tokens = await _tokens(suite, browser, sessions_table)
        await browser.send("/sign-out")
        assert browser.path == "/session/ended"
        asked = {"grant_type": "refresh_token", "refresh_token": tokens.refresh or ""}
        token_endpoint = f"{suite.place.public_url}/auth/realms/probashi/protocol/openid-connect/token"
        answer = await browser.http.post(token_endpoint, data=asked, auth=("portal", suite.secrets.get("client", "portal")))
        assert answer.json()["error"] == "invalid_grant"

    async def test_no_address_names_a_person(self, browser: Browser) -> None:
        addresses: list[str] = []
        browser.http.event_hooks["request"].append(lambda asked: _note(addresses, [str(asked.url)]))
        await browser.sign_in("agent", "/complaints")
        await browser.send("/sign-out")
        assert not [address for address in addresses if "eyJ" in address or "agent" in address]

    async def test_the_next_person_signs_in_with_their_own_password(self, browser: Browser) -> None:
        await browser.sign_in("agent")
        page = await browser.send("/switch")
        assert "password" in page.text
        await browser.sign_in("demo-cumilla")
        assert "Shirin Nomuna" in browser.answer.text

    async def test_whoever_comes_to_a_session_that_ran_out_is_asked_for_a_password(
        self, browser: Browser, sessions_table: AsyncEngine
    ) -> None:
        """Though the provider still knows the one before."""
        await browser.sign_in("agent", "/complaints")
        await age_sessions(sessions_table, 16)
        assert "password" in (await browser.open("/complaints")).text

    async def test_of_a_session_that_is_over_is_no_error(self, browser: Browser, sessions_table: AsyncEngine) -> None:
        await browser.sign_in("agent", "/complaints")
        await age_sessions(sessions_table, 16)
        await browser.send("/sign-out")
        assert browser.path == "/session/ended"


class TestIdle:
    async def test_ends_after_fifteen_minutes(self, browser: Browser, sessions_table: AsyncEngine) -> None:
        await browser.sign_in("agent", "/complaints")
        await age_sessions(sessions_table, 14)
        assert (await browser.http.get("/complaints")).status_code == 200
        await age_sessions(sessions_table, 16)
        assert (await browser.http.get("/complaints")).status_code == 303

    async def test_typing_keeps_it(self, browser: Browser, sessions_table: AsyncEngine) -> None:
        await browser.sign_in("agent", "/complaints")
        await age_sessions(sessions_table, 14)
        alive = await browser.http.post("/session/alive")
        assert alive.status_code == 204
        await age_sessions(sessions_table, 14)
        assert (await browser.http.post("/session/alive")).status_code == 204

    async def test_what_was_typed_comes_back_to_its_writer_once(self, browser: Browser, sessions_table: AsyncEngine) -> None:
        await browser.sign_in("agent", "/complaints/new")
        await age_sessions(sessions_table, 16)
        answer = await browser.press("/complaints/new", {"narrative": "চার মাস বেতন নেই", "country": "SA"})
        assert answer.status_code == 303
        async with sessions_table.connect() as connection:
            assert "বেতন".encode() not in await connection.scalar(text("select fields from parked_form"))
        await browser.sign_in("agent")
        assert browser.path == "/complaints/new"
        assert browser.typed("/complaints/new", "narrative") == "চার মাস বেতন নেই"
        await browser.open("/complaints/new")
        assert browser.typed("/complaints/new", "narrative") == ""

    async def test_what_was_typed_comes_to_nobody_else(self, browser: Browser, sessions_table: AsyncEngine) -> None:
        await browser.sign_in("agent", "/complaints/new")
        await age_sessions(sessions_table, 16)
        await browser.press("/complaints/new", {"narrative": "চার মাস বেতন নেই"})
        await browser.sign_in("supervisor", "/sign-in?next=/complaints/new")
        assert browser.typed("/complaints/new", "narrative") == ""

    async def test_a_stranger_parks_nothing(self, browser: Browser, sessions_table: AsyncEngine) -> None:
        await browser.sign_in("ngo-one", "/complaints/new")
        await age_sessions(sessions_table, 16)
        await browser.press("/complaints/new", {"narrative": "planted", "csrf": "guess"})
        await browser.sign_in("ngo-one", "/sign-in?next=/complaints/new")
        assert browser.typed("/complaints/new", "narrative") == ""


class TestRefresh:
    async def test_one_refresh_serves_all_tabs(self, suite: Suite, browser: Browser, sessions_table: AsyncEngine) -> None:
        await browser.sign_in("agent", "/complaints")
        before = await self._expire(suite, browser, sessions_table)
        answers = await asyncio.gather(*(browser.http.get("/complaints") for _ in range(4)))
        assert [answer.status_code for answer in answers] == [200] * 4
        after = await _tokens(suite, browser, sessions_table)
        assert after.expires_at > time.time()
        assert after.access != before.access

    async def test_a_session_that_the_provider_ended_is_over(self, suite: Suite, browser: Browser, sessions_table: AsyncEngine) -> None:
        await browser.sign_in("agent", "/complaints")
        await self._expire(suite, browser, sessions_table, refresh="revoked")
        assert (await browser.http.get("/complaints")).status_code == 303

    async def _expire(self, suite: Suite, browser: Browser, engine: AsyncEngine, refresh: str | None = None) -> Tokens:
        tokens = await _tokens(suite, browser, engine)
        old = replace(tokens, refresh=refresh or tokens.refresh, expires_at=0)
        sealed = _keyring(suite).seal(old.dump(), "web_session.tokens")
        async with engine.begin() as connection:
            await connection.execute(
                text("update web_session set tokens = :sealed where id_hash = :hash"), {"sealed": sealed, "hash": _hash(browser)}
            )
        return tokens


async def _tokens(suite: Suite, browser: Browser, engine: AsyncEngine) -> Tokens:
    async with engine.connect() as connection:
        sealed = await connection.scalar(text("select tokens from web_session where id_hash = :hash"), {"hash": _hash(browser)})
    return Tokens.load(_keyring(suite).open(sealed, "web_session.tokens"))


def _keyring(suite: Suite) -> Keyring:
    return Keyring.load(keyring(suite.place, "portal"), service="portal")


def _hash(browser: Browser) -> bytes:
    return hashlib.sha256((browser.cookie("session") or "").encode()).digest()


class TestForgedPosts:
    @pytest.mark.parametrize(
        ("fields", "headers"),
        [
            ({"csrf": "guess"}, {}),
            ({"csrf": ""}, {}),
            ({}, {"Origin": "https://evil.example"}),
            ({}, {"Origin": "null"}),
            ({}, {"Sec-Fetch-Site": "cross-site"}),
        ],
    )
    async def test_are_refused(self, browser: Browser, fields: dict[str, str], headers: dict[str, str]) -> None:
        await browser.sign_in("agent", "/complaints")
        form = browser.form("/sign-out") | fields
        answer = await browser.http.post("/sign-out", data=form, headers={"Origin": browser.url} | headers)
        assert answer.status_code == 403
        assert (await browser.http.get("/complaints")).status_code == 200


class TestHeaders:
    @pytest.mark.parametrize("path", ["/", "/framework", "/nothing-here", "/session/ended", "/complaints/new"])
    async def test_keep_strangers_out_of_every_page(self, browser: Browser, path: str) -> None:
        answer = await browser.http.get(path)
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["referrer-policy"] == "same-origin"

    async def test_no_cache_keeps_a_persons_page(self, browser: Browser) -> None:
        await browser.sign_in("agent", "/complaints")
        assert browser.answer.headers["cache-control"] == "no-store"


class TestNextPerson:
    """What stood half written is sealed to its writer: a page sends it along as it leaves (`portal.js`)."""

    async def test_the_first_officers_draft_waits_for_them_alone(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", "/returnees/new")
        typed = [["name", "Half Written"], ["csrf", "x"], ["age_band", "25_34"]]
        await browser.send("/switch", {"draft": json.dumps(["/returnees/new", typed])})
        await browser.sign_in("demo-sylhet", "/returnees/new")
        assert browser.typed("/returnees/new", "name") == ""
        await browser.send("/switch")
        await browser.sign_in("demo-cumilla")
        assert browser.path == "/returnees/new"
        assert browser.typed("/returnees/new", "name") == "Half Written"
        await browser.open("/returnees/new")
        assert browser.typed("/returnees/new", "name") == ""

    @pytest.mark.parametrize(
        "draft", ["", "{", "[]", '["/sign-out", []]', '["//elsewhere/x", []]', '["/returnees/new", 7]', '["/returnees/new", [[1]]]']
    )
    async def test_what_is_no_draft_is_let_go(self, browser: Browser, draft: str) -> None:
        await browser.sign_in("demo-cumilla", "/returnees/new")
        await browser.send("/switch", {"draft": draft})
        await browser.sign_in("demo-cumilla")
        assert browser.path == "/"

    async def test_a_page_of_a_shared_desk_says_when_it_locks_and_an_agents_does_not(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", "/returnees/new")
        assert 'data-lock="10"' in browser.answer.text
        await browser.send("/switch")
        await browser.sign_in("agent", "/complaints/new")
        assert "data-lock" not in browser.answer.text
