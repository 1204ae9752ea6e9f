"""Writes down what crosses the services' walls, from their code: `python -m runner.contracts [--check]`.

It stands here and not in `contracts/`, because it has to import every service.
"""

import argparse
import inspect
import json
import pkgutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Final

import yaml
from fastapi import FastAPI
from pydantic.json_schema import GenerateJsonSchema

import kit
from contracts import examples
from contracts.events import CloudEvent, Event, event_types, stream_of
from gateway.document import METHODS
from gateway.routes import TABLE, Credentials
from kit.bus import Declaration
from kit.errors import PROBLEM_PREFIX, ProblemError
from kit.settings import Settings
from runner.place import PROJECT, SERVICES
from runner.topology import declarations

FOLDER: Final = PROJECT / "contracts"
PUBLIC_URL: Final = "http://127.0.0.1:8000"
PROBLEM: Final[Mapping[str, Any]] = {
    "title": "Problem",
    "description": "RFC 9457. `type` is stable, and the answer's `Link` (rel=help) leads to what is said of it at /developers/problems; "
    "`title` and `detail` follow Accept-Language (en, bn).",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:probashi:problem:invalid"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
_PROBLEM_ANSWER: Final[Mapping[str, Any]] = {
    "description": "A problem",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_FRAMEWORKS_OWN: Final = frozenset({"HTTPValidationError", "ValidationError"})


def api_services() -> list[str]:
    """Those whose paths the gateway's table opens to tokens."""
    behind = {row.service for row in TABLE if row.credentials is Credentials.TOKEN}
    return [name for name in SERVICES if name in behind]


def openapi(service: str) -> dict[str, Any]:
    """Raises `ValueError` for an operation that does not say who may call it."""
    settings = Settings(service=service, port=0, public_url=PUBLIC_URL, jwks_url=f"{PUBLIC_URL}/certs", otlp_endpoint=None)
    app: FastAPI = import_module(f"services.{service}.main").create_app(settings)
    return described(app.openapi())


@cache
def api_examples() -> Mapping[str, Any]:
    """By method and path: what programs of partners call, with invented data."""
    found: dict[str, Any] = json.loads((FOLDER / "api_examples.json").read_text(encoding="utf-8"))
    return found


def described(document: dict[str, Any]) -> dict[str, Any]:
    """The framework's document with our problems in place of its own errors, and never silent on access."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in _FRAMEWORKS_OWN:
        schemas.pop(name, None)
    schemas["Problem"] = PROBLEM
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                _describe(f"{method.upper()} {path}", item[method])
                if (example := api_examples().get(f"{method.upper()} {path}")) is not None:
                    exemplify(item[method], example)
    return document


def _describe(name: str, operation: dict[str, Any]) -> None:
    if "security" not in operation:
        raise ValueError(f"{name} does not say in its OpenAPI who may call it")
    ours = {status: answer for status, answer in operation["responses"].items() if not _is_frameworks_own(answer)}
    operation["responses"] = ours | {"default": _PROBLEM_ANSWER}


def exemplify(operation: dict[str, Any], example: Mapping[str, Any]) -> None:
    """Words and an example for an operation that programs of partners call. What the code says of it stays, below."""
    operation["summary"] = example["summary"]
    operation["description"] = "\n\n".join(one for one in (example["description"], operation.get("description")) if one)
    if "request" in example:
        operation["requestBody"]["content"]["application/json"]["example"] = example["request"]
    good = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
    good["content"]["application/json"]["example"] = example["response"]


def _is_frameworks_own(answer: Mapping[str, Any]) -> bool:
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return str(schema.get("$ref", "")).rpartition("/")[2] in _FRAMEWORKS_OWN


def events() -> list[type[Event]]:
    """The suite's own, in order; a test may have declared others in this process."""
    return [event for _, event in sorted(event_types().items()) if event.__module__.startswith("contracts.")]


def schema(event: type[Event]) -> dict[str, Any]:
    return {"$schema": GenerateJsonSchema.schema_dialect, "$id": f"urn:probashi:schema:{event.type}"} | event.model_json_schema()


def asyncapi(declared: Iterable[Declaration]) -> dict[str, Any]:
    """AsyncAPI 3.0: a channel for each stream, its owner sends, each durable consumer receives."""
    facts = events()
    owners = sorted({event.owner() for event in facts})
    operations: dict[str, Any] = {f"{owner}.send": _sends(owner, facts) for owner in owners}
    for one in declared:
        for subscription in one.subscriptions:
            operations[f"{subscription.durable}.receive"] = _receives(one.service, subscription.durable, subscription.events)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Probashi events", "version": "1", "description": inspect.getdoc(CloudEvent)},
        "defaultContentType": "application/cloudevents+json",
        "channels": {owner: _channel(owner, facts) for owner in owners},
        "operations": dict(sorted(operations.items())),
        "components": {
            "schemas": {"CloudEvent": CloudEvent.model_json_schema()},
            "messages": {event.type: _message(event) for event in facts},
        },
    }


def _channel(owner: str, facts: Iterable[type[Event]]) -> dict[str, Any]:
    return {
        "address": f"{owner}.>",
        "description": f"JetStream stream {stream_of(owner)}. Only {owner} publishes; a subject is an event's type without `bd.probashi.`.",
        "messages": {event.type: {"$ref": f"#/components/messages/{event.type}"} for event in facts if event.owner() == owner},
    }


def _message(event: type[Event]) -> dict[str, Any]:
    """The record's order is in `sequence`; `Nats-Msg-Id` is the envelope's `id`, so that a second sending is dropped."""
    return {
        "name": event.type,
        "title": event.__name__,
        "summary": (event.__doc__ or "").strip().partition("\n")[0],
        "contentType": "application/cloudevents+json",
        **({"examples": [{"payload": examples.envelope(event.type)}]} if event.type in examples.EXAMPLES else {}),
        "x-nats-subject": event.nats_subject(),
        "headers": {
            "type": "object",
            "required": ["Nats-Msg-Id"],
            "properties": {"Nats-Msg-Id": {"type": "string", "format": "uuid"}, "traceparent": {"type": "string"}},
        },
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/CloudEvent"},
                {
                    "type": "object",
                    "properties": {"type": {"const": event.type}, "data": {"$ref": f"./schemas/{event.type}.json"}},
                },
            ]
        },
    }


