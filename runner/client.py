"""`probashi client`: writes the Python client of partners' programs, generated from what the OpenAPI document lets them call."""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from gateway.document import merge, read_documents
from runner.place import PROJECT
from runner.refusals import Refusal
from runner.terminal import say

ROLE: Final = "partner"
# Lists that programs choose codes from; open to anybody.
OPEN: Final = frozenset({"/v1/partners/lists", "/v1/returnees/helps"})
FOLDER: Final = PROJECT / "clients" / "python"
_SERVER: Final = "http://127.0.0.1:8000"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--into", type=Path, default=FOLDER, help="folder of the package: clients/python")


def run(arguments: argparse.Namespace) -> int:
    generate(arguments.into)
    say(f"Written to {arguments.into / 'probashi_client'}. Install it: pip install {arguments.into}")
    return 0


def generate(folder: Path) -> None:
    """Raises `Refusal` where the generator is missing or fails: a warning too is one, for an operation would be left out."""
    generator = Path(sys.executable).parent / "openapi-python-client"
    with TemporaryDirectory(prefix="probashi-client-") as place:
        document = Path(place) / "openapi.json"
        document.write_text(json.dumps(narrowed()), encoding="utf-8")
        # It formats what it wrote with the ruff beside it.
        here = {"PATH": str(generator.parent)}
        options = ["--meta", "none", "--overwrite", "--fail-on-warning", "--output-path", str(folder / "probashi_client")]
        try:
            done = subprocess.run(  # noqa: S603 - our own environment's program on our own document
                [str(generator), "generate", "--path", str(document), *options],
                cwd=place,
                env=here,
                capture_output=True,
                text=True,
                check=False,
            )
        except OSError as error:
            raise Refusal("openapi-python-client is not installed: it belongs to the group dev of the project.") from error
    if done.returncode:
        raise Refusal(f"The client could not be generated:\n{done.stdout}{done.stderr}")


def narrowed() -> dict[str, Any]:
    """The merged document with what programs call alone, and names of functions and classes that a person would give."""
    whole = merge(read_documents(PROJECT / "contracts" / "openapi"), _SERVER, _SERVER)
    paths = {path: kept for path, item in whole["paths"].items() if (kept := _kept(path, item))}
    schemas = whole["components"]["schemas"]
    wanted = set(_references(paths))
    while more := {name for one in wanted for name in _references(schemas[one])} - wanted:
        wanted |= more
    components = {
        "schemas": {_class(name): _renamed(schemas[name]) for name in sorted(wanted)},
        "securitySchemes": {"bearer": whole["components"]["securitySchemes"]["bearer"]},
    }
    return {**whole, "paths": _renamed(paths), "components": components, "security": [{"bearer": []}], "tags": []}


def _kept(path: str, item: dict[str, Any]) -> dict[str, Any]:
    return {
        method: {
            **operation,
            "tags": ["referrals" if path.startswith("/v1/returnees") else "partners"],
            "operationId": re.sub(r"[^a-z]+", "_", operation["summary"].lower()),
        }
        for method, operation in item.items()
        if path in OPEN or ROLE in operation.get("x-roles", ())
    }


def _references(node: object) -> Iterator[str]:
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if key == "$ref" and isinstance(value, str):
            yield value.rpartition("/")[2]
        else:
            yield from _references(value)


def _class(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[._]", name) if part)


def _renamed(node: Any) -> Any:
    """Without titles, of which the generator would make names that two schemas share."""
    if isinstance(node, list):
        return [_renamed(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept = {key: value for key, value in node.items() if key != "title" or not isinstance(value, str)}
    return {
        key: f"#/components/schemas/{_class(value.rpartition('/')[2])}" if key == "$ref" else _renamed(value) for key, value in kept.items()
    }
