"""`probashi migrate`: the newest schema for each database, as its owner, one after the other. Never a replica's start."""

import argparse
import asyncio
import os

from kit.migrations import folder_of, upgrade
from runner.keys import Secrets
from runner.place import SERVICES, Place, place
from runner.refusals import Refusal
from runner.terminal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--service",
        action="append",
        help="this one only, may be repeated; with PROBASHI_OWNER_DATABASE_URL set, the database that it names",
    )


def run(arguments: argparse.Namespace) -> int:
    """In a deployment the database is named by the environment; locally it is the one of the suite that runs."""
    url = os.environ.get("PROBASHI_OWNER_DATABASE_URL")  # noqa: TID251  # the one setting of this step
    if url is None:
        asyncio.run(_migrate_local(place(arguments.state, arguments.port), arguments.service))
    elif arguments.service is None or len(arguments.service) > 1:
        raise Refusal("PROBASHI_OWNER_DATABASE_URL is set: say which one service it belongs to, with --service")
    else:
        asyncio.run(_migrate(arguments.service[0], url))
    return 0


async def _migrate_local(where: Place, only: list[str] | None) -> None:
    from runner import postgres  # noqa: PLC0415  # it starts an engine, which an image of a service does not have

    secrets = Secrets(where)
    for service in SERVICES if only is None else only:
        await _migrate(service, postgres.database_url(where, secrets, service, owner=True))


async def _migrate(service: str, url: str) -> None:
    if (folder_of(service) / "env.py").exists():
        await upgrade(service, url)
        say(f"{service} has the newest schema")
