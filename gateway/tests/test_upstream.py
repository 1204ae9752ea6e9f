import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from gateway.testing import Service, free_port, raw, running_gateway, wire
from kit.testing.tokens import TokenIssuer

Gateway = Callable[..., str]


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Traceback" not in answer.text
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


class TestNoAnswer:
    async def test_nobody_listens(self, gateway: Gateway) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway({"portal": f"http://127.0.0.1:{free_port()}"})) as client:
            answer = await client.get("/")
        assert problem(answer) == (503, "unavailable")
        assert int(answer.headers["retry-after"]) > 0

    async def test_a_name_that_nobody_knows(self, gateway: Gateway) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway({"portal": "http://no-such-host.invalid"})) as client:
            assert problem(await client.get("/")) == (503, "unavailable")

    async def test_a_network_that_swallows(self, gateway: Gateway) -> None:
        # TEST-NET-1 (RFC 5737) is routed nowhere: either refused at once or never answered.
        async with httpx.AsyncClient(timeout=240, base_url=gateway({"portal": "http://192.0.2.1"}, connect_timeout=0.2)) as client:
            assert problem(await client.get("/"))[0] in {502, 503, 504}

    async def test_it_hangs(self, gateway: Gateway) -> None:
        async with wire(None) as url, httpx.AsyncClient(timeout=240, base_url=gateway({"portal": url}, answer_timeout=0.3)) as client:
            answer = await client.get("/")
        assert problem(answer) == (504, "slow-answer")
        assert int(answer.headers["retry-after"]) > 0

    async def test_it_closes_without_a_word(self, gateway: Gateway) -> None:
        async with wire(b"") as url, httpx.AsyncClient(timeout=240, base_url=gateway({"portal": url})) as client:
            assert problem(await client.post("/", content=b"x")) == (503, "unavailable")

    @pytest.mark.parametrize(
        "garbage",
        [
            b"\x00\x01\x02garbage\r\n\r\n",
            b"HTTP/1.1 abc\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly a little",
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        ],
    )
    async def test_it_answers_garbage(self, gateway: Gateway, garbage: bytes) -> None:
        async with wire(garbage) as url, httpx.AsyncClient(timeout=240, base_url=gateway({"portal": url})) as client:
            status, slug = problem(await client.post("/", content=b"x"))
        assert (status, slug) == (502, "bad-answer")

    async def test_it_breaks_off_half_way_and_the_caller_can_tell(self, gateway: Gateway) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            with pytest.raises(httpx.RemoteProtocolError):
                await client.get("/breaks-off")

    async def test_one_that_hangs_leaves_the_others_their_places(self, gateway: Gateway, tokens: TokenIssuer) -> None:
        headers = {"authorization": f"Bearer {tokens.token('agent')}"}
        async with wire(None) as url:
            base = gateway({"complaints": url}, requests_per_service=2, answer_timeout=4)
            async with httpx.AsyncClient(timeout=240, base_url=base, headers=headers) as client:
                hanging = [asyncio.create_task(client.get("/v1/complaints")) for _ in range(2)]
                await asyncio.sleep(0.5)
                turned_away = await client.get("/v1/complaints")
                elsewhere = await client.get("/v1/agencies")
                ended = await asyncio.gather(*hanging)
        assert problem(turned_away) == (503, "unavailable")
        assert elsewhere.status_code == 200
        assert [problem(answer)[0] for answer in ended] == [504, 504]

    async def test_places_are_free_again_after_each_end(self, gateway: Gateway) -> None:
        async with (
            wire(b"nonsense\r\n\r\n") as url,
            httpx.AsyncClient(timeout=240, base_url=gateway({"portal": url}, requests_per_service=1)) as client,
        ):
            assert [problem(await client.get("/"))[0] for _ in range(3)] == [502] * 3

    async def test_it_comes_back(self, gateway: Gateway) -> None:
        port = free_port()
        base = gateway({"portal": f"http://127.0.0.1:{port}"})
        async with httpx.AsyncClient(timeout=240, base_url=base) as client:
            assert (await client.get("/")).status_code == 503
            answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

            async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(answer)
                await writer.drain()
                writer.close()

            async with await asyncio.start_server(serve, "127.0.0.1", port):
                assert (await client.get("/")).text == "ok"