def _messages(owner: str, facts: Iterable[type[Event]]) -> list[dict[str, str]]:
    return [{"$ref": f"#/channels/{owner}/messages/{event.type}"} for event in facts if event.owner() == owner]


def _sends(owner: str, facts: Iterable[type[Event]]) -> dict[str, Any]:
    return {"action": "send", "x-service": owner, "channel": {"$ref": f"#/channels/{owner}"}, "messages": _messages(owner, facts)}


def _receives(service: str, durable: str, heard: tuple[type[Event], ...]) -> dict[str, Any]:
    owner = heard[0].owner()
    return {
        "action": "receive",
        "x-service": service,
        "x-nats-durable": durable,
        "channel": {"$ref": f"#/channels/{owner}"},
        "messages": _messages(owner, sorted(heard, key=lambda event: event.type)),
    }


def problems() -> dict[str, Any]:
    """Each kind of problem that the API answers with, by its slug: a stable type, whoever gives it."""
    for module in ("gateway.problems", *(f"services.{name}.main" for name in api_services()), *_modules_of_kit()):
        import_module(module)
    found: dict[str, dict[str, Any]] = {}
    for kind in sorted(_descendants(ProblemError), key=lambda one: (one.slug, one.__module__, one.__qualname__)):
        origin = _origin(kind.__module__)
        if origin is None:
            continue
        words = {"en": kind.title.en, "bn": kind.title.bn}
        known = found.setdefault(kind.slug, {"type": PROBLEM_PREFIX + kind.slug, "status": [], "titles": [], "from": []})
        for name, value in (("status", kind.status), ("titles", words), ("from", origin)):
            if value not in known[name]:
                known[name].append(value)
    return found


def _origin(module: str) -> str | None:
    """`gateway`, a service, or `every` for what all of them answer; None for the portal's own pages, the runner and tests."""
    top, _, rest = module.partition(".")
    service = rest.partition(".")[0]
    if top == "services":
        return service if service in api_services() and ".tests" not in module else None
    return {"kit": "every", "gateway": "gateway"}.get(top) if "test" not in module else None


def _modules_of_kit() -> Iterator[str]:
    return (one.name for one in pkgutil.iter_modules(kit.__path__, "kit.") if not one.ispkg)


def _descendants(kind: type[ProblemError]) -> set[type[ProblemError]]:
    return {kind}.union(*(_descendants(one) for one in kind.__subclasses__()))


def generated() -> dict[str, str]:
    """Every document by its path below `contracts/`."""
    files = {f"openapi/{service}.json": _json(openapi(service)) for service in api_services()}
    files["problems.json"] = _json(problems())
    files |= {f"schemas/{event.type}.json": _json(schema(event)) for event in events()}
    return files | {"asyncapi.yaml": yaml.safe_dump(asyncapi(declarations()), allow_unicode=True, sort_keys=False, width=140)}


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def committed() -> dict[str, str]:
    paths = [*FOLDER.glob("openapi/*.json"), *FOLDER.glob("problems.json"), *FOLDER.glob("schemas/*.json"), *FOLDER.glob("asyncapi.yaml")]
    return {path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def drift() -> list[str]:
    """One sentence for each document that is not what the code says."""
    now, then = generated(), committed()
    return [
        *(f"{name} is not what the code says" for name in sorted(now.keys() & then.keys()) if now[name] != then[name]),
        *(f"{name} is missing" for name in sorted(now.keys() - then.keys())),
        *(f"{name} describes what is no longer there" for name in sorted(then.keys() - now.keys())),
    ]


def write() -> None:
    now = generated()
    for name in committed().keys() - now.keys():
        (FOLDER / name).unlink()
    for name, text in now.items():
        path = FOLDER / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m runner.contracts", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a document differs from the code")
    if parser.parse_args().check:
        differences = drift()
        sys.stderr.writelines(f"{line}\n" for line in differences)
        return 1 if differences else 0
    write()
    return 0


if __name__ == "__main__":
    sys.exit(main())
