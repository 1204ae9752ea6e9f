"""schemathesis on the merged document, through the gateway: whatever is sent, no answer is a 5xx."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runner.demo import _api
from runner.suite import Suite

# A stream does not end; a heartbeat that is not there is said by a 503. Parts of an upload (tus) and a plan in PDF are bodies that
# schemathesis cannot write: their own tests send bad.
LEFT_OUT = r"stream|uploads/\{upload_id\}$|imports/\{import_id\}$|/plans$|crisis/heartbeat$"
# With hundreds of operations each caller takes minutes: the widest of each kind in every run, the others in the full one.
EVERY_RUN = ("supervisor", "decider", None)
FULL_RUN = ("agent", "admin", "bmet-one", "demo-cumilla", "wing-beirut", "ngo-one", "agency-one", "wewb-one")
CALLERS = [*EVERY_RUN, *(pytest.param(account, marks=pytest.mark.full) for account in FULL_RUN)]


@pytest.mark.parametrize("account", CALLERS)
async def test_no_answer_is_a_server_error(whole: Suite, account: str | None, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    examples = 25 if pytestconfig.getoption("--full") else 2
    async with _api(whole.place) as api:
        signed = ["--header", f"Authorization: Bearer {await api.token(account)}"] if account else []
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{whole.place.public_url}/openapi.json"),
        *("--url", whole.place.public_url, "--checks", "not_a_server_error", "--max-examples", str(examples)),
        *("--phases", "examples,coverage,fuzzing", "--exclude-path-regex", LEFT_OUT, "--seed", "4", "--request-timeout", "20"),
        *("--no-color", *signed),
    ]
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONWARNINGS": "ignore"}  # noqa: TID251
    said = subprocess.run(command, cwd=tmp_path, env=environment, text=True, capture_output=True, check=False)
    assert said.returncode == 0, said.stdout[-6000:] + said.stderr[-2000:]
