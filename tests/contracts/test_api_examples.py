"""Whatever a program of a partner may call says what it does, with an example that is what its schema says; a missing one is found here."""

import json
from collections.abc import Iterator
from typing import Any, Final

import jsonschema
import pytest

from contracts.examples import EXAMPLES
from runner.contracts import FOLDER, api_examples, exemplify
from services.partners.views import lists

ROLE: Final = "partner"


def documents() -> dict[str, Any]:
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((FOLDER / "openapi").glob("*.json"))}


def operations() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for document in documents().values():
        for path, item in document["paths"].items():
            for method, operation in item.items():
                if ROLE in operation.get("x-roles", []):
                    yield f"{method.upper()} {path}", operation, document


def faults(operation: dict[str, Any], document: dict[str, Any]) -> list[str]:
    """What is missing, or is not what its schema says."""
    found = [name for name in ("summary", "description") if not operation.get(name)]
    answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    bodies = {"response": answers[0]} | ({"request": operation["requestBody"]} if "requestBody" in operation else {})
    for name, body in bodies.items():
        content = body["content"]["application/json"]
        if "example" not in content:
            found.append(f"no {name}")
            continue
        schema = {**content["schema"], "components": document["components"]}
        validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
        found += [f"{name} {error.json_path}: {error.message}" for error in validator.iter_errors(content["example"])]
    return found


@pytest.mark.parametrize("name", sorted(name for name, _, _ in operations()))
def test_an_operation_of_programs_is_explained_by_an_example(name: str) -> None:
    ((operation, document),) = [(operation, document) for one, operation, document in operations() if one == name]
    assert faults(operation, document) == []


def test_no_example_is_of_what_programs_cannot_call() -> None:
    assert set(api_examples()) == {name for name, _, _ in operations()}


def test_every_event_that_partners_are_told_has_an_example() -> None:
    known = lists()
    assert set(EXAMPLES) == {*known.withdrawal.events, *(event for one in known.purposes for event in one.events)}


class TestTheseChecksCanFail:
    def test_an_operation_without_words_or_example(self) -> None:
        bare = {"responses": {"200": {"content": {"application/json": {"schema": {"type": "string"}}}}}}
        assert faults(bare, {"components": {}}) == ["summary", "description", "no response"]

    def test_an_example_of_another_form(self) -> None:
        operation = {"responses": {"200": {"content": {"application/json": {"schema": {"type": "string"}}}}}}
        exemplify(operation, {"summary": "x", "description": "y", "response": 1})
        assert faults(operation, {"components": {}}) == ["response $: 1 is not of type 'string'"]
