"""What both providers must do alike. Each assertion holds for the local provider and for a real Keycloak."""

from typing import Any
from urllib.parse import urlencode

import httpx
import jwt
import pytest

from deploy.accounts import Account, Accounts
from deploy.testing import Running
from kit.auth import Caller, Verifier
from kit.errors import UnauthenticatedError
from runner.identity import NATIVE_REDIRECT, Provider, Question, SignInRefusedError, access_token, sign_in

SUITE_CLAIMS = frozenset({"iss", "aud", "sub", "preferred_username", "azp", "locale", "roles", "districts", "countries", "org", "licence"})
NAMES_OF_A_PERSON = frozenset({"name", "name#bn", "given_name", "family_name", "email"})


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def suite_claims(token: str) -> dict[str, Any]:
    return {name: value for name, value in claims_of(token).items() if name in SUITE_CLAIMS}


def expected_claims(running: Running, account: Account, client: str) -> dict[str, Any]:
    return {
        "iss": running.issuer,
        "aud": "probashi",
        "azp": client,
        "sub": str(account.id),
        "preferred_username": account.account,
        "locale": account.locale,
        "roles": list(account.roles),
        **account.scopes(),
    }


def verifier(running: Running) -> Verifier:
    return Verifier(f"{running.issuer}/protocol/openid-connect/certs", running.issuer, "probashi")


def portal_question(running: Running) -> Question:
    return Question.begin("portal", f"{running.url}/session/callback")


class TestAccessToken:
    @pytest.mark.parametrize("name", ["agent", "demo-cumilla", "wing-riyadh", "ngo-one", "agency-one", "admin"])
    async def test_says_the_same_whoever_issued_it(self, running: Running, accounts: Accounts, name: str) -> None:
        token = await access_token(running.url, name, accounts.demo_password)
        assert suite_claims(token) == expected_claims(running, accounts.account(name), "cli")

    async def test_lives_five_minutes_and_names_nobody(self, running: Running, accounts: Accounts) -> None:
        token = await access_token(running.url, "agent", accounts.demo_password)
        claims = claims_of(token)
        assert claims["exp"] - claims["iat"] == 300
        assert not NAMES_OF_A_PERSON & set(claims)
        assert jwt.get_unverified_header(token)["alg"] == "RS256"

    async def test_is_accepted_by_the_services(self, running: Running, accounts: Accounts) -> None:
        token = await access_token(running.url, "ngo-one", accounts.demo_password)
        caller = await verifier(running).verify(token)
        assert caller == Caller(
            subject=str(accounts.account("ngo-one").id),
            username="ngo-one",
            client_id="cli",
            roles=frozenset({"ngo"}),
            districts=frozenset({"BD-08"}),
            org=frozenset({"ngo-one"}),
            expires_at=caller.expires_at,
        )

    async def test_for_another_audience_is_refused_by_the_services(self, running: Running, accounts: Accounts) -> None:
        tokens = await sign_in(running.url, "agent", accounts.demo_password, client_id="foreign")
        assert claims_of(tokens.access)["aud"] == "elsewhere"
        with pytest.raises(UnauthenticatedError):
            await verifier(running).verify(tokens.access)

    async def test_an_identity_token_is_no_access_token(self, running: Running, accounts: Accounts) -> None:
        tokens = await sign_in(running.url, "agent", accounts.demo_password)
        with pytest.raises(UnauthenticatedError):
            await verifier(running).verify(tokens.identity)


class TestIdentityToken:
    async def test_names_the_person_in_both_languages(self, running: Running, accounts: Accounts) -> None:
        tokens = await sign_in(running.url, "agent", accounts.demo_password)
        claims, account = claims_of(tokens.identity), accounts.account("agent")
        assert (claims["name"], claims["name#bn"], claims["aud"]) == (account.name.en, account.name.bn, "cli")
        assert claims["sub"] == claims_of(tokens.access)["sub"]


