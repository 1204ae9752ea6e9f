"""`probashi secret CLIENT`: the secret of a demo program, with which it asks for its own tokens; the local provider only."""

import argparse
import json

from runner import record
from runner.keys import Secrets
from runner.place import PROJECT, place
from runner.refusals import NotRunning, Refusal
from runner.terminal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("client", help="its client_id, for example partner-ngo-one--cases")


def run(arguments: argparse.Namespace) -> int:
    if arguments.client not in _demo_programs():
        raise Refusal(f"There is no demo program {arguments.client}. There are: {', '.join(_demo_programs())}")
    where = place(arguments.state, arguments.port)
    if record.running(where) is None:
        raise NotRunning(f"No suite runs on {where.state}. Start it: probashi up")
    say(Secrets(where).get("client", arguments.client))
    return 0


def _demo_programs() -> list[str]:
    known = json.loads((PROJECT / "deploy" / "accounts.json").read_text("utf-8"))
    return [one["client"] for one in known["clients"] if one["kind"] == "partner" and one.get("demo_only")]
