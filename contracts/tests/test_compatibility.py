from copy import deepcopy
from typing import Any

import pytest

from contracts.compatibility import breaking

Json = dict[str, Any]

COMPLAINT: Json = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "maxLength": 100, "minLength": 1},
        "channel": {"$ref": "#/components/schemas/Channel"},
        "country": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "amounts": {"type": "array", "items": {"type": "object", "properties": {"minor": {"type": "number"}}}},
    },
    "required": ["text"],
}
RECEIPT: Json = {
    "type": "object",
    "properties": {
        "reference": {"type": "string"},
        "lodged_at": {"type": "string", "format": "date-time"},
        "channel": {"$ref": "#/components/schemas/Channel"},
        "items": {"type": "array", "items": {"$ref": "#/components/schemas/Receipt"}},
        "closed_at": {"type": "string"},
    },
    "required": ["reference", "lodged_at"],
}
API: Json = {
    "openapi": "3.1.0",
    "paths": {
        "/v1/complaints": {
            "post": {
                "parameters": [{"name": "limit", "in": "query", "required": False, "schema": {"type": "integer", "maximum": 200}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Complaint"}}}},
                "responses": {
                    "201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Receipt"}}}},
                    "default": {"content": {"application/problem+json": {"schema": {}}}},
                },
            },
            "get": {"security": [], "responses": {"200": {}}},
        },
    },
    "components": {"schemas": {"Complaint": COMPLAINT, "Receipt": RECEIPT, "Channel": {"type": "string", "enum": ["phone", "web"]}}},
}
EVENT: Json = {
    "type": "object",
    "properties": {
        "channel": {"type": "string"},
        "district": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "status": {"enum": ["open", "closed"], "type": "string"},
        "lodged_at": {"type": "string", "format": "date-time"},
    },
    "required": ["channel", "district", "status"],
}


def changed(document: Json, path: str, value: object) -> Json:
    """A copy with the value at a dotted path set, or with the key removed where the value is None. `~` stands for a dot or slash-path."""
    copy = deepcopy(document)
    *steps, last = path.split(" ")
    target: Any = copy
    for step in steps:
        target = target[int(step)] if isinstance(target, list) else target[step]
    if value is None:
        del target[last]
    else:
        target[last] = value
    return copy


POST = "paths /v1/complaints post"
SENT = "components schemas Complaint"
READ = "components schemas Receipt"