class TestSignIn:
    @pytest.mark.parametrize("account", ["supervisor", "nobody-here"])
    async def test_a_wrong_password_gives_no_token(self, running: Running, account: str) -> None:
        with pytest.raises(SignInRefusedError, match=r"[Pp]assword"):
            await sign_in(running.url, account, "not-the-password")

    async def test_the_page_speaks_bangla_when_asked(self, provider: Provider) -> None:
        page = await provider.ask(Question.begin(), {"ui_locales": "bn"})
        assert isinstance(page, httpx.Response)
        assert 'lang="bn"' in page.text
        assert "সাইন ইন করুন" in page.text

    async def test_a_stranger_as_redirect_address_is_refused(self, provider: Provider) -> None:
        page = await provider.ask(Question.begin("cli", "http://evil.example/callback"))
        assert isinstance(page, httpx.Response)
        assert page.status_code == httpx.codes.BAD_REQUEST

    @pytest.mark.parametrize("without", [{"code_challenge", "code_challenge_method"}, {"code_challenge_method"}])
    async def test_a_question_without_a_proof_is_refused(self, running: Running, browser: httpx.AsyncClient, without: set[str]) -> None:
        asked = {name: value for name, value in Question.begin().parameters().items() if name not in without}
        answer = await browser.get(f"{running.issuer}/protocol/openid-connect/auth?{urlencode(asked)}")
        assert answer.headers["location"].startswith(NATIVE_REDIRECT)
        assert "error=invalid_request" in answer.headers["location"]

    async def test_who_is_signed_in_is_not_asked_again(self, provider: Provider, accounts: Accounts) -> None:
        first, second = Question.begin(), Question.begin()
        await provider.code(first, "analyst", accounts.demo_password)
        answer = await provider.ask(second)
        assert isinstance(answer, str)
        assert second.code(answer)

    async def test_the_quick_switch_asks_again(self, provider: Provider, accounts: Accounts) -> None:
        await provider.code(Question.begin(), "analyst", accounts.demo_password)
        page = await provider.ask(Question.begin(), {"prompt": "login"})
        assert isinstance(page, httpx.Response)
        assert 'type="password"' in page.text


class TestCode:
    async def test_is_worth_nothing_with_another_verifier(self, provider: Provider, accounts: Accounts) -> None:
        question = Question.begin()
        code = await provider.code(question, "agent", accounts.demo_password)
        stolen = Question(question.client_id, question.redirect, question.state, verifier=Question.begin().verifier)
        with pytest.raises(SignInRefusedError, match="invalid_grant"):
            await provider.redeem(stolen, code)

    async def test_is_good_for_one_use(self, provider: Provider, accounts: Accounts) -> None:
        question = Question.begin()
        code = await provider.code(question, "agent", accounts.demo_password)
        await provider.redeem(question, code)
        with pytest.raises(SignInRefusedError, match="invalid_grant"):
            await provider.redeem(question, code)


class TestRefresh:
    async def test_gives_the_same_rights_again(self, running: Running, provider: Provider, accounts: Accounts) -> None:
        tokens = await sign_in(running.url, "demo-sylhet", accounts.demo_password)
        assert tokens.refresh is not None
        renewed = await provider.grant("refresh_token", "cli", {"refresh_token": tokens.refresh})
        assert suite_claims(renewed.access) == expected_claims(running, accounts.account("demo-sylhet"), "cli")
        assert renewed.refresh not in {None, tokens.refresh}

    async def test_a_used_refresh_token_is_worth_nothing(self, running: Running, provider: Provider, accounts: Accounts) -> None:
        tokens = await sign_in(running.url, "demo-sylhet", accounts.demo_password)
        assert tokens.refresh is not None
        await provider.grant("refresh_token", "cli", {"refresh_token": tokens.refresh})
        with pytest.raises(SignInRefusedError, match="invalid_grant"):
            await provider.grant("refresh_token", "cli", {"refresh_token": tokens.refresh})


