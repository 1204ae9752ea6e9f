"""What only the local provider does: it refuses to leave home, keeps its keys, bears few guesses, and shows pages without scripts."""

import stat
from html.parser import HTMLParser

import httpx
import jwt
import pytest
from typing_extensions import override

from deploy.accounts import Accounts
from deploy.testing import LocalCommand, Running
from runner.identity import Provider, Question, access_token, sign_in

UNKNOWN_LOGIN = "/auth/realms/probashi/login/none"


class Outside(HTMLParser):
    """Collects what a page would load or run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "img", "iframe", "link"} or any(name.startswith("on") for name, _ in attrs):
            self.found.append(tag)


async def sign_in_page(provider: Provider, language: str) -> httpx.Response:
    page = await provider.ask(Question.begin(), {"ui_locales": language})
    assert isinstance(page, httpx.Response)
    return page


class TestStart:
    @pytest.mark.parametrize("stage", ["production", "", "Local"])
    def test_refuses_to_run_anywhere_but_locally(self, local_command: LocalCommand, stage: str) -> None:
        done = local_command.run_to_its_end(stage)
        assert done.returncode == 2
        assert "Keycloak" in done.stderr
        assert not (local_command.folder / "keys").exists()

    def test_says_so_when_its_port_is_taken(self, local_command: LocalCommand) -> None:
        with local_command.running():
            done = local_command.run_to_its_end()
        assert done.returncode == 1
        assert "EADDRINUSE" in done.stderr

    async def test_its_keys_outlive_it_and_are_its_owners_only(self, local_command: LocalCommand, accounts: Accounts) -> None:
        with local_command.running() as running:
            before = await access_token(running.url, "agent", accounts.demo_password)
        with local_command.running() as running:
            after = await access_token(running.url, "agent", accounts.demo_password)
        assert jwt.get_unverified_header(before)["kid"] == jwt.get_unverified_header(after)["kid"]
        assert stat.S_IMODE((local_command.folder / "keys" / "identity.json").stat().st_mode) == 0o600

    def test_ends_when_it_is_asked_to(self, local_command: LocalCommand) -> None:
        with local_command.running() as running, httpx.Client() as kept_alive:
            kept_alive.get(f"{running.issuer}/protocol/openid-connect/certs")
        assert '"stopping"' in running.log.read_text("utf-8")

    async def test_nothing_personal_stands_in_its_log(self, local: Running, accounts: Accounts) -> None:
        await sign_in(local.url, "ngo-two", accounts.demo_password)
        written = local.log.read_text("utf-8")
        assert "ngo-two" not in written
        assert accounts.demo_password not in written


class TestSignInPage:
    @pytest.mark.parametrize(("language", "heading"), [("en", "<h1>Sign in</h1>"), ("bn", "<h1>সাইন ইন করুন</h1>")])
    async def test_is_whole_in_each_language(
        self, local: Running, browser: httpx.AsyncClient, accounts: Accounts, language: str, heading: str
    ) -> None:
        page = await sign_in_page(Provider(browser, local.url), language)
        assert heading in page.text
        assert f'<html lang="{language}">' in page.text
        assert page.headers["content-language"] == language
        assert all(account.account in page.text for account in accounts.accounts)

    async def test_changes_its_language_on_the_spot(self, local: Running, browser: httpx.AsyncClient) -> None:
        page = await sign_in_page(Provider(browser, local.url), "bn")
        assert 'href="?lang=en"' in page.text
        assert "<h1>Sign in</h1>" in (await browser.get(f"{page.request.url}?lang=en")).text

    async def test_loads_nothing_and_runs_nothing(self, local: Running, browser: httpx.AsyncClient) -> None:
        page = await sign_in_page(Provider(browser, local.url), "en")
        assert Outside(page.text).found == []
        assert "default-src 'none'" in page.headers["content-security-policy"]

    async def test_what_was_typed_is_text_and_nothing_else(self, local: Running, browser: httpx.AsyncClient) -> None:
        page = await sign_in_page(Provider(browser, local.url), "en")
        answer = await browser.post(page.request.url, data={"username": '"><script>alert(1)</script>', "password": "x"})
        assert answer.status_code == httpx.codes.BAD_REQUEST
        assert Outside(answer.text).found == []

    @pytest.mark.parametrize(("language", "sentence"), [("en", "is not right"), ("bn", "সঠিক নয়")])
    async def test_a_wrong_password_is_said_in_the_language_of_the_page(
        self, local: Running, browser: httpx.AsyncClient, language: str, sentence: str
    ) -> None:
        page = await sign_in_page(Provider(browser, local.url), language)
        answer = await browser.post(f"{page.request.url}?lang={language}", data={"username": "udc-one", "password": "wrong"})
        assert sentence in answer.text
        assert 'role="alert"' in answer.text

    async def test_five_wrong_passwords_lock_the_account_for_a_while(
        self, local: Running, browser: httpx.AsyncClient, accounts: Accounts
    ) -> None:
        page = await sign_in_page(Provider(browser, local.url), "en")
        for _ in range(5):
            await browser.post(page.request.url, data={"username": "wewb-one", "password": "wrong"})
        answer = await browser.post(page.request.url, data={"username": "wewb-one", "password": accounts.demo_password})
        assert answer.status_code == httpx.codes.TOO_MANY_REQUESTS
        assert int(answer.headers["retry-after"]) > 0
        assert await access_token(local.url, "airport", accounts.demo_password)

    async def test_a_sign_in_that_is_unknown_is_explained(self, local: Running, browser: httpx.AsyncClient) -> None:
        answer = await browser.get(f"{local.url}{UNKNOWN_LOGIN}", headers={"Accept-Language": "bn"})
        assert answer.status_code == httpx.codes.BAD_REQUEST
        assert "প্রথম পাতায় যান" in answer.text

    async def test_a_flood_of_bytes_is_not_kept(self, local: Running, browser: httpx.AsyncClient) -> None:
        page = await sign_in_page(Provider(browser, local.url), "en")
        answer = await browser.post(page.request.url, data={"username": "agent", "password": "x" * 5_000_000})
        assert answer.status_code == httpx.codes.BAD_REQUEST


class TestQuickSwitch:
    async def test_the_next_person_takes_over_and_the_one_before_is_signed_out(
        self, local: Running, browser: httpx.AsyncClient, accounts: Accounts
    ) -> None:
        provider, before, after = Provider(browser, local.url), Question.begin(), Question.begin()
        first = await provider.redeem(before, await provider.code(before, "agent", accounts.demo_password))
        page = await provider.ask(after, {"prompt": "login"})
        assert isinstance(page, httpx.Response)
        code = await provider.answer_page(page, after, "supervisor", accounts.demo_password)
        second = await provider.redeem(after, code)
        assert jwt.decode(second.access, options={"verify_signature": False})["preferred_username"] == "supervisor"
        refused = await browser.post(
            await provider.endpoint("token"),
            data={"grant_type": "refresh_token", "client_id": "cli", "refresh_token": first.refresh or ""},
        )
        assert refused.json()["error"] == "invalid_grant"


class TestPublicAddress:
    async def test_is_given_whoever_asks_and_whatever_a_proxy_says(self, local: Running, browser: httpx.AsyncClient) -> None:
        claimed = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Host": "other.example"}
        document = await browser.get(f"{local.issuer}/.well-known/openid-configuration", headers=claimed)
        assert document.json()["token_endpoint"].startswith(local.issuer)

    async def test_what_lies_outside_the_realm_is_not_there(self, local: Running, browser: httpx.AsyncClient) -> None:
        for path in ("/auth/realms/master", "/auth/realms/probashi/fonts/..%2f..%2faccounts.json", "/auth/realms/probashi/fonts/"):
            assert (await browser.get(f"{local.url}{path}")).status_code == httpx.codes.NOT_FOUND
