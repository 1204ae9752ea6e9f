import json
from collections.abc import Callable

import httpx

from gateway.testing import Service, raw, wire
from kit.testing.tokens import TokenIssuer

Gateway = Callable[..., str]


def headers_of(service: Service) -> dict[str, str]:
    return dict(service.last["headers"])


class TestPassesOn:
    async def test_method_path_query_and_body_as_they_came(self, gateway: Gateway, service: Service, tokens: TokenIssuer) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            answer = await client.post(
                "/v1/complaints/%E0%A6%95?q=a%20b&q=%2F",
                content=b'{"text": "x"}',
                headers={"authorization": f"Bearer {tokens.token('agent')}", "idempotency-key": "k"},
            )
        assert answer.status_code == 200
        assert service.last["method"] == "POST"
        assert service.last["target"] == b"/v1/complaints/%E0%A6%95"
        assert service.last["query"] == b"q=a%20b&q=%2F"
        assert service.last["body"] == b'{"text": "x"}'
        assert headers_of(service)["idempotency-key"] == "k"

    async def test_answer_headers_twice_named_and_without_our_insides(self, gateway: Gateway) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            answer = await client.get("/")
        assert answer.headers.get_list("set-cookie") == ["one=1", "two=2"]
        assert "server" not in answer.headers
        assert "x-probashi-inner" not in answer.headers
        assert "keep-alive" not in answer.headers
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers.get_list("date")[1:] == []

    async def test_no_cache_keeps_what_nobody_said_it_may_keep(self, gateway: Gateway, tokens: TokenIssuer) -> None:
        kept = b"HTTP/1.1 200 OK\r\nCache-Control: public, max-age=60\r\nContent-Length: 0\r\n\r\n"
        async with wire(kept) as url, httpx.AsyncClient(timeout=240, base_url=gateway({"portal": url})) as client:
            personal = await client.get("/v1/complaints", headers={"authorization": f"Bearer {tokens.token('agent')}"})
            said = await client.get("/assets/a.css")
        assert personal.headers.get_list("cache-control") == ["no-store"]
        assert said.headers.get_list("cache-control") == ["public, max-age=60"]

    async def test_over_tls_a_browser_comes_back_over_tls_only(self, gateway: Gateway) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway(public_url="https://probashi.test")) as client:
            assert (await client.get("/")).headers["strict-transport-security"] == "max-age=31536000"
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            assert "strict-transport-security" not in (await client.get("/")).headers

    async def test_head_is_get_without_its_body(self, gateway: Gateway, service: Service) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            answer = await client.head("/")
            assert answer.status_code == 200
            assert answer.headers["content-length"] == "13"
            assert answer.content == b""
            assert (await client.get("/")).status_code == 200
        assert service.seen[0]["method"] == "GET"

    async def test_a_redirect_is_the_callers_to_follow(self, gateway: Gateway) -> None:
        redirect = b"HTTP/1.1 303 See Other\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
        async with wire(redirect) as url, httpx.AsyncClient(timeout=240, base_url=gateway({"portal": url})) as client:
            answer = await client.get("/")
        assert (answer.status_code, answer.headers["location"]) == (303, "/elsewhere")

    async def test_a_large_answer_whole(self, gateway: Gateway) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            answer = await client.get("/large")
        assert answer.content == b"x" * 64 * 65_536

    async def test_a_compressed_answer_is_not_touched(self, gateway: Gateway, service: Service) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            await client.get("/", headers={"accept-encoding": "br;q=1"})
        assert headers_of(service)["accept-encoding"] == "br;q=1"

    async def test_what_the_client_did_not_send_is_not_invented(self, gateway: Gateway, service: Service) -> None:
        await raw(gateway(), b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert set(headers_of(service)) == {"host", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}

    async def test_expect_100_continue_is_answered_here(self, gateway: Gateway, service: Service) -> None:
        head = b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"
        got = await raw(gateway(), head + b"ok")
        assert got.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")
        assert service.last["body"] == b"ok"
        assert "expect" not in headers_of(service)

    async def test_a_chunked_body_arrives_with_its_length(self, gateway: Gateway, service: Service) -> None:
        async def parts() -> object:
            for _ in range(3):
                yield b"abc"

        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            await client.post("/", content=parts())  # type: ignore[arg-type]  # an async iterator of bytes
        assert service.last["body"] == b"abcabcabc"
        assert headers_of(service)["content-length"] == "9"
        assert "transfer-encoding" not in headers_of(service)

    async def test_the_provider_gets_credentials_and_cookies(self, gateway: Gateway, service: Service) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            await client.post(
                "/auth/realms/probashi/protocol/openid-connect/token", headers={"authorization": "Basic eA==", "cookie": "a=1"}
            )
        assert headers_of(service)["authorization"] == "Basic eA=="
        assert headers_of(service)["cookie"] == "a=1"

    async def test_a_page_gets_its_cookie_and_no_token(self, gateway: Gateway, service: Service) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            await client.get("/complaints/new", headers={"authorization": "Bearer x", "cookie": "session=1"})
        assert headers_of(service)["cookie"] == "session=1"
        assert "authorization" not in headers_of(service)

    async def test_the_api_gets_its_token_and_no_cookie(self, gateway: Gateway, service: Service, tokens: TokenIssuer) -> None:
        token = f"Bearer {tokens.token('agent')}"
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            await client.get("/v1/complaints", headers={"authorization": token, "cookie": "session=1"})
        assert headers_of(service)["authorization"] == token
        assert "cookie" not in headers_of(service)


class TestWhatAClientMayNotSay:
    async def test_forwarding_and_inner_headers_are_our_own(self, gateway: Gateway, service: Service) -> None:
        claims = {
            "x-forwarded-for": "10.9.9.9",
            "x-forwarded-host": "evil.test",
            "x-forwarded-prefix": "/evil",
            "forwarded": "for=10.9.9.9",
            "x-real-ip": "10.9.9.9",
            "x-probashi-user": "admin",
            "x-http-method-override": "DELETE",
            "x-original-url": "/v1/complaints",
            "te": "trailers",
            "connection": "x-secret, close",
            "x-secret": "1",
        }
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            await client.get("/", headers=claims)
        got = headers_of(service)
        assert not [value for _, value in service.last["headers"] if "evil" in value or "10.9.9.9" in value]
        assert got["x-forwarded-for"] == "127.0.0.1"
        assert got["x-forwarded-host"] == got["host"] == "probashi.test"
        assert got["x-forwarded-proto"] == "http"
        assert not {"forwarded", "x-real-ip", "x-probashi-user", "x-http-method-override", "x-original-url", "te", "x-secret"} & set(got)

    async def test_a_load_balancer_of_ours_may_name_the_client(self, gateway: Gateway, service: Service) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway(trusted_proxies=["127.0.0.0/8", "10.0.0.0/8"])) as client:
            await client.get("/", headers={"x-forwarded-for": "198.51.100.1, 203.0.113.7, 10.0.0.2"})
        assert headers_of(service)["x-forwarded-for"] == "203.0.113.7"

    async def test_a_strangers_trace_is_not_continued(self, gateway: Gateway, service: Service) -> None:
        stranger = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            await client.get("/", headers={"traceparent": stranger, "tracestate": "a=b", "baggage": "user=1"})
        got = headers_of(service)
        assert "0af7651916cd43dd8448eb211c80319c" not in got.get("traceparent", "")
        assert not {"tracestate", "baggage"} & set(got)


class TestNobodyBehindTheTable:
    async def test_an_unknown_api_path_is_a_problem_and_no_page(self, gateway: Gateway, service: Service) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            for path in ("/v1", "/v1/unknown", "/v1/complaintsx", "/v1/nationalsx", "/auth/admin/master", "/auth/realms/master/x"):
                answer = await client.get(path)
                assert (path, answer.status_code) == (path, 404)
                assert answer.headers["content-type"] == "application/problem+json"
        assert service.seen == []

    async def test_in_bangla_for_who_reads_bangla(self, gateway: Gateway) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            answer = await client.get("/v1/unknown", headers={"accept-language": "bn-BD,bn;q=0.9,en;q=0.5"})
        assert json.loads(answer.content)["title"] == "এখানে কিছু পাওয়া যায়নি।"
        assert answer.headers["content-language"] == "bn"