class TestApi:
    def test_the_same_breaks_nobody(self) -> None:
        assert breaking(API, deepcopy(API)) == []

    @pytest.mark.parametrize(
        ("path", "value", "sentence"),
        [
            ("paths /v1/complaints", None, "POST /v1/complaints is gone"),
            ("paths /v1/complaints get", None, "GET /v1/complaints is gone"),
            ("paths /v1/complaints get security", [{"oidc": []}], "GET /v1/complaints was open to anybody and asks for a token now"),
            ("paths /v1/complaints get security", None, "GET /v1/complaints was open to anybody and asks for a token now"),
            (f"{POST} parameters", [], "POST /v1/complaints: query parameter limit is gone"),
            (f"{POST} parameters 0 required", True, "POST /v1/complaints: query parameter limit is newly required"),
            (f"{POST} parameters 0 schema maximum", 100, "POST /v1/complaints: query parameter limit: maximum is narrower"),
            (f"{POST} parameters 0 schema type", "string", "POST /v1/complaints: query parameter limit is no longer taken as integer"),
            (f"{POST} requestBody required", True, "POST /v1/complaints: a body is newly required"),
            (f"{POST} requestBody content application/json", None, "POST /v1/complaints body: application/json is gone"),
            (f"{POST} requestBody", None, "POST /v1/complaints body: application/json is gone"),
            (f"{POST} responses 201", None, "POST /v1/complaints no longer answers 201"),
            (f"{POST} responses 201 content application/json", None, "POST /v1/complaints 201: application/json is gone"),
            (f"{SENT} required", ["text", "channel"], "POST /v1/complaints body.channel is newly required"),
            (f"{SENT} properties text maxLength", 50, "POST /v1/complaints body.text: maxLength is narrower"),
            (f"{SENT} properties text minLength", 5, "POST /v1/complaints body.text: minLength is narrower"),
            (f"{SENT} properties text pattern", "^a", "POST /v1/complaints body.text asks for another pattern"),
            (f"{SENT} properties country", {"type": "string"}, "POST /v1/complaints body.country is no longer taken as null"),
            (
                f"{SENT} properties country",
                {"enum": ["LB"], "type": ["string", "null"]},
                "POST /v1/complaints body.country takes only some values now",
            ),
            (
                f"{SENT} properties amounts items properties minor type",
                "integer",
                "POST /v1/complaints body.amounts[].minor is no longer taken as number",
            ),
            ("components schemas Channel enum", ["phone"], "POST /v1/complaints body.channel no longer takes 'web'"),
            (f"{READ} properties reference", None, "POST /v1/complaints 201.reference is gone"),
            (f"{READ} properties closed_at", None, "POST /v1/complaints 201.closed_at is gone"),
            (f"{READ} properties reference type", "integer", "POST /v1/complaints 201.reference may now be integer"),
            (f"{READ} properties reference", {"type": ["string", "null"]}, "POST /v1/complaints 201.reference may now be null"),
            (f"{READ} properties lodged_at format", "date", "POST /v1/complaints 201.lodged_at changed its format"),
            (f"{READ} required", ["lodged_at"], "POST /v1/complaints 201.reference may be absent now"),
        ],
    )
    def test_this_breaks(self, path: str, value: object, sentence: str) -> None:
        assert sentence in breaking(API, changed(API, path, value))

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            ("paths /v1/agencies", {"get": {"responses": {}}}),
            (f"{POST} parameters 0 schema maximum", 500),
            (f"{POST} parameters 0 schema type", "number"),
            (f"{POST} security", []),
            (f"{SENT} properties more", {"type": "string"}),
            (f"{SENT} required", []),
            (f"{SENT} properties text maxLength", None),
            (f"{SENT} properties country", {}),
            (f"{READ} properties more", {"type": "string"}),
            (f"{READ} required", ["reference", "lodged_at", "channel"]),
            ("components schemas Channel enum", ["phone", "web", "udc"]),
            (f"{POST} responses 409", {}),
            (f"{POST} responses default", None),
        ],
    )
    def test_this_breaks_nobody(self, path: str, value: object) -> None:
        assert breaking(API, changed(API, path, value)) == []

    def test_an_answer_may_stop_using_a_word(self) -> None:
        assert breaking(API, changed(API, "components schemas Channel enum", ["phone"])) == [
            "POST /v1/complaints body.channel no longer takes 'web'"
        ]

    def test_a_field_that_a_strict_body_no_longer_knows(self) -> None:
        strict = changed(API, f"{SENT} additionalProperties", value=False)
        assert breaking(strict, strict) == []
        assert "POST /v1/complaints body.country is gone" in breaking(strict, changed(strict, f"{SENT} properties country", None))


class TestEvent:
    def test_the_same_breaks_nobody(self) -> None:
        assert breaking(EVENT, deepcopy(EVENT)) == []

    @pytest.mark.parametrize(
        ("path", "value", "sentence"),
        [
            ("properties channel", None, "data.channel is gone"),
            ("properties channel type", "integer", "data.channel may now be integer"),
            ("properties district", {"type": "integer"}, "data.district may now be integer"),
            ("properties status enum", ["open"], "data.status no longer takes 'closed'"),
            ("properties lodged_at format", "date", "data.lodged_at changed its format"),
            ("required", ["channel", "district"], "data.status may be absent now"),
            (
                "required",
                ["channel", "district", "status", "lodged_at"],
                "data.lodged_at is newly required: events that were sent before lack it",
            ),
        ],
    )
    def test_this_breaks(self, path: str, value: object, sentence: str) -> None:
        assert sentence in breaking(EVENT, changed(EVENT, path, value))

    @pytest.mark.parametrize(
        ("path", "value"), [("properties more", {"type": "string"}), ("properties status enum", ["open", "closed", "new"])]
    )
    def test_this_breaks_nobody(self, path: str, value: object) -> None:
        assert breaking(EVENT, changed(EVENT, path, value)) == []

    def test_definitions_are_followed(self) -> None:
        old = {"$defs": {"Sex": {"type": "string"}}, "type": "object", "properties": {"sex": {"$ref": "#/$defs/Sex"}}}
        new = changed(old, "$defs Sex type", "integer")
        assert breaking(old, new) == ["data.sex may now be integer"]
