"""How programs of partners come to sign in: added, rotated, suspended and lifted by the service `partners`, at either provider."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from deploy.accounts import Accounts
from deploy.testing import Running as RunningProvider
from deploy.tests.programs import ANY, AT, NGO, World, agree, good, public, told_of, until, world_of
from kit.auth import Verifier
from kit.testing.tokens import TokenIssuer
from runner.testing import Engines, own_engines
from services.partners.onboarding.clients import Registration, registrar_of

# Partners may run on the shared ones at the same time.
engines, start_service = own_engines()


@pytest.fixture(scope="module")
async def world(running: RunningProvider, accounts: Accounts, engines: Engines, tokens: TokenIssuer) -> AsyncIterator[World]:
    async with world_of(running, accounts, engines, tokens) as made:
        yield made


class TestSecret:
    async def test_a_program_that_was_added_here_signs_in_and_is_let_in(self, world: World) -> None:
        name = await world.program()
        answer = await world.credential(name)
        made = await good(answer, 201)
        assert answer.headers["cache-control"] == "no-store"
        token = (await good(await world.by_secret(made)))["access_token"]
        caller = await Verifier(f"{world.provider.issuer}/protocol/openid-connect/certs", world.provider.issuer, "probashi").verify(token)
        assert (caller.client_id, set(caller.roles), set(caller.org)) == (f"partner-{NGO}--{name}", {"partner"}, set())
        claims = jwt.decode(token, options={"verify_signature": False})
        assert claims["exp"] - claims["iat"] == 300
        assert (claims["aud"], claims["preferred_username"]) == ("probashi", f"service-account-{made['sign_in_id']}")
        told = await world.http.get(f"{world.partners.url}/v1/partners/rights", headers={"Authorization": f"Bearer {token}"})
        assert (await good(told))["scopes"] == ["events_read"]

    async def test_is_shown_once_and_stands_nowhere(self, world: World) -> None:
        name = await world.program()
        made = await good(await world.credential(name), 201)
        shown = json.dumps(await world.of(name)) + json.dumps(await good(await world.ask("GET", AT)))
        assert made["secret"] not in shown
        async with world.partners.sessions.begin() as session:
            for table in ("partner_credential", "partner_client", "partner_act", "outbox", "idempotency", "access_log"):
                rows = await session.connection()
                kept = (await rows.exec_driver_sql(f"select row_to_json(t)::text from {table} t")).scalars().all()
                forms = (made["secret"], made["secret"].encode().hex())
                assert not any(form in row for row in kept for form in forms), table
        assert made["secret"] not in world.provider.log.read_text("utf-8")

    async def test_opens_no_other_door_of_the_provider(self, world: World) -> None:
        made = await good(await world.credential(await world.program()), 201)
        grant = {"grant_type": "password", "username": "agent", "password": "probashi-demo"}
        answer = await world.http.post(made["token_url"], data=grant, auth=httpx.BasicAuth(made["sign_in_id"], made["secret"]))
        assert answer.json()["error"] in {"unauthorized_client", "unsupported_grant_type"}

    async def test_a_new_one_is_good_beside_that_of_before(self, world: World) -> None:
        name = await world.program()
        old = await good(await world.credential(name), 201)
        new = await good(await world.credential(name), 201)
        assert old["until"] is None
        for one in (old, new):
            token = (await good(await world.by_secret(one)))["access_token"]
            assert jwt.decode(token, options={"verify_signature": False})["azp"] == f"partner-{NGO}--{name}"
        newest, former = await world.of(name)
        assert (newest["until"], former["until"] is not None) == (None, True)

    async def test_one_that_leaked_ends_at_once(self, world: World) -> None:
        name = await world.program()
        old = await good(await world.credential(name), 201)
        new = await good(await world.credential(name, at_once=True), 201)
        await world.until_followed(name, "enabled")
        assert (await world.by_secret(old)).status_code == 401
        await good(await world.by_secret(new))

    async def test_no_more_than_three_are_good_at_once(self, world: World) -> None:
        name = await world.program()
        for _ in range(3):
            await good(await world.credential(name), 201)
        refused = await world.credential(name)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:probashi:problem:too-many-credentials")
        await good(await world.ask("PUT", f"{AT}/clients/{name}/credentials/1", body={"state": "ended"}, headers=ANY))
        await good(await world.credential(name), 201)


class TestKeys:
    async def test_a_program_signs_in_with_a_key_of_its_own_and_changes_it_without_a_gap(self, world: World) -> None:
        name, first, second = await world.program(), rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
        made = await good(await world.credential(name, way="keys", keys=[public(first, "a")]), 201)
        assert made["secret"] is None
        await good(await world.by_key(made, first, "a"))
        assert (await world.by_key(made, second, "b")).status_code in {400, 401}
        place = f"{AT}/clients/{name}/credentials/1"
        await good(await world.ask("PUT", place, body={"keys": [public(first, "a"), public(second, "b")]}, headers=ANY))
        await world.until_followed(name, "enabled")
        for key, kid in ((first, "a"), (second, "b")):
            await good(await world.by_key(made, key, kid))
        await good(await world.ask("PUT", place, body={"keys": [public(second, "b")]}, headers=ANY))
        await world.until_followed(name, "enabled")
        assert (await world.by_key(made, first, "a")).status_code in {400, 401}
        await good(await world.by_key(made, second, "b"))

    async def test_a_program_goes_over_from_a_secret_to_keys(self, world: World) -> None:
        name, key = await world.program(), ec.generate_private_key(ec.SECP256R1())
        old = await good(await world.credential(name), 201)
        new = await good(await world.credential(name, way="keys", keys=[public(key, "k")]), 201)
        await good(await world.by_secret(old))
        await good(await world.by_key(new, key, "k"))


class TestFollows:
    async def test_a_paused_program_gets_no_token_until_it_goes_on(self, world: World) -> None:
        name = await world.program()
        made = await good(await world.credential(name), 201)
        await good(await world.ask("PUT", f"{AT}/clients/{name}", body={"state": "suspended"}, who="admin", headers=ANY))
        await world.until_followed(name, "disabled")
        assert (await world.by_secret(made)).status_code == 401
        refused = await world.credential(name)
        assert refused.json()["type"] == "urn:probashi:problem:suspended"
        await good(await world.ask("PUT", f"{AT}/clients/{name}", body={"state": "active"}, who="admin", headers=ANY))
        await world.until_followed(name, "enabled")
        await good(await world.by_secret(made))

    async def test_a_suspended_organisation_gets_none_until_that_is_lifted(self, world: World) -> None:
        name = await world.program()
        made = await good(await world.credential(name), 201)
        await good(await world.ask("POST", f"{AT}/suspension", "admin", {"reason": "leaked"}, ANY))
        await world.until_followed(name, "disabled")
        assert (await world.by_secret(made)).status_code == 401
        await good(await world.ask("POST", f"{AT}/reinstatement", "decider", {"words": "Mended"}, ANY))
        await world.until_followed(name, "enabled")
        await good(await world.by_secret(made))

    async def test_a_program_that_ended_is_removed(self, world: World) -> None:
        name = await world.program()
        made = await good(await world.credential(name), 201)
        await good(await world.ask("PUT", f"{AT}/clients/{name}", body={"state": "ended"}, headers=ANY))
        await world.until_followed(name)
        assert (await world.by_secret(made)).status_code == 401

    async def test_one_that_somebody_removed_at_the_provider_is_told(self, world: World) -> None:
        name, key = await world.program(), ec.generate_private_key(ec.SECP256R1())
        made = await good(await world.credential(name, way="keys", keys=[public(key, "k")]), 201)
        registrar = registrar_of(world.partners.settings, told_of(world.provider))
        assert registrar is not None
        await registrar.remove(made["sign_in_id"], made["client_id"])
        await registrar.close()
        await good(await world.ask("PUT", f"{AT}/clients/{name}/credentials/1", body={"keys": [public(key, "other")]}, headers=ANY))

        async def told() -> bool:
            return [one["problem"] for one in await world.of(name)] == ["missing"]

        await until(told)

    async def test_without_an_agreement_in_force_it_gets_none(self, world: World) -> None:
        name = await world.program()
        made = await good(await world.credential(name), 201)
        (agreement,) = [one for one in (await good(await world.ask("GET", f"{AT}/agreements")))["items"] if one["in_force"]]
        await good(await world.ask("POST", f"/v1/partners/agreements/{agreement['id']}/ending", "admin", {"words": "Over"}, ANY))
        await world.until_followed(name, "disabled")
        assert (await world.by_secret(made)).status_code == 401
        await agree(world)
        await world.until_followed(name, "enabled")
        await good(await world.by_secret(made))

    async def test_one_that_was_made_for_a_try_that_failed_is_made_anew(self, world: World) -> None:
        """As if partners had died between the provider's answer and its own."""
        name = await world.program()
        registrar = registrar_of(world.partners.settings, told_of(world.provider))
        assert registrar is not None
        client_id = f"partner-{NGO}--{name}"
        await registrar.make(Registration(client_id, client_id, enabled=True, secret="lost", keys=None))
        await registrar.close()
        made = await good(await world.credential(name), 201)
        await good(await world.by_secret(made))
        assert (await world.by_secret({**made, "secret": "lost"})).status_code == 401


