"""The committed contracts are what the code says, and nobody who was built on the last ones is left behind."""

import json
import subprocess

import pytest
import yaml

from contracts.compatibility import breaking
from runner.contracts import api_services, committed, drift, events
from runner.place import PROJECT

# A break that is meant stands here until the next release: its sentence, as the test below prints it, and the reason why nobody is hurt.
ACCEPTED = PROJECT / "contracts" / "accepted_breaks.yaml"


def git(*arguments: str) -> str | None:
    done = subprocess.run(["git", "-C", str(PROJECT), *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def base() -> str | None:
    """What others may already be built on: the last release, else what was shared, else the last commit."""
    return git("describe", "--tags", "--abbrev=0") or git("merge-base", "HEAD", "origin/main") or git("rev-parse", "HEAD")


def documents_at(revision: str) -> dict[str, str]:
    listed = git("ls-tree", "-r", "--name-only", revision, "contracts/openapi", "contracts/schemas") or ""
    return {name.removeprefix("contracts/"): git("show", f"{revision}:{name}") or "" for name in listed.split() if name.endswith(".json")}


def breaks(old: dict[str, str], new: dict[str, str]) -> list[str]:
    gone = [f"{name} is gone" for name in sorted(old.keys() - new.keys())]
    changed = [name for name in sorted(old.keys() & new.keys()) if old[name] != new[name]]
    return gone + [f"{name}: {one}" for name in changed for one in breaking(json.loads(old[name]), json.loads(new[name]))]


class TestCommitted:
    def test_is_what_the_code_says(self) -> None:
        assert drift() == [], "run `python -m runner.contracts` and read what changed before you commit it"

    def test_every_api_service_and_every_event_has_its_document(self) -> None:
        names = set(committed())
        assert {f"openapi/{service}.json" for service in api_services()} <= names
        assert {f"schemas/{event.type}.json" for event in events()} <= names

    def test_asyncapi_refers_to_nothing_that_is_not_there(self) -> None:
        document = yaml.safe_load(committed()["asyncapi.yaml"])
        for reference in references(document):
            if reference.startswith("#/"):
                target = document
                for step in reference.removeprefix("#/").split("/"):
                    target = target[step]
            else:
                assert (PROJECT / "contracts" / reference).is_file()

    def test_every_stream_has_one_sender(self) -> None:
        document = yaml.safe_load(committed()["asyncapi.yaml"])
        senders = [one["channel"]["$ref"] for one in document["operations"].values() if one["action"] == "send"]
        assert sorted(senders) == sorted(f"#/channels/{name}" for name in document["channels"])


class TestCompatible:
    def test_nobody_built_on_the_last_version_breaks(self) -> None:
        revision = base()
        if revision is None:
            pytest.skip("no git history here to compare with")
        before = documents_at(revision)
        if not before:
            pytest.skip(f"{revision} has no contracts yet to compare with")
        accepted = yaml.safe_load(ACCEPTED.read_text(encoding="utf-8")) if ACCEPTED.exists() else {}
        assert [one for one in breaks(before, committed()) if one not in (accepted or {})] == []

    def test_the_comparison_itself_fires(self) -> None:
        schema = {"type": "object", "properties": {"a": {"type": "string"}}}
        old = {"schemas/x.json": json.dumps(schema), "schemas/y.json": "{}"}
        new = {"schemas/x.json": json.dumps(schema | {"properties": {}})}
        assert breaks(old, new) == ["schemas/y.json is gone", "schemas/x.json: data.a is gone"]


def references(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [str(node["$ref"])] if isinstance(node.get("$ref"), str) else []
        return own + [one for value in node.values() for one in references(value)]
    return [one for value in node for one in references(value)] if isinstance(node, list) else []
