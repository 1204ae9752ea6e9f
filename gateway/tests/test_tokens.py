import base64
import json
import time
from collections.abc import Callable

import httpx
import pytest

from gateway.testing import Service, raw
from kit.testing.tokens import TokenIssuer

Gateway = Callable[..., str]


def unsigned(token: str) -> str:
    head, body, _ = token.split(".")
    return f"{head}.{body}."


def with_other_claims(token: str) -> str:
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    forged = base64.urlsafe_b64encode(json.dumps(claims | {"roles": ["admin"]}).encode()).rstrip(b"=").decode()
    return f"{head}.{forged}.{signature}"


FORGERIES: dict[str, Callable[[TokenIssuer], str]] = {
    "alg none": lambda issuer: issuer.token("agent", algorithm="none"),
    "HS256": lambda issuer: issuer.token("agent", algorithm="HS256"),
    "unsigned": lambda issuer: unsigned(issuer.token("agent")),
    "claims of another": lambda issuer: with_other_claims(issuer.token("agent")),
    "expired": lambda issuer: issuer.token("agent", exp=int(time.time()) - 60),
    "without expiry": lambda issuer: issuer.token("agent", exp=None),
    "another audience": lambda issuer: issuer.token("agent", aud="foreign"),
    "another issuer": lambda issuer: issuer.token("agent", iss="http://evil.test"),
    "no token at all": lambda _: "x",
    "two dots": lambda _: "..",
}


class TestRefuses:
    @pytest.mark.parametrize("forgery", FORGERIES)
    async def test_each_forgery_with_a_problem(self, gateway: Gateway, service: Service, tokens: TokenIssuer, forgery: str) -> None:
        headers = {"authorization": f"Bearer {FORGERIES[forgery](tokens)}"}
        async with httpx.AsyncClient(timeout=240, base_url=gateway(), headers=headers) as client:
            closed = await client.get("/v1/complaints")
            # A bad token is a fault also where none is needed: its sender believes to be somebody.
            opened = await client.get("/v1/framework/activities")
        for answer in (closed, opened):
            assert answer.status_code == 401
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert answer.json()["type"] == "urn:probashi:problem:unauthenticated"
        assert service.seen == []

    @pytest.mark.parametrize("header", [None, "", "Basic YTpi", "Bearer", "bearer"])
    async def test_no_token_where_one_is_needed(self, gateway: Gateway, service: Service, header: str | None) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            answer = await client.get("/v1/complaints", headers={} if header is None else {"authorization": header})
        assert answer.status_code == 401
        assert service.seen == []

    async def test_two_tokens_at_once(self, gateway: Gateway, service: Service, tokens: TokenIssuer) -> None:
        line = f"Authorization: Bearer {tokens.token('agent')}\r\n"
        got = await raw(gateway(), f"GET /v1/complaints HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{line}{line}\r\n".encode())
        assert got.startswith(b"HTTP/1.1 400")
        assert service.seen == []

    async def test_in_the_callers_language(self, gateway: Gateway) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            answer = await client.get("/v1/complaints", headers={"accept-language": "bn"})
        assert answer.json()["title"] == "চালিয়ে যেতে সাইন ইন করুন।"


class TestAdmits:
    async def test_a_good_token(self, gateway: Gateway, tokens: TokenIssuer) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            answer = await client.get("/v1/complaints", headers={"authorization": f"Bearer {tokens.token('agent')}"})
        assert answer.status_code == 200

    async def test_anybody_to_an_open_operation_and_to_no_other(self, gateway: Gateway) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            assert (await client.get("/v1/framework/activities")).status_code == 200
            assert (await client.head("/v1/framework/activities")).status_code == 200
            assert (await client.get("/v1/framework/activities/7")).status_code == 200
            assert (await client.post("/v1/framework/activities")).status_code == 401
            assert (await client.get("/v1/framework/activities/rebuild")).status_code == 401
            assert (await client.get("/v1/framework/activities/7/more")).status_code == 401
            assert (await client.get("/v1/framework/activities/")).status_code == 401

    async def test_a_key_that_was_turned_is_fetched(self, gateway: Gateway, tokens: TokenIssuer) -> None:
        url = gateway()
        async with httpx.AsyncClient(timeout=240, base_url=url) as client:
            answer = await client.get("/v1/complaints", headers={"authorization": f"Bearer {tokens.token('agent', key='first')}"})
        assert answer.status_code == 200
