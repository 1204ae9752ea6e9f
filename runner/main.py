"""The command `probashi`: looks which subcommand is meant and loads that one only, so that `probashi down` is quick."""

import argparse
import sys
from importlib import import_module
from pathlib import Path
from typing import Final

from runner.refusals import EXIT_CODES, Refusal

COMMANDS: Final = {
    "up": "start the suite and keep it running; Ctrl-C stops it",
    "down": "stop the suite that runs",
    "status": "show each process, its port and whether it is ready",
    "token": "print an access token of a demo account",
    "secret": "print the secret of a demo program of a partner organization",
    "client": "write the Python client for programs of partner organizations into clients/python",
    "demo": "walk the journeys step by step through the public API",
    "events": "dead letters, replay, and a look at the stream",
    "figures": "build the monitor's figures anew from its facts; exits 1 where they differed",
    "migrate": "bring the databases to the newest schema",
    "bench": "measure the suite on ports and data of its own",
}
_MODULES: Final = {"token": "runner.tokens"}  # `token` is a module of Python itself


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="probashi",
        usage="probashi COMMAND [options]   (probashi COMMAND --help)",
        description="The suite of services with which Bangladesh serves its migrants, on this machine.",
        epilog="commands:\n" + "\n".join(f"  {name:<8} {what}" for name, what in COMMANDS.items()) + "\n\n" + EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND")
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    return _run(chosen.command, chosen.rest)


def _run(name: str, rest: list[str]) -> int:
    """A subcommand is a module of this package with `add_arguments(parser)` and `run(arguments) -> int`."""
    try:
        module = import_module(_MODULES.get(name, f"runner.{name}"))
    except ModuleNotFoundError as missing:
        if missing.name != f"runner.{name}":
            raise
        sys.stderr.write(f"probashi {name} is not part of this version.\n")
        return 1
    parser = argparse.ArgumentParser(prog=f"probashi {name}", description=COMMANDS[name])
    parser.add_argument("--state", type=Path, help="folder of state: PROBASHI_STATE, else .local")
    parser.add_argument("--port", type=int, help="base of all ports: PROBASHI_PORT, else 8000")
    module.add_arguments(parser)
    try:
        code: int = module.run(parser.parse_args(rest))
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return refusal.code
    except KeyboardInterrupt:
        return 130
    return code


if __name__ == "__main__":
    sys.exit(main())
