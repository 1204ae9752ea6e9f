"""Keycloak's realm, generated from the accounts file: `python -m deploy.keycloak.realm` writes both files.

`realm.json` holds no person and no secret; `realm-demo.json` adds the fictional accounts and the clients of demonstrations.
Addresses and secrets are placeholders that Keycloak fills from its environment when it imports.
"""

import json
from pathlib import Path
from typing import Final, TypeAlias

from deploy.accounts import COUNTRY_PATTERN, DISTRICT_PATTERN, Account, Accounts, Client, load_accounts

Object: TypeAlias = dict[str, object]

HERE: Final = Path(__file__).parent
REALM_FILE: Final = HERE / "realm.json"
DEMO_REALM_FILE: Final = HERE / "realm-demo.json"
BANGLA_WORDS: Final = HERE / "login_words_bn.json"

PUBLIC_URL: Final = "${PROBASHI_PUBLIC_URL}"
NATIVE_REDIRECT: Final = "http://127.0.0.1/callback"
ACCESS_TOKEN_SECONDS: Final = 5 * 60
SESSION_IDLE_SECONDS: Final = 30 * 60
SESSION_SECONDS: Final = 10 * 60 * 60
EVENTS_KEPT_SECONDS: Final = 90 * 24 * 60 * 60

# `basic` is Keycloak's: without it a token names no subject. A client that is to reach the suite needs the two of ours.
IN_TOKENS: Final = ("access.token.claim", "id.token.claim", "introspection.token.claim")
IN_IDENTITY_TOKEN: Final = ("id.token.claim", "userinfo.token.claim")
LISTS: Final = ("districts", "countries", "org", "licence")
# What partners' programs have; services.partners.onboarding names the same when it adds one.
PROGRAM_SCOPES: Final = ("basic", "suite-audience", "program-claims")


def secret_variable(client: str) -> str:
    """Name of the environment variable that holds the secret of a client."""
    return f"PROBASHI_CLIENT_SECRET_{client.upper().replace('-', '_')}"


def _mapper(name: str, kind: str, where: tuple[str, ...], **config: str) -> Object:
    dotted = {key.replace("_", "."): value for key, value in config.items()}
    return {"name": name, "protocol": "openid-connect", "protocolMapper": kind, "config": dotted | dict.fromkeys(where, "true")}


def _attribute_mapper(attribute: str, claim: str, where: tuple[str, ...], *, multivalued: bool) -> Object:
    return _mapper(
        claim,
        "oidc-usermodel-attribute-mapper",
        where,
        user_attribute=attribute,
        claim_name=claim,
        jsonType_label="String",
        multivalued=str(multivalued).lower(),
    )


def _audience_mapper(audience: str) -> Object:
    where = ("access.token.claim", "introspection.token.claim")
    return _mapper("audience", "oidc-audience-mapper", where, included_custom_audience=audience)


def _scope(name: str, description: str, mappers: list[Object]) -> Object:
    shown = {"include.in.token.scope": "false", "display.on.consent.screen": "false"}
    return {"name": name, "description": description, "protocol": "openid-connect", "attributes": shown, "protocolMappers": mappers}


def _basic_scope() -> Object:
    since = _mapper(
        "auth_time",
        "oidc-usersessionmodel-note-mapper",
        IN_TOKENS,
        user_session_note="AUTH_TIME",
        claim_name="auth_time",
        jsonType_label="long",
    )
    subject = _mapper("sub", "oidc-sub-mapper", ("access.token.claim", "introspection.token.claim"))
    return _scope("basic", "Who the token is about", [subject, since])


def _username_mapper() -> Object:
    return _mapper(
        "preferred_username",
        "oidc-usermodel-attribute-mapper",
        IN_TOKENS,
        user_attribute="username",
        claim_name="preferred_username",
        jsonType_label="String",
    )


def _program_scope() -> Object:
    """The role is the scope's, not the user's: who adds programs need not be able to give roles."""
    role = _mapper("roles", "oidc-hardcoded-claim-mapper", IN_TOKENS, claim_name="roles", claim_value='["partner"]', jsonType_label="JSON")
    return _scope("program-claims", "A program of a partner organization, and nothing else", [_username_mapper(), role])