class TestPortal:
    async def test_signs_in_with_its_secret_and_not_without(self, running: Running, provider: Provider, accounts: Accounts) -> None:
        question = portal_question(running)
        code = await provider.code(question, "agent", accounts.demo_password)
        with pytest.raises(SignInRefusedError):
            await provider.redeem(question, code, secret="not-the-secret")
        tokens = await provider.redeem(question, code, secret=running.secrets["portal"])
        assert suite_claims(tokens.access) == expected_claims(running, accounts.account("agent"), "portal")

    async def test_signs_out_without_a_question_in_between(
        self, running: Running, provider: Provider, browser: httpx.AsyncClient, accounts: Accounts
    ) -> None:
        question = portal_question(running)
        code = await provider.code(question, "agent", accounts.demo_password)
        tokens = await provider.redeem(question, code, secret=running.secrets["portal"])
        asked = {"client_id": "portal", "id_token_hint": tokens.identity, "post_logout_redirect_uri": f"{running.url}/session/ended"}
        leave = f"{await provider.endpoint('end_session')}?{urlencode(asked)}"
        for _ in range(2):  # the second time nobody is signed in any more
            answer = await browser.get(leave)
            assert answer.is_redirect
            assert answer.headers["location"] == f"{running.url}/session/ended"
        assert isinstance(await provider.ask(portal_question(running)), httpx.Response)
        with pytest.raises(SignInRefusedError, match="invalid_grant"):
            await provider.grant("refresh_token", "portal", {"refresh_token": tokens.refresh or ""}, secret=running.secrets["portal"])

    async def test_a_stranger_as_address_after_sign_out_is_refused(
        self, running: Running, provider: Provider, browser: httpx.AsyncClient, accounts: Accounts
    ) -> None:
        question = portal_question(running)
        code = await provider.code(question, "agent", accounts.demo_password)
        tokens = await provider.redeem(question, code, secret=running.secrets["portal"])
        asked = {"id_token_hint": tokens.identity, "post_logout_redirect_uri": "http://evil.example/"}
        answer = await browser.get(f"{await provider.endpoint('end_session')}?{urlencode(asked)}")
        assert answer.status_code == httpx.codes.BAD_REQUEST


class TestServices:
    async def test_sign_in_as_themselves(self, running: Running, provider: Provider, accounts: Accounts) -> None:
        tokens = await provider.grant("client_credentials", "svc-complaints", {}, secret=running.secrets["svc-complaints"])
        (client,) = [client for client in accounts.clients if client.client == "svc-complaints"]
        assert suite_claims(tokens.access) == {
            "iss": running.issuer,
            "aud": "probashi",
            "azp": "svc-complaints",
            "sub": str(client.id),
            "preferred_username": "service-account-svc-complaints",
            "roles": ["service"],
            **client.scopes(),
        }
        assert (await verifier(running).verify(tokens.access)).roles == {"service"}

    async def test_a_partners_program_is_no_service(self, running: Running, provider: Provider) -> None:
        program = "partner-ngo-one--cases"
        tokens = await provider.grant("client_credentials", program, {}, secret=running.secrets[program])
        caller = await verifier(running).verify(tokens.access)
        assert (caller.client_id, sorted(caller.roles), sorted(caller.org)) == (program, ["partner"], [])

    async def test_a_wrong_secret_gives_no_token(self, provider: Provider) -> None:
        with pytest.raises(SignInRefusedError, match="client"):
            await provider.grant("client_credentials", "svc-complaints", {}, secret="not-the-secret")

    @pytest.mark.parametrize("client", ["cli", "admin-cli", "account-console"])
    async def test_a_person_cannot_sign_in_by_password_grant(self, provider: Provider, accounts: Accounts, client: str) -> None:
        form = {"username": "agent", "password": accounts.demo_password, "scope": "openid"}
        with pytest.raises(SignInRefusedError, match=r"unauthorized_client|unsupported_grant_type|invalid_client"):
            await provider.grant("password", client, form)