class TestRegistrar:
    async def test_may_manage_clients_and_nothing_else(self, keycloak: RunningProvider) -> None:
        async with httpx.AsyncClient(base_url=f"{keycloak.url}/auth/admin/realms", timeout=240) as http:
            auth = httpx.BasicAuth("registrar", keycloak.secrets["registrar"])
            token = await http.post(
                f"{keycloak.issuer}/protocol/openid-connect/token", data={"grant_type": "client_credentials"}, auth=auth
            )
            http.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
            assert (await http.get("/probashi/clients")).is_success
            closed = ("/probashi/users", "/probashi/events", "/probashi/admin-events", "/probashi/components", "/master/clients")
            assert {(await http.get(path)).status_code for path in closed} == {403}
            for path, said in (("/probashi/users", {"username": "x"}), ("/probashi/roles", {"name": "x"})):
                assert (await http.post(path, json=said)).status_code == 403
            assert (await http.put("/probashi", json={"registrationAllowed": True})).status_code == 403

    @pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", "Basic cmVnaXN0cmFyOng="])
    async def test_the_local_providers_door_is_closed_to_everybody_else(self, local: RunningProvider, given: str) -> None:
        async with httpx.AsyncClient(timeout=240) as http:
            said = {"program": "partner-x--y", "enabled": True, "secret": "s"}
            answer = await http.put(f"{local.url}/programs/partner-x--y", json=said, headers={"Authorization": given})
            assert answer.status_code == 401
            assert (await http.put(f"{local.issuer}/programs/partner-x--y", json=said)).status_code == 404


