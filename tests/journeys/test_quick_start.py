"""The quick start of the pages for developers, run as it stands there: its lines are read from the page and given to bash."""

import os
import subprocess
from pathlib import Path

import httpx
from lxml import html

from gateway.testing import free_port
from runner.place import PROJECT
from runner.suite import Suite


async def commands(whole: Suite) -> str:
    async with httpx.AsyncClient(base_url=whole.place.public_url, timeout=240) as http:
        page = html.document_fromstring((await http.get("/developers/quick-start")).text)
    return "\n".join("".join(map(str, block.itertext())) for block in page.iter("pre"))


def run(whole: Suite, lines: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Where the suite is, and a port that is free, are all that differs from `make run` on a machine of one's own."""
    place = {
        "PROBASHI": whole.place.public_url,
        "PROBASHI_STATE": str(whole.place.state),
        "PROBASHI_PORT": str(whole.place.base_port),
        "RECEIVER_PORT": str(free_port()),
        "TMPDIR": str(folder),
    }
    here = {**os.environ, **place}  # noqa: TID251 - what a person's own shell would hand on
    # With its input and output in files: what runs in the background would hold a pipe open.
    script, said = folder / "quick-start.sh", folder / "said"
    script.write_text(f"set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n{lines}", "utf-8")
    with said.open("w") as output:
        done = subprocess.run(["bash", script], cwd=PROJECT, env=here, stdout=output, stderr=output, check=False, timeout=480)
    return subprocess.CompletedProcess(done.args, done.returncode, said.read_text("utf-8"))


async def test_works_as_written(whole: Suite, tmp_path: Path) -> None:
    done = run(whole, await commands(whole), tmp_path)
    assert done.returncode == 0, done.stdout
    for seen in (
        '"organisation":"ngo-one"',
        "verified bd.probashi.partners.endpoint.pinged.v1",
        "verified bd.probashi.reintegration.referral.sent.v1",
        '"state":"accepted"',
        '"state":"delivered"',
        '"outcome":"delivered"',
        '"state":"ended"',
    ):
        assert seen in done.stdout, done.stdout


async def test_a_receiver_with_another_secret_verifies_nothing(whole: Suite, tmp_path: Path) -> None:
    """So that `verified` above means something: the same lines, with the secret spoilt before the receiver starts."""
    lines = await commands(whole)
    before, receiver, after = lines.partition('cat > "$WORK/receiver.py"')
    ping = after.partition("until grep")[0]
    spoilt = f"{before}export SECRET=whsec_$(printf '%032d' 0 | base64)\n{receiver}{ping}"
    watched = (
        spoilt
        + """
until api "$PROBASHI/v1/partners/endpoints/$ENDPOINT/deliveries" | grep -q status-401; do sleep 1; done
cat "$WORK/received"
api -X PUT -H 'If-Match: *' -d '{"state": "ended"}' "$PROBASHI/v1/partners/endpoints/$ENDPOINT"
"""
    )
    done = run(whole, watched, tmp_path)
    assert done.returncode == 0, done.stdout
    assert "verified" not in done.stdout
