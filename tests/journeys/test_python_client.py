"""The Python client: generated, installed as a package, and used by a program of its own against the running suite."""

import os
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Final

import httpx
import pytest

from contracts.days import DHAKA
from runner import client, partner
from runner.demo import _api
from runner.identity import Provider
from runner.place import PROJECT
from runner.suite import Suite

PROGRAM: Final = """
import sys
from uuid import UUID
from probashi_client import AuthenticatedClient
from probashi_client.api.partners import read_what_your_program_may_do_now as rights
from probashi_client.api.referrals import accept_or_decline_a_referral as answer
from probashi_client.api.referrals import list_referrals_that_you_received as received
from probashi_client.models import AnswerIn, Problem

url, token, referral = sys.argv[1:]
client = AuthenticatedClient(url, token)
print(rights.sync(client=client).organisation)
assert UUID(referral) in [one.id for one in received.sync(client=client).items]
print(answer.sync(UUID(referral), client=client, body=AnswerIn(accept=True)).state)
again = answer.sync(UUID(referral), client=client, body=AnswerIn(accept=True))
assert isinstance(again, Problem), again
print(again.type_)
"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the package is installed, built offline as everybody builds it."""
    uv = shutil.which("uv") or next((str(one) for one in sorted((PROJECT / ".local").glob("uv*/bin/uv"))), None)
    if uv is None:
        pytest.skip("uv is not installed")
    source, site = tmp_path_factory.mktemp("client"), tmp_path_factory.mktemp("site")
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(client.FOLDER / name, source)
    client.generate(source)
    subprocess.run([uv, "pip", "install", "--offline", "--no-deps", "--quiet", "--target", site, source], check=True, cwd=source)
    return site


async def test_reads_rights_and_accepts_a_referral(whole: Suite, packages: Path) -> None:
    url = whole.place.public_url
    async with _api(whole.place) as api, httpx.AsyncClient(base_url=url, timeout=240) as http:
        referral = await partner.pass_on(api, datetime.now(DHAKA).date())
        secret = whole.secrets.get("client", partner.CLIENT)
        token = (await Provider(http, url).grant("client_credentials", partner.CLIENT, {}, secret=secret)).access
    here = {**os.environ, "PYTHONPATH": str(packages)}  # noqa: TID251 - of a program that is not ours
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, url, token, referral], env=here, cwd=packages, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split() == ["ngo-one", "accepted", "urn:probashi:problem:referral-not-now"]
