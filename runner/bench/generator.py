"""Starting the load generator (`load.py`) and reading what it measured."""

import asyncio
import json
import sys
from typing import Any

from runner.place import HOST, PROJECT
from runner.suite import Suite


async def generate(running: Suite, **order: Any) -> dict[str, Any]:
    """At the gateway of the suite; `order` as `load.Order` takes it. Raises `RuntimeError` where the generator failed."""
    whole = {"host": HOST, "port": running.place.port("gateway"), "path": "", "tokens": [], "bodies": [], **order}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "runner.bench.load", cwd=PROJECT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate(json.dumps(whole).encode())
    if process.returncode != 0:
        raise RuntimeError("the load generator failed")
    result: dict[str, Any] = json.loads(said)
    return result
