"""Both identity providers, really running. Keycloak is skipped where Java and Maven are absent."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from deploy.accounts import Accounts, load_accounts
from deploy.keycloak.realm import rendered
from deploy.testing import LocalCommand, Running, UnobtainableError, keycloak_running, random_secrets, unpacked_keycloak
from runner.identity import Provider
from runner.place import free_base_port


@pytest.fixture(scope="session")
def accounts() -> Accounts:
    return load_accounts()


@pytest.fixture
def local_command(accounts: Accounts, tmp_path: Path) -> LocalCommand:
    return LocalCommand(tmp_path, free_base_port(), random_secrets(accounts))


@pytest.fixture(scope="module")
def local(accounts: Accounts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with LocalCommand(tmp_path_factory.mktemp("identity"), free_base_port(), random_secrets(accounts)).running() as running:
        yield running


@pytest.fixture(scope="module")
def keycloak(accounts: Accounts) -> Iterator[Running]:
    folder = Path(tempfile.mkdtemp(prefix="probashi-keycloak-"))
    try:
        home = unpacked_keycloak(folder)
        (home / "data" / "import").mkdir(parents=True)
        (home / "data" / "import" / "probashi-realm.json").write_text(rendered(accounts, demo=True), "utf-8")
        with keycloak_running(home, folder / "log", random_secrets(accounts)) as running:
            yield running
    except UnobtainableError as reason:
        pytest.skip(str(reason))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module", params=["local", "keycloak"])
def running(request: pytest.FixtureRequest) -> Running:
    found: Running = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    """Somebody's browser: it keeps cookies, and follows no redirect by itself."""
    async with httpx.AsyncClient(timeout=240) as http:
        yield http


@pytest.fixture
def provider(running: Running, browser: httpx.AsyncClient) -> Provider:
    return Provider(browser, running.url)
