from typing import Any

from gateway.document import OpenOperations, merge


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


class TestOpenOperations:
    def test_closed_by_silence(self) -> None:
        operations = OpenOperations(document("/v1/complaints"))
        assert not operations.allows("GET", "/v1/complaints")

    def test_only_an_empty_list_opens(self) -> None:
        assert OpenOperations(document("/a", security=[])).allows("GET", "/a")
        assert not OpenOperations(document("/a", security=[{"oidc": []}])).allows("GET", "/a")
        assert not OpenOperations(document("/a", security=None)).allows("GET", "/a")

    def test_a_named_step_wins_over_a_parameter_and_a_dead_end_is_left(self) -> None:
        paths = {"/a/{id}": {"get": {"security": []}}, "/a/b": {"get": {}}, "/{x}/b/c": {"get": {"security": []}}}
        operations = OpenOperations({"paths": paths})
        assert operations.allows("GET", "/a/1")
        assert not operations.allows("GET", "/a/b")
        assert operations.allows("GET", "/a/b/c")
        assert not operations.allows("GET", "/a/b/c/d")
