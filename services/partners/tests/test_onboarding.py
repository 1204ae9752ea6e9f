"""Which keys a program may sign in with, what the provider is to have, and who may ask for it. The providers themselves: deploy/tests."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from pydantic import SecretStr

from kit.settings import Settings
from runner.testing import Running
from services.partners.onboarding import rules
from services.partners.onboarding.clients import registrar_of
from services.partners.onboarding.keys import keys_said, public_keys
from services.partners.onboarding.rules import Standing, wanted
from services.partners.onboarding.settings import Onboarding
from services.partners.rules import ClientState, State

ROOT: Final = "/v1/partners/organisations"
ANY: Final = {"If-Match": "*"}


def jwk(key: Any, **more: Any) -> dict[str, Any]:
    if isinstance(key, rsa.RSAPublicKey):
        made = jwt.algorithms.RSAAlgorithm.to_jwk(key, as_dict=True)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        made = jwt.algorithms.ECAlgorithm.to_jwk(key, as_dict=True)
    else:
        made = jwt.algorithms.OKPAlgorithm.to_jwk(key, as_dict=True)
    return {**{name: value for name, value in made.items() if name != "key_ops"}, "kid": "one", **more}


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def curve(which: ec.EllipticCurve) -> ec.EllipticCurvePublicKey:
    return ec.generate_private_key(which).public_key()


class TestKeys:
    def test_keeps_public_members_and_nothing_else(self) -> None:
        said = jwk(rsa_key().public_key(), x5c=["a certificate"], note="Rahima's laptop")
        assert public_keys([said]) == [{"kty": "RSA", "kid": "one", "use": "sig", "alg": "RS256", "n": said["n"], "e": said["e"]}]

    @pytest.mark.parametrize(("which", "algorithm"), [(ec.SECP256R1(), "ES256"), (ec.SECP384R1(), "ES384")])
    def test_takes_two_curves(self, which: ec.EllipticCurve, algorithm: str) -> None:
        assert public_keys([jwk(curve(which))])[0]["alg"] == algorithm

    def test_refuses_a_private_one(self) -> None:
        on_curve = ec.generate_private_key(ec.SECP256R1())
        for said in (
            jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key(), as_dict=True),
            jwt.algorithms.ECAlgorithm.to_jwk(on_curve, as_dict=True),
        ):
            with pytest.raises(rules.PrivateKeyError):
                public_keys([{**said, "kid": "one"}])
        with pytest.raises(rules.PrivateKeyError):
            public_keys([{"kty": "oct", "k": "c2VjcmV0", "kid": "one"}])

    def test_refuses_a_weak_one(self) -> None:
        for key in (rsa_key(1024).public_key(), curve(ec.SECP256K1()), curve(ec.SECP521R1())):
            with pytest.raises(rules.WeakKeyError):
                public_keys([jwk(key)])

    @pytest.mark.parametrize(
        "change",
        [
            {"kid": None},
            {"kid": "x" * 101},
            {"kid": 7},
            {"use": "enc"},
            {"alg": "HS256"},
            {"alg": "none"},
            {"alg": "RS384"},
            {"alg": ["RS256"]},
            {"n": "!"},
            {"n": 5},
            {"e": "AA"},
            {"kty": "OKP"},
            {"kty": ["RSA"]},
        ],
    )
    def test_refuses_what_is_no_key_for_signing(self, change: dict[str, Any]) -> None:
        with pytest.raises(rules.KeysError):
            public_keys([jwk(rsa_key().public_key(), **change)])

    def test_refuses_a_point_off_its_curve_and_the_algorithm_of_another(self) -> None:
        good = jwk(curve(ec.SECP256R1()))
        for change in ({"y": good["x"]}, {"alg": "ES384"}):
            with pytest.raises(rules.KeysError):
                public_keys([good | change])
        with pytest.raises(rules.KeysError):
            public_keys([jwk(ed25519.Ed25519PrivateKey.generate().public_key())])

    def test_takes_one_to_three_each_with_a_name_of_its_own(self) -> None:
        key = curve(ec.SECP256R1())
        assert len(public_keys([jwk(key, kid=name) for name in "abc"])) == 3
        for many in ([], [jwk(key, kid=name) for name in "abcd"], [jwk(key, kid=name) for name in "aa"]):
            with pytest.raises(rules.KeysError):
                public_keys(many)

    def test_belong_to_keys_and_to_nothing_else(self) -> None:
        assert keys_said("secret", None) is None
        for way, said in (("secret", [jwk(curve(ec.SECP256R1()))]), ("keys", None)):
            with pytest.raises(rules.KeysError):
                keys_said(way, said)


class TestWanted:
    @pytest.mark.parametrize("organisation", list(State))
    @pytest.mark.parametrize("client", list(ClientState))
    @pytest.mark.parametrize("is_agreed", [True, False])
    def test_is_enabled_only_where_everything_is_in_order(self, organisation: State, client: ClientState, *, is_agreed: bool) -> None:
        found = wanted(organisation, client, None, datetime.now(UTC), is_agreed=is_agreed)
        if client == ClientState.ENDED:
            assert found == Standing.REMOVED
        else:
            in_order = (organisation, client, is_agreed) == (State.VERIFIED, ClientState.ACTIVE, True)
            assert found == (Standing.ENABLED if in_order else Standing.DISABLED)

    def test_ends_with_its_moment(self) -> None:
        now = datetime.now(UTC)
        for until, standing in ((now, Standing.REMOVED), (now + timedelta(seconds=1), Standing.ENABLED)):
            assert wanted(State.VERIFIED, ClientState.ACTIVE, until, now, is_agreed=True) == standing

    def test_what_is_replaced_is_good_for_a_day_and_never_longer_than_it_was(self) -> None:
        now = datetime.now(UTC)
        assert rules.until_replaced(None, now, at_once=False) == now + timedelta(days=1)
        assert rules.until_replaced(None, now, at_once=True) == now
        soon = now + timedelta(hours=1)
        assert rules.until_replaced(soon, now, at_once=False) == soon

    def test_no_program_is_called_as_anothers_credential_signs_in(self) -> None:
        assert rules.sign_in_id_of("partner-ngo-one--cases", 1) == "partner-ngo-one--cases"
        assert rules.sign_in_id_of("partner-ngo-one--cases", 2) == "partner-ngo-one--cases.2"


class TestSettings:
    def test_the_local_provider_is_for_ones_own_machine(self, partners: Running) -> None:
        told = Onboarding(registrar="local", registrar_secret=SecretStr("x"))
        settings = partners.settings.model_dump() | {"environment": "production"}
        with pytest.raises(ValueError, match="own machine"):
            registrar_of(Settings.model_validate(settings), told)

    def test_a_provider_without_a_secret_stops_the_start_and_none_is_none(self, partners: Running) -> None:
        with pytest.raises(ValueError, match="PROBASHI_REGISTRAR_SECRET"):
            registrar_of(partners.settings, Onboarding(registrar="keycloak"))
        assert registrar_of(partners.settings, Onboarding()) is None

    def test_its_secret_is_shown_by_nothing(self) -> None:
        assert "hush" not in repr(Onboarding(registrar="local", registrar_secret=SecretStr("hush")))


class TestAsking:
    """Where no provider is set: what is refused is refused before it is asked."""

    async def test_says_that_programs_are_added_by_hand(self, partners: Running) -> None:
        name = await program(partners)
        answer = await steward(partners).post(f"{ROOT}/ngo-cred/clients/{name}/credentials", json={"way": "secret"}, headers=ANY)
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:probashi:problem:no-registrar")

    async def test_needs_the_version_that_was_seen(self, partners: Running) -> None:
        path = f"{ROOT}/ngo-cred/clients/{await program(partners)}/credentials"
        for headers, status in (({}, 428), ({"If-Match": '"7"'}, 412)):
            assert (await steward(partners).post(path, json={"way": "secret"}, headers=headers)).status_code == status

    async def test_is_for_stewards_and_keepers(self, partners: Running) -> None:
        path = f"{ROOT}/ngo-cred/clients/{await program(partners)}/credentials"
        colleague = partners.client("ngo", sub="colleague", org=["ngo-cred"])
        assert (await colleague.post(path, json={"way": "secret"}, headers=ANY)).json()["type"].endswith("not-a-steward")
        for other in (partners.client("ngo", sub="steward", org=["ngo-two"]), partners.client("ngo", sub="steward", org=["*"])):
            assert (await other.post(path, json={"way": "secret"}, headers=ANY)).status_code == 404
        for role in ("partner", "auditor", "service", "analyst"):
            assert (await partners.client(role, sub="x").post(path, json={"way": "secret"}, headers=ANY)).status_code == 403

    async def test_does_not_say_again_what_was_sent_to_it_by_mistake(self, partners: Running) -> None:
        path = f"{ROOT}/ngo-cred/clients/{await program(partners)}/credentials"
        key = {**jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key(), as_dict=True), "kid": "one"}
        for said in ({"way": "secret", "secret": "hush"}, {"way": "keys", "keys": [key]}, {"way": "hush"}):
            answer = await steward(partners).post(path, json=said, headers=ANY)
            assert answer.status_code in {422, 503}
            assert "hush" not in answer.text
            assert key["d"] not in answer.text


def steward(partners: Running) -> Any:
    return partners.client("ngo", sub="steward", org=["ngo-cred"])


async def program(partners: Running) -> str:
    keeper, name = partners.client("admin", sub="keeper"), f"p{uuid4().hex[:10]}"
    said = {"code": "ngo-cred", "kind": "ngo", "name_en": "Nomuna", "name_bn": "নমুনা", "contact": "systems@ngo.example"}
    if (await steward(partners).post(ROOT, json=said)).status_code == 201:
        assert (await keeper.post(f"{ROOT}/ngo-cred/decision", json={"approved": True}, headers=ANY)).is_success
    made = await steward(partners).post(f"{ROOT}/ngo-cred/clients", json={"name": name, "scopes": ["events_read"]})
    assert made.status_code == 201, made.text
    return name
