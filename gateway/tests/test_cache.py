"""Public answers: kept where their service allows, sent once to who has them; nobody else's answer is ever kept."""

from collections.abc import Callable
from typing import Final

import httpx
import pytest

from gateway.cache import Cache, is_known, lasting, not_modified, tagged
from gateway.testing import Service
from kit.testing.tokens import TokenIssuer

Gateway = Callable[..., str]
PUBLIC: Final = [(b"content-type", b"application/json"), (b"cache-control", b"public, max-age=60")]
AT: Final = "/v1/framework/activities"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class TestLasting:
    @pytest.mark.parametrize(
        "headers",
        [
            [],
            [(b"cache-control", b"no-store")],
            [(b"cache-control", b"private, max-age=60")],
            [(b"cache-control", b"max-age=60")],
            [(b"cache-control", b"public, no-cache")],
            [*PUBLIC, (b"set-cookie", b"one=1")],
            [*PUBLIC, (b"vary", b"Accept-Language"), (b"vary", b"Authorization")],
            [*PUBLIC, (b"vary", b"*")],
        ],
    )
    def test_what_may_not_be_kept(self, headers: list[tuple[bytes, bytes]]) -> None:
        assert lasting(headers) == 0

    def test_what_may(self) -> None:
        assert lasting([*PUBLIC, (b"vary", b"Accept-Language, accept-encoding")]) == 60


class TestCache:
    def test_lasts_as_long_as_its_service_said_and_tells_its_age(self) -> None:
        clock = Clock()
        cache = Cache(10_000, clock)
        cache.keep(b"/a?", {}, PUBLIC, b"body")
        clock.now = 59.0
        kept = cache.get(b"/a?", {})
        assert kept is not None
        assert kept[1] == b"body"
        assert (b"age", b"59") in kept[0]
        clock.now = 60.0
        assert cache.get(b"/a?", {}) is None

    def test_another_language_or_query_is_another_answer(self) -> None:
        cache = Cache(10_000, Clock())
        cache.keep(b"/a?", {b"accept-language": "bn"}, PUBLIC, b"body")
        assert cache.get(b"/a?", {b"accept-language": "en"}) is None
        assert cache.get(b"/a?x=1", {b"accept-language": "bn"}) is None
        assert cache.get(b"/a?", {b"accept-language": "bn"}) is not None

    def test_memory_is_bounded(self) -> None:
        cache = Cache(1_000, Clock())
        for number in range(50):
            cache.keep(f"/{number}?".encode(), {}, PUBLIC, b"x" * 100)
        cache.keep(b"/large?", {}, PUBLIC, b"x" * 2_000)
        found = [number for number in range(50) if cache.get(f"/{number}?".encode(), {}) is not None]
        assert found
        assert max(found) == 49
        assert len(found) <= 6
        assert cache.get(b"/large?", {}) is None


class TestTags:
    def test_only_what_is_public_is_tagged(self) -> None:
        assert tagged([(b"cache-control", b"no-store")], b"x") == ([(b"cache-control", b"no-store")], None)
        assert tagged(PUBLIC, b"x")[1] != tagged(PUBLIC, b"y")[1]

    def test_any_of_several_tags_is_known_weak_or_not(self) -> None:
        assert is_known(b'"a"', '"b", W/"a"')
        assert is_known(b'"a"', "*")
        assert not is_known(b'"a"', '"b"')
        assert not is_known(b'"a"', None)
        assert not is_known(None, "*")

    def test_a_304_tells_no_length_and_no_kind(self) -> None:
        told = not_modified([*PUBLIC, (b"etag", b'"a"'), (b"content-length", b"4")])
        assert {name for name, _ in told} == {b"cache-control", b"etag"}


class TestAtTheGateway:
    async def test_is_asked_for_once_and_then_not_sent_again(self, gateway: Gateway, service: Service) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway(max_cached=1_000_000)) as client:
            first = await client.get(f"{AT}/kept")
            second = await client.get(f"{AT}/kept")
            third = await client.get(f"{AT}/kept", headers={"If-None-Match": first.headers["etag"]})
            head = await client.head(f"{AT}/kept")
        assert len(service.seen) == 1
        assert first.json() == second.json() == {"for": "anybody"}
        assert "age" in second.headers
        assert (third.status_code, third.content) == (304, b"")
        assert (head.status_code, head.content) == (200, b"")

    async def test_what_is_asked_for_each_time_is_sent_once(self, gateway: Gateway, service: Service) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            first = await client.get(f"{AT}/asked")
            second = await client.get(f"{AT}/asked", headers={"If-None-Match": first.headers["etag"]})
        assert len(service.seen) == 2
        assert second.status_code == 304

    async def test_a_version_of_a_record_says_nothing_of_what_else_is_in_the_answer(self, gateway: Gateway) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            answer = await client.get(f"{AT}/version", headers={"If-None-Match": '"7"'})
        assert (answer.status_code, answer.headers["etag"]) == (200, '"7"')

    async def test_who_brings_a_token_is_answered_by_the_service(self, gateway: Gateway, service: Service, tokens: TokenIssuer) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway(max_cached=1_000_000)) as client:
            await client.get(f"{AT}/kept")
            await client.get(f"{AT}/kept", headers={"Authorization": f"Bearer {tokens.token('agent')}"})
        assert len(service.seen) == 2

    async def test_what_a_token_opened_is_not_kept(self, gateway: Gateway, service: Service, tokens: TokenIssuer) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway(max_cached=1_000_000)) as client:
            await client.get(f"{AT}/kept", headers={"Authorization": f"Bearer {tokens.token('agent')}"})
            await client.get(f"{AT}/kept")
        assert len(service.seen) == 2

    async def test_a_silent_service_is_never_kept(self, gateway: Gateway, service: Service) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            answers = [await client.get(AT) for _ in range(2)]
        assert len(service.seen) == 2
        assert [answer.headers["cache-control"] for answer in answers] == ["no-store"] * 2


class TestLog:
    async def test_one_line_tells_which_operation_and_nothing_of_the_record(
        self, gateway: Gateway, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level("INFO", logger="gateway.requests"):
            async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
                answer = await client.get(f"{AT}/some-record?phone=01700000000")
        line = next(one.getMessage() for one in caplog.records if one.name == "gateway.requests")
        assert f"place={AT}/{{number}} status=200 " in line
        assert line.endswith(f"trace={answer.headers['x-request-id']}")
        assert "some-record" not in line
        assert "017" not in line.replace(answer.headers["x-request-id"], "")