class TestAClosedConnection:
    async def test_a_question_is_asked_again_and_an_order_is_not(self, gateway: Gateway) -> None:
        asked: list[bytes] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked.append((await reader.readuntil(b"\r\n\r\n"))[:4])
            if len(asked) % 2 == 0:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                await writer.drain()
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
            url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
            async with httpx.AsyncClient(timeout=240, base_url=gateway({"portal": url})) as client:
                assert (await client.get("/")).text == "ok"
                assert problem(await client.post("/", content=b"order")) == (503, "unavailable")
        assert asked == [b"GET ", b"GET ", b"POST"]


class TestEventStream:
    async def test_the_first_event_is_there_before_the_second_is_made(
        self, gateway: Gateway, service: Service, tokens: TokenIssuer
    ) -> None:
        headers = {"authorization": f"Bearer {tokens.token('wing')}"}
        async with (
            httpx.AsyncClient(timeout=240, base_url=gateway(), headers=headers) as client,
            client.stream("GET", "/v1/crisis/events") as answer,
        ):
            assert answer.headers["content-type"].startswith("text/event-stream")
            parts = answer.aiter_bytes()
            assert await anext(parts) == b"data: first\n\n"
            service.go_on.set()
            assert await anext(parts) == b"data: second\n\n"

    async def test_longer_than_an_answer_may_take(self, gateway: Gateway, service: Service) -> None:
        async with (
            httpx.AsyncClient(timeout=240, base_url=gateway(answer_timeout=0.2)) as client,
            client.stream("GET", "/events") as answer,
        ):
            parts = answer.aiter_bytes()
            await anext(parts)
            await asyncio.sleep(0.5)
            service.go_on.set()
            assert await anext(parts) == b"data: second\n\n"

    async def test_a_first_event_that_is_long_in_coming(self, gateway: Gateway, service: Service) -> None:
        async with (
            httpx.AsyncClient(timeout=240, base_url=gateway(answer_timeout=0.2)) as client,
            client.stream("GET", "/quiet-events") as answer,
        ):
            await asyncio.sleep(0.5)
            service.go_on.set()
            assert [part async for part in answer.aiter_bytes()] == [b"data: late\n\n"]

    async def test_silence_ends_it(self, gateway: Gateway, service: Service) -> None:
        async with (
            httpx.AsyncClient(timeout=240, base_url=gateway(stream_idle_timeout=0.2)) as client,
            client.stream("GET", "/events") as answer,
        ):
            with pytest.raises(httpx.RemoteProtocolError):
                async for _ in answer.aiter_bytes():
                    pass
        assert await asyncio.to_thread(service.hung_up.wait, 60)

    async def test_a_caller_who_leaves_lets_the_service_go(self, gateway: Gateway, service: Service) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client, client.stream("GET", "/events") as answer:
            parts = answer.aiter_bytes()
            await anext(parts)
            assert not service.hung_up.is_set()
        assert await asyncio.to_thread(service.hung_up.wait, 60)

    async def test_streams_take_no_place_of_requests(self, gateway: Gateway) -> None:
        base = gateway(requests_per_service=1, streams_per_service=1)
        async with httpx.AsyncClient(timeout=240, base_url=base) as client, client.stream("GET", "/events") as answer:
            parts = answer.aiter_bytes()
            await anext(parts)
            assert (await client.get("/")).status_code == 200
            assert problem(await client.get("/events")) == (503, "unavailable")

    async def test_a_head_of_a_stream_ends(self, gateway: Gateway) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            assert (await client.head("/events")).status_code == 200


class TestStop:
    async def test_a_request_under_way_is_answered_and_a_stream_let_go(
        self, service: Service, tokens: TokenIssuer, service_url: str
    ) -> None:
        with ExitStack() as stack:
            gateway = running_gateway(tokens, {"portal": service_url}, Path("nowhere"), stop_timeout=30, answer_timeout=5)
            base = stack.enter_context(gateway)
            async with httpx.AsyncClient(timeout=240, base_url=base) as client:
                slow = asyncio.create_task(client.get("/slow"))
                async with client.stream("GET", "/events") as stream:
                    parts = stream.aiter_bytes()
                    await anext(parts)
                    stopping = asyncio.create_task(asyncio.to_thread(stack.close))
                    with pytest.raises(httpx.RemoteProtocolError):
                        await anext(parts)
                service.go_on.set()
                assert (await slow).status_code == 200
                await stopping
        with pytest.raises(ConnectionError):
            await raw(base, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
