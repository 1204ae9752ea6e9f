"""What the pages for developers say, as dated data; and the documents of `contracts/` that they are made from. Read once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

import yaml
from pydantic import Field, TypeAdapter, model_validator

import contracts
from contracts.text import Bilingual
from kit.dated import Dated

CONTRACTS: Final = Path(contracts.__file__).parent
_DATA: Final = Path(__file__).parent / "data"
_SafeLoader: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # a hundred kilobytes: that in Python takes a second


class Step(Dated):
    """Of the quick start. `commands`: for bash, run by a test as they stand."""

    title: Bilingual
    words: Bilingual
    commands: str = Field(min_length=1)


class Change(Dated):
    day: date
    kind: Literal["added", "changed", "deprecated", "removed"]
    words: Bilingual
    sunset: date | None = None

    @model_validator(mode="after")
    def _only_what_ends_has_an_end(self) -> Self:
        if (self.sunset is not None) != (self.kind == "deprecated"):
            raise ValueError("what is deprecated names the day on which it ends, and nothing else does")
        return self


class Rules(Dated):
    title: Bilingual
    rules: Annotated[tuple[Bilingual, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Fact:
    """An event as a program is told it: its example, and the form of each field."""

    example: str
    forms: Mapping[str, str]


def _read(name: str) -> Any:
    return yaml.safe_load((_DATA / name).read_text("utf-8"))


QUICK_START: Final = TypeAdapter(tuple[Step, ...]).validate_python(_read("quick-start.yaml"))
CHANGES: Final = TypeAdapter(tuple[Change, ...]).validate_python(_read("changes.yaml"))
VERSIONS: Final = TypeAdapter(tuple[Rules, ...]).validate_python(_read("versions.yaml"))


@cache
def problems() -> Mapping[str, Any]:
    """By slug, as `contracts/problems.json` has them."""
    found: dict[str, Any] = json.loads((CONTRACTS / "problems.json").read_text("utf-8"))
    return found


@cache
def asyncapi() -> Mapping[str, Any]:
    found: dict[str, Any] = yaml.load((CONTRACTS / "asyncapi.yaml").read_text("utf-8"), _SafeLoader)  # noqa: S506 - the safe one, in C
    return found


@cache
def fact(event: str) -> Fact | None:
    """None for what has no example: partners are not told of it."""
    message = asyncapi()["components"]["messages"].get(event, {})
    if "examples" not in message:
        return None
    schema = json.loads((CONTRACTS / "schemas" / f"{event}.json").read_text("utf-8"))
    example = json.dumps(message["examples"][0]["payload"], ensure_ascii=False, indent=2)
    return Fact(example, {name: form_of(shape) for name, shape in schema["properties"].items()})


def form_of(shape: Mapping[str, Any]) -> str:
    """In the words of JSON Schema: `string (date-time)`, `array of string (uuid)`, `string or null`."""
    if "anyOf" in shape:
        return " or ".join(form_of(one) for one in shape["anyOf"])
    kind = str(shape.get("type", "any"))
    if kind == "array":
        return f"array of {form_of(shape.get('items', {}))}"
    return f"{kind} ({shape['format']})" if "format" in shape else kind


def schema_of(event: str) -> str | None:
    """The committed JSON Schema of what partners are told; None for anything else."""
    if fact(event) is None:
        return None
    return (CONTRACTS / "schemas" / f"{event}.json").read_text("utf-8")


def groups_of(problems: Mapping[str, Any]) -> Sequence[tuple[int, list[tuple[str, Any]]]]:
    """By status, each under the lowest that it is answered with."""
    found: dict[int, list[tuple[str, Any]]] = {}
    for slug, one in problems.items():
        found.setdefault(min(one["status"]), []).append((slug, one))
    return sorted(found.items())
