"""Whether a new version of a contract still serves those who were built on the old one.

Who sends (a request) may send no less than before; who reads (an answer, an event) is told no less and nothing of another kind.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, Final

Schema = Mapping[str, Any]
Document = Mapping[str, Any]

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_CEILINGS: Final = ("maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties")
_FLOORS: Final = ("minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties")
_OPEN: Final = "anything"


class Side(Enum):
    """Sent by a caller built on the old version, read by one, or kept: an event of either version meets readers of both."""

    SENT = "sent"
    READ = "read"
    KEPT = "kept"


def breaking(old: Document, new: Document) -> list[str]:
    """One sentence for each thing that breaks a party built on `old`: an OpenAPI document, or the JSON Schema of an event's data."""
    return list(_api(old, new) if "paths" in old else _event(old, new))


def _event(old: Schema, new: Schema) -> Iterator[str]:
    """Events of both versions lie in one stream for a month."""
    yield from _Comparison(old, new, Side.KEPT).compare(old, new, "data")
    for name in sorted(_required(new) - _required(old)):
        yield f"data.{name} is newly required: events that were sent before lack it"


def _api(old: Document, new: Document) -> Iterator[str]:
    for path, item in old["paths"].items():
        for method in METHODS:
            if method not in item:
                continue
            name = f"{method.upper()} {path}"
            now = new["paths"].get(path, {}).get(method)
            if now is None:
                yield f"{name} is gone"
            else:
                yield from _operation(name, item[method], now, _Comparison(old, new, Side.SENT), _Comparison(old, new, Side.READ))


def _operation(name: str, old: Document, new: Document, sent: "_Comparison", read: "_Comparison") -> Iterator[str]:
    if old.get("security") == [] and new.get("security") != []:
        yield f"{name} was open to anybody and asks for a token now"
    yield from _parameters(name, old, new, sent)
    yield from _body(name, old.get("requestBody"), new.get("requestBody"), sent)
    for status, answer in old.get("responses", {}).items():
        if not status.startswith("2"):
            continue
        now = new.get("responses", {}).get(status)
        if now is None:
            yield f"{name} no longer answers {status}"
        else:
            yield from _content(f"{name} {status}", answer, now, read)


def _parameters(name: str, old: Document, new: Document, sent: "_Comparison") -> Iterator[str]:
    before, now = ({(one["in"], one["name"]): one for one in operation.get("parameters", ())} for operation in (old, new))
    for (place, key), parameter in now.items():
        was = before.get((place, key))
        if parameter.get("required") and not (was and was.get("required")):
            yield f"{name}: {place} parameter {key} is newly required"
    for (place, key), parameter in before.items():
        if (place, key) not in now:
            yield f"{name}: {place} parameter {key} is gone"
        else:
            yield from sent.compare(parameter.get("schema", {}), now[place, key].get("schema", {}), f"{name}: {place} parameter {key}")


def _body(name: str, old: Document | None, new: Document | None, sent: "_Comparison") -> Iterator[str]:
    if new is not None and new.get("required") and not (old and old.get("required")):
        yield f"{name}: a body is newly required"
    if old is not None:
        yield from _content(f"{name} body", old, new or {}, sent)


def _content(name: str, old: Document, new: Document, comparison: "_Comparison") -> Iterator[str]:
    for media_type, content in old.get("content", {}).items():
        now = new.get("content", {}).get(media_type)
        if now is None:
            yield f"{name}: {media_type} is gone"
        else:
            yield from comparison.compare(content.get("schema", {}), now.get("schema", {}), name)