class TestAnothers:
    async def test_a_client_that_was_not_made_here_is_never_taken_over(self, world: World) -> None:
        """That of the demo data stands in the accounts file."""
        await world.ask("POST", f"{AT}/clients", body={"name": "cases", "scopes": ["events_read"]})
        refused = await world.credential("cases")
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:probashi:problem:client-id-taken")
        assert await world.of("cases") == []
        auth = httpx.BasicAuth("partner-ngo-one--cases", world.provider.secrets["partner-ngo-one--cases"])
        url = f"{world.provider.issuer}/protocol/openid-connect/token"
        assert (await world.http.post(url, data={"grant_type": "client_credentials"}, auth=auth)).is_success

    async def test_a_steward_of_another_organisation_reaches_none(self, world: World) -> None:
        name = await world.program()
        made = await good(await world.credential(name), 201)
        assert (await world.credential(name, "ngo-two")).status_code == 404
        assert (await world.ask("GET", f"{AT}/credentials", "ngo-two")).status_code == 404
        change = await world.ask("PUT", f"{AT}/clients/{name}/credentials/1", "ngo-two", {"state": "ended"}, ANY)
        assert change.status_code == 404
        await good(await world.by_secret(made))

    async def test_a_program_gives_itself_none(self, world: World) -> None:
        name = await world.program()
        made = await good(await world.credential(name), 201)
        token = (await good(await world.by_secret(made)))["access_token"]
        headers = {"Authorization": f"Bearer {token}", **ANY}
        answer = await world.http.post(f"{world.partners.url}{AT}/clients/{name}/credentials", json={"way": "secret"}, headers=headers)
        assert answer.status_code == 403

    async def test_two_at_once_are_one(self, world: World) -> None:
        name = await world.program()
        path, body = f"{AT}/clients/{name}/credentials", {"way": "secret"}
        answers = await asyncio.gather(*(world.ask("POST", path, body=body, headers={"If-Match": '"1"'}) for _ in range(2)))
        assert sorted(one.status_code for one in answers) == [201, 412]
        assert len(await world.of(name)) == 1

    async def test_the_registrar_is_nobody_to_the_services(self, world: World) -> None:
        auth = httpx.BasicAuth("registrar", world.provider.secrets["registrar"])
        url = f"{world.provider.issuer}/protocol/openid-connect/token"
        answer = await world.http.post(url, data={"grant_type": "client_credentials"}, auth=auth)
        token = answer.json().get("access_token", "none")
        for path in ("/v1/partners/rights", AT, f"/v1/partners/rights/partner-{NGO}--cases"):
            seen = await world.http.get(world.partners.url + path, headers={"Authorization": f"Bearer {token}"})
            assert seen.status_code in {401, 403}
