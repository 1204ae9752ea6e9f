"""Tokens verified against keys read over real HTTP."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import jwt
import pytest

from kit import auth
from kit.auth import Verifier, bearer
from kit.errors import UnauthenticatedError, UnavailableError
from kit.testing.tokens import TokenIssuer, new_key


@pytest.fixture
def issuer() -> Iterator[TokenIssuer]:
    with TokenIssuer() as running:
        yield running


@pytest.fixture
def verifier(issuer: TokenIssuer) -> Verifier:
    return Verifier(issuer.jwks_url, issuer.issuer, issuer.audience)


def unsigned(issuer: TokenIssuer) -> str:
    """`alg: none`, as an attacker writes it."""
    _, payload, _ = issuer.token("admin").split(".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT", "kid": "first"}).encode()).rstrip(b"=").decode()
    return f"{header}.{payload}."


class TestVerify:
    async def test_reads_who_may_do_what_where(self, issuer: TokenIssuer, verifier: Verifier) -> None:
        caller = await verifier.verify(issuer.token("demo", sub="s", districts=["BD-08"]))
        assert caller.subject == "s"
        assert caller.roles == {"demo"}
        assert caller.covers_district("BD-08")
        assert not caller.covers_district("BD-60")
        assert not caller.covers_district(None)
        assert not caller.covers_country("SA"), "an absent scope means nothing"

    async def test_a_star_means_everywhere_and_a_string_nothing(self, issuer: TokenIssuer, verifier: Verifier) -> None:
        everywhere = await verifier.verify(issuer.token("agent", countries=["*"]))
        assert everywhere.covers_country("SA")
        text = await verifier.verify(issuer.token("agent", countries="*", roles="admin"))
        assert not text.covers_country("SA")
        assert text.roles == frozenset()

    async def test_an_unknown_role_is_no_role(self, issuer: TokenIssuer, verifier: Verifier) -> None:
        caller = await verifier.verify(issuer.token("emperor", "agent"))
        assert caller.roles == {"agent"}

    @pytest.mark.parametrize(
        "claims",
        [
            {"exp": None},
            {"iat": None},
            {"aud": "another"},
            {"aud": None},
            {"iss": "http://elsewhere"},
            {"sub": None},
            {"typ": "Refresh"},
            {"typ": "ID"},
        ],
    )
    async def test_refuses(self, issuer: TokenIssuer, verifier: Verifier, claims: dict[str, Any]) -> None:
        with pytest.raises(UnauthenticatedError):
            await verifier.verify(issuer.token("admin", **claims))

    async def test_refuses_what_ended_a_minute_ago(self, issuer: TokenIssuer, verifier: Verifier) -> None:
        with pytest.raises(UnauthenticatedError):
            await verifier.verify(issuer.token("admin", exp=int(time.time()) - 60))

    @pytest.mark.parametrize("minutes", [10, -10], ids=["ours-is-late", "ours-is-early"])
    async def test_refuses_a_token_of_a_clock_that_is_ten_minutes_off(self, issuer: TokenIssuer, verifier: Verifier, minutes: int) -> None:
        """It lasts five minutes: by our clock it is either not yet given or over."""
        theirs = int(time.time()) + minutes * 60
        with pytest.raises(UnauthenticatedError):
            await verifier.verify(issuer.token("admin", iat=theirs, exp=theirs + 300))

    async def test_admits_a_token_of_a_clock_that_is_three_seconds_ahead(self, issuer: TokenIssuer, verifier: Verifier) -> None:
        theirs = int(time.time()) + 3
        assert (await verifier.verify(issuer.token("admin", iat=theirs, exp=theirs + 300))).roles == {"admin"}

    async def test_refuses_what_is_not_signed_by_the_issuer(self, issuer: TokenIssuer, verifier: Verifier) -> None:
        good = issuer.token("admin")
        public = jwt.PyJWK.from_dict({**json.loads(issuer._document())["keys"][0]}).key
        assert public is not None
        for forged in (
            unsigned(issuer),
            good[:-8] + "AAAAAAAA",
            issuer.token("admin", algorithm="HS256"),
            jwt.encode(jwt.decode(good, options={"verify_signature": False}), new_key(), "RS256", {"kid": "first"}),
            "",
            "x",
            "a.b.c",
            "é" * 50,
            "\ud800",
        ):
            with pytest.raises(UnauthenticatedError):
                await verifier.verify(forged)


class TestKeys:
    async def test_are_read_once_for_many_tokens(self, issuer: TokenIssuer, verifier: Verifier) -> None:
        for number in range(20):
            await verifier.verify(issuer.token("agent", sub=str(number)))
        assert issuer.fetches == 1

    async def test_an_unknown_key_id_reads_them_again_but_a_flood_does_not(
        self, issuer: TokenIssuer, verifier: Verifier, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await verifier.verify(issuer.token("agent"))
        issuer.keys["second"] = new_key()
        issuer.keys["unpublished"] = new_key()
        monkeypatch.setattr(auth, "REFETCH_AT_MOST_EVERY_S", 0.0)
        assert (await verifier.verify(issuer.token("agent", key="second"))).roles == {"agent"}
        assert issuer.fetches == 2
        monkeypatch.setattr(auth, "REFETCH_AT_MOST_EVERY_S", 60.0)
        for number in range(10):
            with pytest.raises(UnauthenticatedError):
                stranger = jwt.encode({"sub": str(number)}, issuer.keys["second"], "RS256", {"kid": f"k{number}"})
                await verifier.verify(stranger)
        assert issuer.fetches == 2

    async def test_a_provider_that_restarts_stops_nobody(self, issuer: TokenIssuer, monkeypatch: pytest.MonkeyPatch) -> None:
        verifier = Verifier(issuer.jwks_url, issuer.issuer, issuer.audience)
        await verifier.verify(issuer.token("agent", sub="before"))
        issuer.__exit__()
        monkeypatch.setattr(auth, "KEYS_LIVE_S", 0.0)
        assert (await verifier.verify(issuer.token("agent", sub="after"))).subject == "after"
        issuer.__init__()  # type: ignore[misc]
        issuer.__enter__()

    async def test_without_any_key_the_service_is_unavailable_and_not_open(self, issuer: TokenIssuer) -> None:
        verifier = Verifier("http://127.0.0.1:9/certs", issuer.issuer, issuer.audience)
        with pytest.raises(UnavailableError):
            await verifier.verify(issuer.token("admin"))


class TestProviderThatHangs:
    """It takes connections and says nothing, as one that is overloaded does."""

    @pytest.fixture
    async def hanging(self) -> AsyncIterator[tuple[str, list[asyncio.StreamWriter]]]:
        asked: list[asyncio.StreamWriter] = []
        server = await asyncio.start_server(lambda _, writer: asked.append(writer), "127.0.0.1", 0)
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/certs", asked
        server.close()
        for writer in asked:
            writer.close()
            await writer.wait_closed()

    async def test_holds_up_nobody_whose_key_is_known(
        self, issuer: TokenIssuer, verifier: Verifier, hanging: tuple[str, list[asyncio.StreamWriter]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await verifier.verify(issuer.token("agent", sub="before"))
        verifier._jwks_url, asked = hanging
        monkeypatch.setattr(auth, "KEYS_LIVE_S", 0.0)
        monkeypatch.setattr(auth, "REFETCH_AT_MOST_EVERY_S", 0.0)
        first = asyncio.create_task(verifier.verify(issuer.token("agent", sub="first")))
        while not asked:
            await asyncio.sleep(0.01)
        for number in range(20):
            await verifier.verify(issuer.token("agent", sub=str(number)))
        assert not first.done(), "the one that asks waits, the others do not"
        await first

    async def test_strangers_wait_for_it_together(
        self, issuer: TokenIssuer, verifier: Verifier, hanging: tuple[str, list[asyncio.StreamWriter]]
    ) -> None:
        await verifier.verify(issuer.token("agent"))
        verifier._jwks_url, asked = hanging
        verifier._asked_at = float("-inf")
        issuer.keys |= {f"k{number}": issuer.keys["first"] for number in range(20)}
        answers = await asyncio.gather(
            *(verifier.verify(issuer.token("agent", key=f"k{number}")) for number in range(20)), return_exceptions=True
        )
        assert {type(one) for one in answers} == {UnauthenticatedError}
        assert len(asked) == 1

    async def test_with_keys_that_are_no_keys_the_known_ones_stay(self, issuer: TokenIssuer, monkeypatch: pytest.MonkeyPatch) -> None:
        verifier = Verifier(issuer.jwks_url, issuer.issuer, issuer.audience)
        await verifier.verify(issuer.token("agent"))
        monkeypatch.setattr(auth, "KEYS_LIVE_S", 0.0)
        monkeypatch.setattr(auth, "REFETCH_AT_MOST_EVERY_S", 0.0)
        for document in (b"[]", b"{}", b'{"keys": []}', b'{"keys": [{"kty": "oct", "k": "AAAA", "kid": "x"}]}', b"null", b"{"):
            monkeypatch.setattr(issuer, "_document", lambda document=document: document)
            assert (await verifier.verify(issuer.token("agent", sub=str(document)))).roles == {"agent"}


class TestMemory:
    async def test_a_verified_token_is_not_remembered_beyond_its_end(
        self, issuer: TokenIssuer, verifier: Verifier, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        token = issuer.token("agent", exp=int(time.time()) + 30)
        await verifier.verify(token)
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + 29)
        await verifier.verify(token)
        monkeypatch.setattr(time, "time", lambda: now + 31)
        assert verifier._known, "it was remembered"
        known_until = next(iter(verifier._known.values()))[0]
        assert known_until <= now + 31

    async def test_the_memory_is_bounded(self, issuer: TokenIssuer, verifier: Verifier, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(auth, "CACHE_SIZE", 3)
        for number in range(6):
            await verifier.verify(issuer.token("agent", sub=str(number)))
        assert len(verifier._known) == 3


@pytest.mark.parametrize(
    ("header", "token"), [("Bearer abc", "abc"), ("bearer  abc ", "abc"), ("Basic abc", None), ("Bearer", None), ("", None), (None, None)]
)
def test_bearer(header: str | None, token: str | None) -> None:
    assert bearer(header) == token
