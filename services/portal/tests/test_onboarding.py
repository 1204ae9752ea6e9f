"""How a program of a partner comes to sign in, on its organisation's page, over the real services and the local identity provider."""

import json
import re
from html import unescape
from uuid import uuid4

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from services.portal.partners.onboarding.endpoints import keys_of
from services.portal.tests.conftest import Browser


def row(browser: Browser, key: str) -> str:
    """What a page says beside a name."""
    (found,) = re.findall(rf"<dt[^>]*>{re.escape(key)}</dt>\s*<dd[^>]*>(.*?)</dd>", browser.answer.text, re.DOTALL)
    return unescape(found.strip())


async def program(browser: Browser, account: str = "ngo-one") -> str:
    name = f"p{uuid4().hex[:10]}"
    await browser.sign_in(account, "/partners/ngo-one/steps/client")
    await browser.send("/partners/ngo-one/steps/client", {"name": name, "scopes": ["events_read"]})
    assert browser.path == "/partners/ngo-one", browser.words
    return f"/partners/ngo-one/clients/{name}/credentials"


async def made(browser: Browser, here: str, **said: object) -> None:
    await browser.open(f"{here}/new")
    await browser.send(f"{here}/new", {"way": "secret", "former": "day", **said})


async def token(browser: Browser, sign_in_id: str, secret: str) -> httpx.Response:
    url = row(browser, "টোকেন পাওয়ার ঠিকানা" if '<html lang="bn"' in browser.answer.text else "Tokens are had from")
    async with httpx.AsyncClient(timeout=240) as http:
        return await http.post(url, data={"grant_type": "client_credentials"}, auth=httpx.BasicAuth(sign_in_id, secret))


class TestSecret:
    async def test_a_steward_makes_one_sees_it_once_and_the_program_signs_in(self, bangla: Browser) -> None:
        here = await program(bangla)
        assert "এটির জন্য এখানে কোনো গোপন কী বা কী-জোড়া দেওয়া হয়নি।" in bangla.words
        await made(bangla, here)
        assert bangla.answer.status_code == 200, bangla.words
        assert bangla.answer.headers["cache-control"] == "no-store"
        sign_in_id, secret = row(bangla, "client_id"), row(bangla, "প্রোগ্রামের গোপন কী")
        assert (await token(bangla, sign_in_id, secret)).is_success
        await bangla.open("/partners/ngo-one")
        assert secret not in bangla.answer.text
        assert sign_in_id in bangla.words
        assert "সাইন ইন করতে পারে" in bangla.words

    async def test_a_keeper_replaces_it_and_the_one_of_before_is_good_for_a_day(self, browser: Browser, other_browser: Browser) -> None:
        here = await program(browser)
        await made(browser, here)
        old = row(browser, "client_id"), row(browser, "Secret of the program")
        await other_browser.sign_in("admin", "/partners/ngo-one")
        await made(other_browser, here)
        new = row(other_browser, "client_id"), row(other_browser, "Secret of the program")
        assert new[0] == f"{old[0]}.2"
        for one in (old, new):
            assert (await token(other_browser, *one)).is_success
        await other_browser.open("/partners/ngo-one")
        assert "Good until" in other_browser.words

    async def test_the_same_form_sent_again_makes_no_second(self, browser: Browser) -> None:
        here = await program(browser)
        await made(browser, here)
        said = {"way": "secret", "former": "day", "version": "1"}
        await browser.open(f"{here}/new")
        await browser.send(f"{here}/new", said)
        assert browser.answer.status_code == 412, browser.words

    async def test_is_ended_on_the_page(self, browser: Browser) -> None:
        here = await program(browser)
        await made(browser, here)
        await browser.open("/partners/ngo-one")
        await browser.send(f"{here}/1", {"state": "ended"})
        assert "Secret or keys of a client ended" in browser.words


class TestKeys:
    async def test_are_given_and_changed(self, browser: Browser) -> None:
        here = await program(browser)
        await made(browser, here, way="keys", keys=json.dumps({"keys": [public("first")]}))
        assert browser.answer.status_code == 200, browser.words
        assert row(browser, "Assertions name as audience (aud)").endswith("/realms/probashi")
        await browser.open(f"{here}/1/keys")
        await browser.send(f"{here}/1/keys", {"keys": json.dumps([public("first"), public("second")])})
        assert "first, second" in browser.words

    async def test_a_private_one_is_refused_and_not_shown_again(self, browser: Browser) -> None:
        here = await program(browser)
        private = jwt.algorithms.ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()), as_dict=True) | {"kid": "mine"}
        await made(browser, here, way="keys", keys=json.dumps(private))
        assert browser.answer.status_code == 422
        assert "This is a private key." in browser.words
        assert private["d"] not in browser.answer.text

    async def test_what_is_none_is_said_beside_the_field(self, bangla: Browser) -> None:
        here = await program(bangla)
        for typed in ("", "ssh-rsa AAAA", '{"keys": "x"}', "[1]", "[" * 5_000):
            await made(bangla, here, way="keys", keys=typed)
            assert bangla.answer.status_code == 422, typed[:20]
            assert "এটি JSON Web Key Set নয়।" in bangla.words

    def test_are_a_set_a_list_or_one(self) -> None:
        one = public("k")
        assert keys_of(json.dumps(one)) == keys_of(json.dumps([one])) == keys_of(json.dumps({"keys": [one]})) == [one]


class TestOthers:
    async def test_reach_none(self, browser: Browser, other_browser: Browser) -> None:
        here = await program(browser)
        await made(browser, here)
        await other_browser.sign_in("ngo-two", "/partners")
        for path in (f"{here}/new", f"{here}/1/keys"):
            await other_browser.open(path)
            assert other_browser.answer.status_code == 404, path


def public(kid: str) -> dict[str, str]:
    key: dict[str, str] = jwt.algorithms.ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key(), as_dict=True)
    return key | {"kid": kid}
