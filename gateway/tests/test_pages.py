import json
from collections.abc import Callable
from pathlib import Path

import httpx

from gateway.testing import Service, free_port, running_gateway
from kit.testing.tokens import TokenIssuer

Gateway = Callable[..., str]


class TestReadiness:
    async def test_alive_says_nothing_of_others(self, gateway: Gateway) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway({"portal": f"http://127.0.0.1:{free_port()}"})) as client:
            assert (await client.get("/livez")).status_code == 204

    async def test_ready_when_all_are(self, gateway: Gateway) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            answer = await client.get("/readyz")
        assert answer.status_code == 200
        assert answer.json()["ready"] is True
        assert set(answer.json()["services"]) == {
            "identity",
            "complaints",
            "agencies",
            "reintegration",
            "crisis",
            "registry",
            "monitor",
            "partners",
            "portal",
        }

    async def test_names_the_one_that_is_not(self, gateway: Gateway) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway({"crisis": f"http://127.0.0.1:{free_port()}"})) as client:
            answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert [name for name, word in answer.json()["services"].items() if word != "ready"] == ["crisis"]

    async def test_a_service_that_says_no(self, gateway: Gateway, service: Service) -> None:
        service.is_ready = False
        async with httpx.AsyncClient(timeout=240, base_url=gateway(max_clients=1)) as client:
            answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["services"]["identity"] == "ready"

    async def test_no_provider(self, gateway: Gateway) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway(jwks_url=f"http://127.0.0.1:{free_port()}/certs")) as client:
            answer = await client.get("/readyz")
            refused = await client.get("/v1/complaints", headers={"authorization": "Bearer x.y.z"})
        assert answer.json()["services"]["identity"] == "not ready"
        assert refused.status_code in {401, 503}


class TestDocument:
    async def test_is_merged_and_remembered_by_its_tag(self, gateway: Gateway) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            answer = await client.get("/openapi.json")
            again = await client.get("/openapi.json", headers={"if-none-match": answer.headers["etag"]})
        document = answer.json()
        assert document["servers"] == [{"url": "http://probashi.test"}]
        assert set(document["paths"]) == {
            "/v1/complaints",
            "/v1/framework/activities",
            "/v1/framework/activities/{number}",
            "/v1/framework/activities/rebuild",
        }
        assert again.status_code == 304
        assert again.content == b""

    async def test_takes_no_other_method(self, gateway: Gateway) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            answer = await client.post("/openapi.json")
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD"

    async def test_starts_without_any_document(self, tokens: TokenIssuer, tmp_path: Path) -> None:
        with running_gateway(tokens, {}, tmp_path / "absent") as url:
            async with httpx.AsyncClient(timeout=240, base_url=url) as client:
                assert (await client.get("/openapi.json")).json()["paths"] == {}
                assert "No service has published" in (await client.get("/docs")).text


class TestDocs:
    async def test_reads_without_javascript_in_both_languages(self, gateway: Gateway) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway()) as client:
            answer = await client.get("/docs")
        assert "Probashi API" in answer.text
        assert "প্রবাসী এপিআই" in answer.text
        assert "<code>GET /v1/framework/activities</code> All activities" in answer.text

    async def test_loads_nothing_from_another_host(self, gateway: Gateway, tmp_path: Path) -> None:
        (tmp_path / "swagger-ui-dist").mkdir()
        (tmp_path / "swagger-ui-dist" / "swagger-ui-bundle.js").write_text("window.SwaggerUIBundle = () => 0")
        (tmp_path / "swagger-ui-dist" / "swagger-ui.css").write_text("body {}")
        async with httpx.AsyncClient(timeout=240, base_url=gateway(packages=tmp_path)) as client:
            page = await client.get("/docs")
            assert "://" not in page.text
            assert "default-src 'none'" in page.headers["content-security-policy"]
            for path in ("/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css", "/docs/start.js"):
                assert path in page.text
                assert (await client.get(path)).status_code == 200

    async def test_without_the_files_the_list_stays(self, gateway: Gateway, tmp_path: Path) -> None:
        async with httpx.AsyncClient(timeout=240, base_url=gateway(packages=tmp_path)) as client:
            assert (await client.get("/docs")).status_code == 200
            missing = await client.get("/docs/swagger-ui-bundle.js")
        assert missing.status_code == 404
        assert json.loads(missing.content)["type"] == "urn:probashi:problem:not-found"
