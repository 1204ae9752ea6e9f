"""schemathesis on the merged document, through the gateway: whatever is sent, no answer is a 5xx."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import httpx
import pytest

from runner.demo import _api
from runner.identity import Provider
from runner.place import PROJECT
from runner.suite import Suite

# A stream does not end; a heartbeat that is not there is said by a 503. Parts of an upload (tus) and a plan in PDF are bodies that
# schemathesis cannot write: their own tests send bad.
LEFT_OUT: Final = re.compile(r"stream|uploads/\{upload_id\}$|imports/\{import_id\}$|/plans$|crisis/heartbeat$")
# Who only gets 403 never reaches what an operation does with a body: each operation is walked by the first of these who may call it,
# in the full run by all of them, and there in the phase too that tries each bound of each field (a quarter of an hour).
CALLERS: Final = {
    None: None,
    "supervisor": "supervisor",
    "decider": "decider",
    "agency-one": "agency",
    "admin": "admin",
    "ngo-one": "ngo",
    "wewb-one": "wewb",
    "airport": "airport",
    "bmet-one": "officer",
    "wing-beirut": "wing",
    "demo-cumilla": "demo",
    "agent": "agent",
    "analyst": "analyst",
    "svc-crisis": "service",
    "partner-ngo-one--cases": "partner",
}


def roles_by_operation() -> dict[str, set[str]]:
    return {
        f"{method.upper()} {path}": set(operation["x-roles"])
        for document in sorted((PROJECT / "contracts" / "openapi").glob("*.json"))
        for path, methods in json.loads(document.read_text("utf-8"))["paths"].items()
        for method, operation in methods.items()
        if not LEFT_OUT.search(path)
    }


def may_call(role: str | None, roles: set[str]) -> bool:
    return role in roles if role else not roles


def share_of(account: str | None) -> list[str]:
    """The operations that nobody before this caller may call."""
    order = list(CALLERS)
    before = [CALLERS[earlier] for earlier in order[: order.index(account)]]
    return [
        operation
        for operation, roles in roles_by_operation().items()
        if may_call(CALLERS[account], roles) and not any(may_call(role, roles) for role in before)
    ]


def test_each_operation_has_a_caller() -> None:
    walked = {operation for account in CALLERS for operation in share_of(account)}
    assert set(roles_by_operation()) == walked


@pytest.mark.parametrize("account", [account for account in CALLERS if share_of(account)])
async def test_no_answer_is_a_server_error(whole: Suite, account: str | None, tmp_path: Path) -> None:
    await walk(whole, account, share_of(account), tmp_path, "examples,fuzzing", examples=2)


@pytest.mark.full
@pytest.mark.parametrize("account", CALLERS)
async def test_no_answer_to_any_caller_is_a_server_error(whole: Suite, account: str | None, tmp_path: Path) -> None:
    everything = [operation for operation, roles in roles_by_operation().items() if may_call(CALLERS[account], roles)]
    await walk(whole, account, everything, tmp_path, "examples,coverage,fuzzing", examples=25)


async def token_of(whole: Suite, account: str) -> str:
    if not account.startswith(("svc-", "partner-")):
        async with _api(whole.place) as api:
            return await api.token(account)
    async with httpx.AsyncClient(timeout=240) as http:
        provider = Provider(http, whole.place.public_url)
        return (await provider.grant("client_credentials", account, {}, secret=whole.secrets.get("client", account))).access


async def walk(whole: Suite, account: str | None, operations: list[str], folder: Path, phases: str, examples: int) -> None:
    signed = ["--header", f"Authorization: Bearer {await token_of(whole, account)}"] if account else []
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{whole.place.public_url}/openapi.json"),
        *("--url", whole.place.public_url, "--checks", "not_a_server_error", "--max-examples", str(examples)),
        *("--phases", phases, "--include-name-regex", f"^({'|'.join(map(re.escape, operations))})$"),
        *("--seed", "4", "--request-timeout", "20", "--no-color", *signed),
    ]
    environment = {**os.environ, "HOME": str(folder), "PYTHONWARNINGS": "ignore"}  # noqa: TID251
    said = subprocess.run(command, cwd=folder, env=environment, text=True, capture_output=True, check=False)
    assert said.returncode == 0, said.stdout[-6000:] + said.stderr[-2000:]
    assert f"Tested: {len(operations)}\n" in said.stdout, said.stdout[-3000:]