class _Comparison:
    """Two documents and the side from which their schemas are compared. A schema that refers to itself is compared once."""

    def __init__(self, old: Document, new: Document, side: Side) -> None:
        self._old = old
        self._new = new
        self._side = side
        self._seen: set[tuple[str, str]] = set()

    def compare(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        pair = (str(old.get("$ref")), str(new.get("$ref")))
        if "$ref" in old and "$ref" in new:
            if pair in self._seen:
                return
            self._seen.add(pair)
        before, now = _alternatives(self._old, old), _alternatives(self._new, new)
        yield from self._kinds(before, now, where)
        for kind in before.keys() & now.keys():
            yield from self._values(before[kind], now[kind], where)
            yield from self._fields(before[kind], now[kind], where)
            if "items" in before[kind] and "items" in now[kind]:
                yield from self.compare(before[kind]["items"], now[kind]["items"], f"{where}[]")

    def _kinds(self, before: Mapping[str, Schema], now: Mapping[str, Schema], where: str) -> Iterator[str]:
        promised, found = (before, now) if self._side is Side.SENT else (now, before)
        if _OPEN in found:
            return
        missing = {kind for kind in promised if kind not in found and not (kind == "integer" and "number" in found)}
        if missing and self._side is Side.SENT:
            yield f"{where} is no longer taken as {_words(missing)}"
        elif missing:
            yield f"{where} may now be {_words(missing)}"

    def _values(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        if self._side is not Side.SENT and old.get("format") != new.get("format"):
            yield f"{where} changed its format"
        if self._side is not Side.READ:
            yield from self._narrowed_choices(_choices(old), _choices(new), where)
        if self._side is Side.SENT:
            yield from self._narrowed_bounds(old, new, where)

    def _narrowed_choices(self, before: set[str] | None, now: set[str] | None, where: str) -> Iterator[str]:
        if now is not None and (before is None or not before <= now):
            yield f"{where} no longer takes {_words(before - now)}" if before else f"{where} takes only some values now"

    def _narrowed_bounds(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        for bound in _CEILINGS:
            if bound in new and (bound not in old or new[bound] < old[bound]):
                yield f"{where}: {bound} is narrower"
        for bound in _FLOORS:
            if bound in new and new[bound] > old.get(bound, 0):
                yield f"{where}: {bound} is narrower"
        if "pattern" in new and new["pattern"] != old.get("pattern"):
            yield f"{where} asks for another pattern"

    def _fields(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        before, now = old.get("properties", {}), new.get("properties", {})
        for name in before:
            if name in now:
                yield from self.compare(before[name], now[name], f"{where}.{name}")
            elif self._side is not Side.SENT or new.get("additionalProperties") is False:
                yield f"{where}.{name} is gone"
        if self._side is Side.SENT:
            for name in sorted(_required(new) - _required(old)):
                yield f"{where}.{name} is newly required"
        else:
            for name in sorted((_required(old) - _required(new)) & now.keys()):
                yield f"{where}.{name} may be absent now"


def _required(schema: Schema) -> set[str]:
    return set(schema.get("required", ()))


def _choices(schema: Schema) -> set[str] | None:
    if "const" in schema:
        return {repr(schema["const"])}
    return {repr(value) for value in schema["enum"]} if "enum" in schema else None


def _alternatives(document: Document, schema: Schema) -> dict[str, Schema]:
    """What the data may be, by kind. Objects and texts of a union are told apart by title; a schema that says nothing is anything."""
    schema = _resolved(document, schema)
    branches = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    if branches:
        found: dict[str, Schema] = {}
        for branch in branches:
            for kind, one in _alternatives(document, branch).items():
                found[kind if kind not in found else f"{kind} {one.get('title', len(found))}"] = one
        return found
    kinds = schema.get("type", _OPEN)
    return dict.fromkeys([kinds] if isinstance(kinds, str) else kinds, schema)


def _resolved(document: Document, schema: Schema) -> Schema:
    """The schema with its reference followed and its `allOf` parts laid over one another."""
    if "$ref" in schema:
        target: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return _resolved(document, target)
    if "allOf" not in schema:
        return schema
    whole: dict[str, Any] = {key: value for key, value in schema.items() if key != "allOf"}
    for part in (_resolved(document, one) for one in schema["allOf"]):
        properties = {**whole.get("properties", {}), **part.get("properties", {})}
        required = [*whole.get("required", ()), *part.get("required", ())]
        whole |= part
        whole |= {"properties": properties, "required": required}
    return whole


def _words(values: set[str]) -> str:
    return ", ".join(sorted(values))