def _claims_scope() -> Object:
    roles = _mapper("roles", "oidc-usermodel-realm-role-mapper", IN_TOKENS, claim_name="roles", jsonType_label="String", multivalued="true")
    return _scope(
        "suite-claims",
        "Roles of a person, and what they may be used on",
        [
            _username_mapper(),
            roles,
            *(_attribute_mapper(name, name, IN_TOKENS, multivalued=True) for name in LISTS),
            _attribute_mapper("locale", "locale", IN_TOKENS, multivalued=False),
            _attribute_mapper("name_en", "name", IN_IDENTITY_TOKEN, multivalued=False),
            _attribute_mapper("name_bn", "name#bn", IN_IDENTITY_TOKEN, multivalued=False),
        ],
    )


def _scopes_of(client: Client) -> list[str]:
    """The registrar's token is for the provider alone: no service takes it."""
    if client.kind == "registrar":
        return ["basic"]
    return ["basic", "suite-claims", *([] if client.audience else ["suite-audience"])]


def _client(client: Client) -> Object:
    shared: Object = {
        "clientId": client.client,
        "protocol": "openid-connect",
        "enabled": True,
        "fullScopeAllowed": True,
        "implicitFlowEnabled": False,
        "directAccessGrantsEnabled": False,
        "standardFlowEnabled": not client.signs_in_as_itself,
        "serviceAccountsEnabled": client.signs_in_as_itself,
        "publicClient": client.kind == "native",
        "redirectUris": [NATIVE_REDIRECT] if client.kind == "native" else [],
        "defaultClientScopes": _scopes_of(client),
        "optionalClientScopes": [],
        "protocolMappers": [_audience_mapper(client.audience)] if client.audience else [],
    }
    attributes = {"access.token.header.type.rfc9068": "true"}
    if not client.signs_in_as_itself:
        attributes["pkce.code.challenge.method"] = "S256"
    if client.kind == "web":
        shared["redirectUris"] = [f"{PUBLIC_URL}{client.redirect}"]
        attributes["post.logout.redirect.uris"] = f"{PUBLIC_URL}{client.signed_out}"
    if client.kind != "native":
        shared |= {"clientAuthenticatorType": "client-secret", "secret": f"${{{secret_variable(client.client)}}}"}
    return shared | {"attributes": attributes}


def _no_command_line() -> Object:
    """Keycloak's own, made open where a realm does not name it: it takes a password without a page, a proof or a second factor."""
    off = dict.fromkeys(
        ("enabled", "standardFlowEnabled", "implicitFlowEnabled", "directAccessGrantsEnabled", "serviceAccountsEnabled"), False
    )
    return {"clientId": "admin-cli", "protocol": "openid-connect", "publicClient": True, "fullScopeAllowed": False, **off}


def _roles_of(client: Client) -> Object:
    if client.kind == "registrar":
        return {"clientRoles": {"realm-management": ["manage-clients"]}}
    return {"realmRoles": [client.kind]}


def _service_user(client: Client) -> Object:
    return {
        "id": str(client.id),
        "username": f"service-account-{client.client}",
        "enabled": True,
        "serviceAccountClientId": client.client,
        **_roles_of(client),
        "attributes": client.scopes(),
    }


def _demo_user(account: Account, password: str) -> Object:
    names = {"name_en": [account.name.en], "name_bn": [account.name.bn], "locale": [account.locale]}
    return {
        "id": str(account.id),
        "username": account.account,
        "enabled": True,
        "credentials": [{"type": "password", "value": password, "temporary": False}],
        "realmRoles": list(account.roles),
        "attributes": names | account.scopes(),
    }


def _profile_attribute(name: str, *, pattern: str | None = None, multivalued: bool = False) -> Object:
    """Only an administrator changes it: a scope that its owner could widen would be none."""
    validations: Object = {"length": {"max": 100}}
    if pattern:
        validations["pattern"] = {"pattern": pattern, "error-message": f"{name}: {pattern}"}
    may = {"view": ["admin", "user"], "edit": ["admin"]}
    return {"name": name, "displayName": name, "multivalued": multivalued, "validations": validations, "permissions": may}


