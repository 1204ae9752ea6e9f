"""The portal as a client of the real Keycloak: what it does behind a browser's back."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from deploy.accounts import load_accounts
from deploy.keycloak.realm import rendered
from deploy.testing import Running, UnobtainableError, keycloak_running, random_secrets, unpacked_keycloak
from kit.settings import Settings
from runner.identity import Provider as PersonAtProvider
from runner.identity import Question
from services.portal.session.clients import Attempt, Provider, Tokens

PASSWORD = load_accounts().demo_password


@pytest.fixture(scope="module")
def keycloak() -> Iterator[Running]:
    folder = Path(tempfile.mkdtemp(prefix="probashi-keycloak-"))
    try:
        home = unpacked_keycloak(folder)
        (home / "data" / "import").mkdir(parents=True)
        (home / "data" / "import" / "probashi-realm.json").write_text(rendered(load_accounts(), demo=True), "utf-8")
        with keycloak_running(home, folder / "log", random_secrets(load_accounts())) as running:
            yield running
    except UnobtainableError as reason:
        pytest.skip(str(reason))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def portal(keycloak: Running) -> AsyncIterator[Provider]:
    settings = Settings(
        service="portal",
        port=1,
        public_url=keycloak.url,
        jwks_url="unused",
        identity_url=keycloak.url,
        client_id="portal",
        client_secret=SecretStr(keycloak.secrets["portal"]),
    )
    async with httpx.AsyncClient(timeout=240) as http:
        yield Provider(settings, http)


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=240) as http:
        yield http


async def signed_in(portal: Provider, keycloak: Running, browser: httpx.AsyncClient) -> Tokens:
    attempt = Attempt.begin("/")
    question = Question("portal", f"{keycloak.url}/session/callback", attempt.state, attempt.verifier)
    person = PersonAtProvider(browser, keycloak.url)
    page = await person.ask(question, {"nonce": attempt.nonce})
    assert isinstance(page, httpx.Response)
    return await portal.redeem(await person.answer_page(page, question, "agent", PASSWORD), attempt)


@pytest.mark.full
class TestKeycloak:
    async def test_names_the_person_in_both_languages(self, portal: Provider, keycloak: Running, browser: httpx.AsyncClient) -> None:
        tokens = await signed_in(portal, keycloak, browser)
        assert tokens.name
        assert tokens.name_bn

    async def test_refreshes(self, portal: Provider, keycloak: Running, browser: httpx.AsyncClient) -> None:
        tokens = await signed_in(portal, keycloak, browser)
        again = await portal.refresh(tokens)
        assert again is not None
        assert (again.subject, again.name) == (tokens.subject, tokens.name)

    async def test_signing_out_ends_its_own_session_too(self, portal: Provider, keycloak: Running, browser: httpx.AsyncClient) -> None:
        tokens = await signed_in(portal, keycloak, browser)
        question = Question.begin("portal", f"{keycloak.url}/session/callback")
        assert isinstance(await PersonAtProvider(browser, keycloak.url).ask(question), str), "Keycloak knows the browser"
        await portal.end(tokens)
        assert await portal.refresh(tokens) is None
        assert isinstance(await PersonAtProvider(browser, keycloak.url).ask(question), httpx.Response), "Keycloak asks who is there"
