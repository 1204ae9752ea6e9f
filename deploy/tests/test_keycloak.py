"""The committed realm is what the accounts file says, and the one for production holds nobody and no secret."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from deploy.accounts import ACCOUNTS_FILE, Accounts
from deploy.keycloak.realm import BANGLA_WORDS, DEMO_REALM_FILE, REALM_FILE, rendered
from kit.auth import ROLES


@pytest.fixture(scope="module")
def production(accounts: Accounts) -> dict[str, Any]:
    realm: dict[str, Any] = json.loads(rendered(accounts, demo=False))
    return realm


class TestCommittedRealm:
    @pytest.mark.parametrize(("file", "demo"), [(REALM_FILE, False), (DEMO_REALM_FILE, True)])
    def test_is_current(self, accounts: Accounts, file: Path, demo: bool) -> None:  # noqa: FBT001
        assert file.read_text("utf-8") == rendered(accounts, demo=demo), "run: python -m deploy.keycloak.realm"


class TestProduction:
    def test_has_no_person(self, production: dict[str, Any], accounts: Accounts) -> None:
        assert all("serviceAccountClientId" in user for user in production["users"])
        assert accounts.demo_password not in json.dumps(production)

    def test_has_no_client_of_demonstrations(self, production: dict[str, Any]) -> None:
        assert {client["clientId"] for client in production["clients"]}.isdisjoint({"cli", "foreign"})

    def test_takes_every_secret_from_its_environment(self, production: dict[str, Any]) -> None:
        secrets = [client["secret"] for client in production["clients"] if "secret" in client]
        assert secrets
        assert all(re.fullmatch(r"\$\{PROBASHI_CLIENT_SECRET_[A-Z_]+\}", secret) for secret in secrets)

    def test_asks_every_browser_for_a_proof(self, production: dict[str, Any]) -> None:
        browsers = [client for client in production["clients"] if client["standardFlowEnabled"]]
        assert {client["attributes"]["pkce.code.challenge.method"] for client in browsers} == {"S256"}

    def test_lets_nobody_widen_their_own_scope(self, production: dict[str, Any]) -> None:
        (component,) = production["components"]["org.keycloak.userprofile.UserProfileProvider"]
        attributes = json.loads(component["config"]["kc.user.profile.config"][0])["attributes"]
        assert {tuple(attribute["permissions"]["edit"]) for attribute in attributes} == {("admin",)}

    def test_slows_down_guessing(self, production: dict[str, Any]) -> None:
        assert production["bruteForceProtected"] is True


class TestAccountsFile:
    def test_its_roles_are_those_that_services_know(self, accounts: Accounts) -> None:
        assert {role.role for role in accounts.roles} == set(ROLES)

    @pytest.mark.parametrize(
        ("before", "after", "complaint"),
        [
            ('"roles": ["wing"]', '"roles": ["wings"]', "unknown roles"),
            ('"BD-60"', '"BD-600"', "pattern"),
            ('"account": "ngo-two"', '"account": "ngo-one"', "stands twice"),
            ('"locale": "bn"', '"locale": "fr"', "Input should be"),
        ],
    )
    def test_a_mistake_in_it_is_found(self, before: str, after: str, complaint: str) -> None:
        text = ACCOUNTS_FILE.read_text("utf-8")
        assert before in text
        with pytest.raises(ValidationError, match=complaint):
            Accounts.model_validate_json(text.replace(before, after))

    def test_every_bangla_word_of_the_sign_in_page_is_bangla(self) -> None:
        words: dict[str, str] = json.loads(BANGLA_WORDS.read_text("utf-8"))
        assert all(re.search(r"[\u0980-\u09ff]", word) for word in words.values())
