"""A service calls another as itself: over real HTTP, with a token of its own."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from kit.calls import AwayError, Calls, RefusedCallError
from kit.settings import Settings
from kit.testing.tokens import SECRET, TokenIssuer
from runner.place import free_base_port
from runner.testing import served


class Other:
    """Another service, which answers as a test tells it to, the last answer for ever."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, str]] = [(200, "{}")]
        self.asked: list[Request] = []

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.api_route("/v1/others", methods=["GET", "POST"])
        async def answer(request: Request) -> Response:
            self.asked.append(request)
            code, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            return Response(body, code, media_type="application/json")

        return app


@pytest.fixture
async def other() -> Other:
    return Other()


@pytest.fixture
async def calls(other: Other, tokens: TokenIssuer) -> AsyncIterator[Calls]:
    port = free_base_port()
    settings = Settings.model_validate(
        {
            "service": "crisis",
            "port": port + 1,
            "public_url": "http://127.0.0.1:1",
            "issuer": tokens.issuer,
            "jwks_url": tokens.jwks_url,
            "identity_url": tokens.url,
            "client_id": "svc-crisis",
            "client_secret": SECRET,
            "service_urls": {"others": f"http://127.0.0.1:{port}", "gone": f"http://127.0.0.1:{port + 2}"},
        }
    )
    async with served(other.app(), port), httpx.AsyncClient() as http:
        yield Calls(settings, http)


class TestCalls:
    async def test_it_calls_as_itself_with_one_token_for_many_calls(self, calls: Calls, other: Other) -> None:
        await calls.post("others", "/v1/others", {}, key="k-1")
        await calls.get("others", "/v1/others")
        first, second = other.asked
        assert first.headers["authorization"] == second.headers["authorization"]
        assert first.headers["idempotency-key"] == "k-1"

    @pytest.mark.parametrize("trouble", [(503, "{}"), (429, "{}"), (409, '{"type": "urn:probashi:problem:idempotency-still-running"}')])
    async def test_what_passes_by_itself_is_tried_again(self, calls: Calls, other: Other, trouble: tuple[int, str]) -> None:
        other.answers = [trouble, trouble, (200, '{"done": true}')]
        assert await calls.post("others", "/v1/others", {}, key="k-1") == {"done": True}
        assert {one.headers["idempotency-key"] for one in other.asked} == {"k-1"}

    async def test_what_does_not_pass_is_given_up(self, calls: Calls, other: Other) -> None:
        other.answers = [(500, "{}")]
        with pytest.raises(AwayError):
            await calls.get("others", "/v1/others")

    async def test_a_refusal_is_told_by_its_kind_and_not_tried_again(self, calls: Calls, other: Other) -> None:
        other.answers = [(409, '{"type": "urn:probashi:problem:closed"}')]
        with pytest.raises(RefusedCallError) as refused:
            await calls.post("others", "/v1/others", {}, key="k-1")
        assert (refused.value.code, refused.value.kind, len(other.asked)) == (409, "urn:probashi:problem:closed", 1)

    @pytest.mark.parametrize("name", ["gone", "never-heard-of"])
    async def test_who_is_not_there_is_away(self, calls: Calls, name: str) -> None:
        with pytest.raises(AwayError):
            await calls.get(name, "/v1/others")
