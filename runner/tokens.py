"""`probashi token ACCOUNT`: an access token of a demo account, for the command line; the local provider only."""

import argparse
import asyncio
import json
from typing import Any

from runner import record
from runner.identity import access_token
from runner.place import PROJECT, place
from runner.refusals import NotRunning, Refusal
from runner.terminal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("account", nargs="?", help="its name; --list shows them")
    parser.add_argument("--list", action="store_true", help="show the demo accounts")


def run(arguments: argparse.Namespace) -> int:
    known = _demo()
    if arguments.list or arguments.account is None:
        for account in known["accounts"]:
            say(f"{account['account']:<14} {account['name']['en']} · {account['name']['bn']} ({account['purpose']['en']})")
        return 0
    if arguments.account not in {account["account"] for account in known["accounts"]}:
        raise Refusal(f"There is no demo account {arguments.account}: probashi token --list")
    where = place(arguments.state, arguments.port)
    running = record.running(where)
    if running is None:
        raise NotRunning(f"No suite runs on {where.state}. Start it: probashi up")
    provider = place(where.state, running.base_port).url("identity")
    say(asyncio.run(access_token(provider, arguments.account, known["demo_password"])))
    return 0


def _demo() -> dict[str, Any]:
    known: dict[str, Any] = json.loads((PROJECT / "deploy" / "accounts.json").read_text(encoding="utf-8"))
    return known
