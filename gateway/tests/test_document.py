from typing import Any

from gateway.document import Operations, merge


def document(path: str, schemas: dict[str, Any] | None = None, **operation: object) -> dict[str, Any]:
    return {"paths": {path: {"get": {"operationId": "list", **operation}}}, "components": {"schemas": schemas or {}}}


def merged(**documents: dict[str, Any]) -> dict[str, Any]:
    return merge(documents, "http://probashi.test", "http://probashi.test/auth/realms/probashi")


class TestMerge:
    def test_a_path_that_leads_elsewhere_is_left_out(self) -> None:
        one = merged(complaints=document("/v1/agencies"), agencies=document("/livez"))
        assert one["paths"] == {}

    def test_same_name_other_meaning_is_renamed_where_it_is_used(self) -> None:
        uses = {"responses": {"200": {"$ref": "#/components/schemas/Page"}}}
        one = merged(
            complaints=document("/v1/complaints", {"Page": {"$ref": "#/components/schemas/Item"}, "Item": {"type": "string"}}, **uses),
            agencies=document("/v1/agencies", {"Page": {"$ref": "#/components/schemas/Item"}, "Item": {"type": "integer"}}, **uses),
        )
        assert set(one["components"]["schemas"]) == {"complaints.Page", "complaints.Item", "agencies.Page", "agencies.Item"}
        assert one["components"]["schemas"]["agencies.Page"] == {"$ref": "#/components/schemas/agencies.Item"}
        assert one["paths"]["/v1/agencies"]["get"]["responses"]["200"]["$ref"] == "#/components/schemas/agencies.Page"

    def test_same_name_same_meaning_is_one(self) -> None:
        problem = {"Problem": {"type": "object"}}
        one = merged(complaints=document("/v1/complaints", problem), agencies=document("/v1/agencies", problem))
        assert set(one["components"]["schemas"]) == {"Problem"}

    def test_a_property_called_like_a_reference_is_no_reference(self) -> None:
        schema = {"Odd": {"type": "object", "properties": {"$ref": {"type": "string"}}}}
        one = merged(complaints=document("/v1/complaints", schema))
        assert one["components"]["schemas"]["Odd"] == schema["Odd"]

    def test_operations_are_named_and_grouped_by_service(self) -> None:
        one = merged(complaints=document("/v1/complaints"), agencies=document("/v1/agencies", security=[]))
        assert one["paths"]["/v1/complaints"]["get"] == {"operationId": "complaints.list", "tags": ["complaints"]}
        assert one["paths"]["/v1/agencies"]["get"]["security"] == []
        assert one["components"]["securitySchemes"]["probashi"]["openIdConnectUrl"].endswith("/.well-known/openid-configuration")


def is_open(operations: Operations, method: str, path: str) -> bool:
    found = operations.find(method, path)
    return found is not None and found.is_open


class TestOperations:
    def test_closed_by_silence(self) -> None:
        operations = Operations(document("/v1/complaints"))
        assert not is_open(operations, "GET", "/v1/complaints")

    def test_only_an_empty_list_opens(self) -> None:
        assert is_open(Operations(document("/a", security=[])), "GET", "/a")
        assert not is_open(Operations(document("/a", security=[{"oidc": []}])), "GET", "/a")
        assert not is_open(Operations(document("/a", security=None)), "GET", "/a")

    def test_a_named_step_wins_over_a_parameter_and_a_dead_end_is_left(self) -> None:
        paths = {"/a/{id}": {"get": {"security": []}}, "/a/b": {"get": {}}, "/{x}/b/c": {"get": {"security": []}}}
        operations = Operations({"paths": paths})
        assert is_open(operations, "GET", "/a/1")
        assert not is_open(operations, "GET", "/a/b")
        assert is_open(operations, "GET", "/a/b/c")
        assert not is_open(operations, "GET", "/a/b/c/d")

    def test_a_head_is_judged_as_a_get(self) -> None:
        assert is_open(Operations(document("/a", security=[])), "HEAD", "/a")

    def test_one_that_will_go_says_since_when_and_until_when(self) -> None:
        days: dict[str, Any] = {"x-deprecated-since": "2026-11-01", "x-sunset": "2027-05-01"}
        operations = Operations(document("/a", deprecated=True, **days))
        found = operations.find("GET", "/a")
        assert found is not None
        assert dict(found.parting) == {
            b"deprecation": b"@1793491200",
            b"sunset": b"Sat, 01 May 2027 00:00:00 GMT",
            b"link": b'</developers/changes>; rel="deprecation"',
        }

    def test_one_that_stays_says_nothing(self) -> None:
        found = Operations(document("/a")).find("GET", "/a")
        assert found is not None
        assert found.parting == ()
