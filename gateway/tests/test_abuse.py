import asyncio
from collections.abc import Callable

import httpx
import pytest

from gateway.testing import Service, raw
from kit.testing.tokens import TokenIssuer

Gateway = Callable[..., str]
MIB = 1024 * 1024


def is_problem(got: bytes, status: int) -> bool:
    head, _, body = got.partition(b"\r\n\r\n")
    return head.startswith(b"HTTP/1.1 %d " % status) and b"application/problem+json" in head and b'"type":"urn:probashi:problem:' in body


async def _byte_a_second(writer: asyncio.StreamWriter) -> None:
    for byte in b"GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: " + b"a" * 3_600:
        writer.write(bytes([byte]))
        await asyncio.sleep(1)


class TestPaths:
    @pytest.mark.parametrize(
        "target",
        ["/v1/complaints/../agencies", "/v1//complaints", "/v1/%2e%2e/auth", "/a%2f..%2fb", "/v1/complaints%00", "/a;b", "/%ff", "*"],
    )
    async def test_a_path_of_two_readings_is_refused(self, gateway: Gateway, service: Service, target: str) -> None:
        got = await raw(gateway(), f"OPTIONS {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert is_problem(got, 400)
        assert service.seen == []

    async def test_an_absolute_target_leads_nowhere_else(self, gateway: Gateway, service: Service) -> None:
        got = await raw(gateway(), b"GET http://169.254.169.254/latest HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert got.startswith(b"HTTP/1.1 200")
        assert dict(service.last["headers"])["host"] == "probashi.test"

    async def test_a_strange_host_reaches_no_service(self, gateway: Gateway, service: Service) -> None:
        await raw(gateway(), b"GET / HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n")
        assert dict(service.last["headers"])["host"] == "probashi.test"


class TestSmuggling:
    @pytest.mark.parametrize(
        "head",
        [
            b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
            b"Content-Length: 5\r\nContent-Length: 6\r\n",
            b"Content-Length: +5\r\n",
            b"Content-Length: -1\r\n",
            b"Transfer-Encoding: xchunked\r\n",
            b"Transfer-Encoding : chunked\r\n",
            b"Transfer-Encoding: gzip, chunked\r\n",
            b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            b"X: a\x00b\r\n",
            b"X: a\rb\r\n",
        ],
    )
    async def test_two_framings_reach_nobody(self, gateway: Gateway, service: Service, head: bytes) -> None:
        hidden = b"GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"
        got = await raw(gateway(), b"POST / HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n0\r\n\r\n" + hidden, wait=2)
        assert is_problem(got, 400)
        assert service.seen == []

    async def test_no_host_and_two_hosts(self, gateway: Gateway, service: Service) -> None:
        url = gateway()
        for hosts in (b"", b"Host: a\r\nHost: b\r\n"):
            assert is_problem(await raw(url, b"GET / HTTP/1.1\r\nConnection: close\r\n" + hosts + b"\r\n"), 400)
        assert service.seen == []

    async def test_bytes_that_are_no_utf8_in_a_header(self, gateway: Gateway, service: Service) -> None:
        got = await raw(gateway(), b"GET / HTTP/1.1\r\nHost: x\r\nX-Name: \xff\xfe\r\nConnection: close\r\n\r\n")
        assert is_problem(got, 400)
        assert service.seen == []

    async def test_what_follows_a_body_is_no_header(self, gateway: Gateway, service: Service) -> None:
        head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        got = await raw(gateway(), head + b"2\r\nok\r\n0\r\nCookie: session=2\r\nX-Late: 1\r\n\r\n")
        assert got.startswith(b"HTTP/1.1 200")
        assert service.last["body"] == b"ok"
        assert not {"cookie", "x-late"} & set(dict(service.last["headers"]))

    async def test_pipelined_requests_are_each_judged(self, gateway: Gateway, service: Service) -> None:
        got = await raw(
            gateway(),
            b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/complaints HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        )
        assert got.count(b"HTTP/1.1 200 ") == 1
        assert got.count(b"HTTP/1.1 401 ") == 1
        assert len(service.seen) == 1


class TestMethods:
    @pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND"])
    async def test_what_no_service_knows(self, gateway: Gateway, service: Service, method: str) -> None:
        got = await raw(gateway(), f"{method} / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert got.startswith((b"HTTP/1.1 405", b"HTTP/1.1 400"))
        assert b"urn:probashi:problem:" in got
        assert service.seen == []

    async def test_websocket_is_refused_and_says_what_there_is(self, gateway: Gateway, service: Service) -> None:
        head = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        got = await raw(gateway(), b"GET / HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n", wait=1)
        assert is_problem(got, 501)
        assert service.seen == []

    async def test_another_upgrade_is_not_taken_up(self, gateway: Gateway, service: Service) -> None:
        head = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
        got = await raw(gateway(), b"GET / HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n", wait=1)
        assert got.startswith(b"HTTP/1.1 200")
        assert not {"upgrade", "http2-settings"} & set(dict(service.last["headers"]))


class TestHeads:
    async def test_too_many_headers(self, gateway: Gateway, service: Service) -> None:
        many = b"".join(b"X-%d: 1\r\n" % number for number in range(150))
        assert is_problem(await raw(gateway(), b"GET / HTTP/1.1\r\nHost: x\r\n" + many + b"\r\n"), 431)
        assert service.seen == []

    async def test_too_large_headers(self, gateway: Gateway) -> None:
        assert is_problem(await raw(gateway(), b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 40_000 + b"\r\n\r\n"), 431)

    async def test_a_header_that_never_ends(self, gateway: Gateway) -> None:
        assert is_problem(await raw(gateway(), b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 200_000), 431)

    async def test_an_address_that_never_ends(self, gateway: Gateway) -> None:
        assert is_problem(await raw(gateway(), b"GET /" + b"a" * 200_000), 431)

    async def test_a_head_that_stops_half_way_is_not_waited_for(self, gateway: Gateway) -> None:
        url = gateway(header_timeout=0.2)
        assert await raw(url, b"GET / HTTP/1.1\r\nHost: x\r\nX-", must_close=True) == b""
        assert await raw(url, b"", must_close=True) == b""
        second = await raw(url, b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HT", must_close=True)
        assert second.count(b"HTTP/1.1") == 1

    @pytest.mark.parametrize("many", [40, pytest.param(1_000, marks=pytest.mark.full)], ids=["tens", "thousand"])
    async def test_many_that_send_a_byte_a_second_are_cut_off_and_others_are_served_meanwhile(self, gateway: Gateway, many: int) -> None:
        url = gateway(header_timeout=5.0, max_connections_per_client=many + 10)
        host, _, port = url.removeprefix("http://").partition(":")

        async def drip() -> bytes:
            """What came before it was closed."""
            reader, writer = await asyncio.open_connection(host, int(port))
            sending = asyncio.create_task(_byte_a_second(writer))
            try:
                return await reader.read()
            except ConnectionError:
                return b""
            finally:
                sending.cancel()
                writer.close()

        dripping = [asyncio.create_task(drip()) for _ in range(many)]
        served = 0
        async with asyncio.timeout(240), httpx.AsyncClient(timeout=240) as others:
            while not all(one.done() for one in dripping):
                served += (await others.get(f"{url}/livez")).status_code == httpx.codes.NO_CONTENT
        assert served > 0
        assert {await one for one in dripping} == {b""}

    async def test_no_http_at_all(self, gateway: Gateway) -> None:
        assert is_problem(await raw(gateway(), b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"), 400)

    async def test_one_address_does_not_take_all_connections(self, gateway: Gateway) -> None:
        asked = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
        url = gateway(max_connections_per_client=2)
        host, _, port = url.removeprefix("http://").partition(":")
        held = [await asyncio.open_connection(host, int(port)) for _ in range(2)]
        third = await raw(url, asked)
        other, writer = await asyncio.open_connection(host, int(port), local_addr=("127.0.0.2", 0))
        writer.write(asked)
        assert (await other.readline()).startswith(b"HTTP/1.1 204")
        for _, mine in held:
            mine.close()
        await asyncio.sleep(0.1)
        again = await raw(url, asked, wait=0.5)
        writer.close()
        assert is_problem(third, 429)
        assert again.startswith(b"HTTP/1.1 204")

    async def test_a_load_balancer_of_ours_brings_many(self, gateway: Gateway) -> None:
        url = gateway(max_connections_per_client=1, trusted_proxies=["127.0.0.0/8"])
        host, _, port = url.removeprefix("http://").partition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        got = await raw(url, b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n", wait=0.5)
        writer.close()
        assert got.startswith(b"HTTP/1.1 204")

    async def test_connections_above_the_limit_are_told(self, gateway: Gateway) -> None:
        url = gateway(max_connections=2)
        host, _, port = url.removeprefix("http://").partition(":")
        held = [await asyncio.open_connection(host, int(port)) for _ in range(2)]
        got = await raw(url, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        for _, writer in held:
            writer.close()
        assert is_problem(got, 503)
        assert b"retry-after:" in got


class TestBodies:
    async def test_too_large_by_its_own_word(self, gateway: Gateway, service: Service) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            answer = await client.post("/", content=b"x" * (10 * MIB))
        assert answer.status_code == 413
        assert answer.json()["max_bytes"] == MIB
        assert service.seen == []

    async def test_too_large_while_it_comes(self, gateway: Gateway, service: Service) -> None:
        async def endless() -> object:
            for _ in range(200):
                yield b"x" * 65_536

        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            answer = await client.post("/", content=endless())  # type: ignore[arg-type]  # an async iterator of bytes
        assert answer.status_code == 413
        assert service.seen == []

    async def test_with_expect_it_is_refused_before_it_is_sent(self, gateway: Gateway) -> None:
        got = await raw(gateway(), b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9000000\r\n\r\n", wait=5)
        assert got.startswith(b"HTTP/1.1 413")

    async def test_a_warning_may_be_larger_than_a_complaint(self, gateway: Gateway, tokens: TokenIssuer) -> None:
        body = b"x" * (MIB + 1)
        headers = {"authorization": f"Bearer {tokens.token('wing')}"}
        async with httpx.AsyncClient(timeout=240, base_url=gateway(), headers=headers) as client:
            assert (await client.post("/v1/crisis/alerts", content=body)).status_code == 200
            assert (await client.post("/v1/complaints", content=body)).status_code == 413
            assert (await client.post("/v1/crisis/alerts", content=body * 2)).status_code == 413

    async def test_the_whole_suites_limit_is_above_every_route(self, gateway: Gateway) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway(max_body=10)) as client:
            assert (await client.post("/", content=b"x" * 11)).status_code == 413
            assert (await client.post("/", content=b"x" * 10)).status_code == 200

    async def test_a_body_that_stops_half_way(self, gateway: Gateway, service: Service) -> None:
        url = gateway(upload_timeout=0.2)
        got = await raw(url, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf", wait=5)
        assert is_problem(got, 408)
        assert service.seen == []

    async def test_a_caller_who_hangs_up_half_way_leaves_no_trace(self, gateway: Gateway, service: Service) -> None:
        url = gateway(max_buffered=100)
        for _ in range(5):
            await raw(url, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n" + b"x" * 90, wait=0.05)
        async with httpx.AsyncClient(timeout=240, base_url=url) as client:
            assert (await client.post("/", content=b"x" * 100)).status_code == 200
        assert len(service.seen) == 1

    async def test_no_room_for_more_bodies(self, gateway: Gateway) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway(max_buffered=100)) as client:
            answer = await client.post("/", content=b"x" * 101)
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "1"
            assert [(await client.post("/", content=b"x" * 100)).status_code for _ in range(3)] == [200] * 3

    async def test_one_client_does_not_take_the_room_of_all(self, gateway: Gateway, tokens: TokenIssuer) -> None:
        url = gateway(max_buffered=200, max_buffered_per_client=100)
        host, _, port = url.removeprefix("http://").partition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n" + b"x" * 90)
        await writer.drain()
        await asyncio.sleep(0.1)
        token = {"authorization": f"Bearer {tokens.token('agent')}"}
        async with httpx.AsyncClient(timeout=240, base_url=url) as client:
            same, other = await client.post("/", content=b"x" * 50), await client.post("/v1/complaints", content=b"x" * 50, headers=token)
        writer.close()
        assert (same.status_code, same.headers["retry-after"]) == (429, "1")
        assert other.status_code == 200

    async def test_a_large_body_of_a_stranger_is_not_read(self, gateway: Gateway, service: Service) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            answer = await client.post("/v1/complaints", content=b"x" * MIB)
        assert answer.status_code == 401
        assert answer.headers["connection"] == "close"
        assert service.seen == []


class TestRate:
    async def test_a_client_that_asks_too_much_is_told_how_long_to_wait(
        self, gateway: Gateway, tokens: TokenIssuer, service: Service
    ) -> None:
        headers = {"authorization": f"Bearer {tokens.token('agent', sub='busy')}"}
        async with httpx.AsyncClient(timeout=240, base_url=gateway(requests_per_second=0.01, request_burst=3), headers=headers) as client:
            answers = [await client.get("/v1/complaints") for _ in range(4)]
            other = await client.get("/v1/complaints", headers={"authorization": f"Bearer {tokens.token('agent', sub='calm')}"})
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert 60 < int(answers[-1].headers["retry-after"]) <= 100
        assert answers[-1].headers["content-type"] == "application/problem+json"
        assert other.status_code == 200
        assert len(service.seen) == 4

    async def test_one_client_does_not_take_all_places_of_a_service(self, gateway: Gateway, service: Service, tokens: TokenIssuer) -> None:
        url = gateway(requests_per_client=2, answer_timeout=30)
        async with httpx.AsyncClient(timeout=240, base_url=url) as client:
            slow = [asyncio.create_task(client.get("/slow")) for _ in range(2)]
            async with asyncio.timeout(240):
                while len(service.seen) < 2:
                    await asyncio.sleep(0.02)
            third = await client.get("/")
            other = await client.get("/v1/complaints", headers={"authorization": f"Bearer {tokens.token('agent')}"})
            service.go_on.set()
            ended = await asyncio.gather(*slow)
            after = await client.get("/")
        assert (third.status_code, third.headers["retry-after"]) == (429, "1")
        assert (other.status_code, after.status_code) == (200, 200)
        assert [one.status_code for one in ended] == [200, 200]

    @pytest.mark.usefixtures("service")
    async def test_one_client_does_not_take_all_streams(self, gateway: Gateway, tokens: TokenIssuer) -> None:
        mine, theirs = ({"authorization": f"Bearer {tokens.token('wing', sub=sub)}"} for sub in ("one", "two"))
        async with httpx.AsyncClient(timeout=240, base_url=gateway(streams_per_client=1)) as client:
            async with client.stream("GET", "/v1/crisis/events", headers=mine) as first:
                assert first.status_code == 200
                second = await client.get("/v1/crisis/events", headers=mine)
                async with client.stream("GET", "/v1/crisis/events", headers=theirs) as other:
                    assert other.status_code == 200
            assert second.status_code == 429

    async def test_bad_tokens_count_against_their_sender(self, gateway: Gateway) -> None:
        headers = {"authorization": "Bearer x.y.z"}
        async with httpx.AsyncClient(timeout=240, base_url=gateway(requests_per_second=0.01, request_burst=3), headers=headers) as client:
            codes = [(await client.get("/v1/complaints")).status_code for _ in range(4)]
        assert codes == [401, 401, 401, 429]

    async def test_pages_and_unknown_paths_count_by_address(self, gateway: Gateway) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway(requests_per_second=0.01, request_burst=3)) as client:
            codes = [(await client.get(path)).status_code for path in ("/", "/v1/unknown", "/openapi.json", "/", "/livez")]
        assert codes == [200, 404, 200, 429, 204]