def _user_profile() -> Object:
    attributes = [
        _profile_attribute("username", pattern="^[a-z][a-z0-9-]{1,39}$"),
        _profile_attribute("email"),
        _profile_attribute("name_en"),
        _profile_attribute("name_bn"),
        _profile_attribute("locale", pattern="^(en|bn)$"),
        _profile_attribute("districts", pattern=DISTRICT_PATTERN, multivalued=True),
        _profile_attribute("countries", pattern=COUNTRY_PATTERN, multivalued=True),
        _profile_attribute("org", multivalued=True),
        _profile_attribute("licence", pattern="^RL-[0-9]{4}$", multivalued=True),
    ]
    declared = json.dumps({"attributes": attributes}, sort_keys=True)
    component = {"providerId": "declarative-user-profile", "config": {"kc.user.profile.config": [declared]}}
    return {"org.keycloak.userprofile.UserProfileProvider": [component]}


def _protection() -> Object:
    return {
        "sslRequired": "external",
        "registrationAllowed": False,
        "resetPasswordAllowed": False,
        "rememberMe": False,
        "loginWithEmailAllowed": False,
        "bruteForceProtected": True,
        "failureFactor": 5,
        "waitIncrementSeconds": 60,
        "maxFailureWaitSeconds": 900,
        "passwordPolicy": "length(12) and notUsername",
        "eventsEnabled": True,
        "eventsExpiration": EVENTS_KEPT_SECONDS,
        "adminEventsEnabled": True,
        "adminEventsDetailsEnabled": False,
    }


def _lifetimes() -> Object:
    return {
        "defaultSignatureAlgorithm": "RS256",
        "accessTokenLifespan": ACCESS_TOKEN_SECONDS,
        "ssoSessionIdleTimeout": SESSION_IDLE_SECONDS,
        "ssoSessionMaxLifespan": SESSION_SECONDS,
        "revokeRefreshToken": True,
        "refreshTokenMaxReuse": 0,
    }


def _languages() -> Object:
    return {
        "internationalizationEnabled": True,
        "supportedLocales": ["en", "bn"],
        "defaultLocale": "en",
        "localizationTexts": {"bn": json.loads(BANGLA_WORDS.read_text("utf-8")), "en": {"locale_bn": "বাংলা"}},
    }


def realm(accounts: Accounts, *, demo: bool) -> Object:
    """Give the realm's representation; people and the clients of demonstrations stand in it only with `demo`."""
    clients = [client for client in accounts.clients if demo or not client.demo_only]
    services = [_service_user(client) for client in clients if client.signs_in_as_itself]
    people = [_demo_user(account, accounts.demo_password) for account in accounts.accounts] if demo else []
    return {
        "realm": accounts.realm,
        "displayName": "Probashi · প্রবাসী",
        "enabled": True,
        **_protection(),
        **_lifetimes(),
        **_languages(),
        "roles": {"realm": [{"name": role.role, "description": f"{role.title.en} · {role.title.bn}"} for role in accounts.roles]},
        "clientScopes": [
            _basic_scope(),
            _claims_scope(),
            _program_scope(),
            _scope("suite-audience", "The token is meant for the suite", [_audience_mapper(accounts.audience)]),
        ],
        "defaultDefaultClientScopes": ["basic"],
        "defaultOptionalClientScopes": [],
        "clients": [*(_client(client) for client in clients), _no_command_line()],
        "users": services + people,
        "components": _user_profile(),
    }


def rendered(accounts: Accounts, *, demo: bool) -> str:
    return json.dumps(realm(accounts, demo=demo), ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    accounts = load_accounts()
    REALM_FILE.write_text(rendered(accounts, demo=False), "utf-8")
    DEMO_REALM_FILE.write_text(rendered(accounts, demo=True), "utf-8")


if __name__ == "__main__":
    main()
