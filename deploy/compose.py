"""What docker-compose.yml needs and no repository may hold: `python -m deploy.compose` makes it once, in `.local/compose`.

Secrets (`secrets.env`), the keys for fields at rest, and NATS's users, from the same declarations in code as the local suite's.
"""

import json
import os
from pathlib import Path
from typing import Final

from deploy.accounts import load_accounts
from deploy.keycloak.realm import secret_variable
from kit.bus import nats_config
from runner.keys import Secrets, keyring, write_private
from runner.place import PROJECT, SERVICES, Place
from runner.roles import owner_of
from runner.topology import declarations

FOLDER: Final = PROJECT / ".local" / "compose"
DATABASES: Final = (*SERVICES, "keycloak")
NATS_PORT: Final = 4222
NATS_MONITOR_PORT: Final = 8222
CONTAINER_USER: Final = 10001  # where this runs as root: root in a container is refused


def database_variable(role: str) -> str:
    return f"PROBASHI_DB_{role.upper()}"


def nats_variable(service: str) -> str:
    return f"PROBASHI_NATS_{service.upper()}"


def variables(secrets: Secrets) -> dict[str, str]:
    """Every `${…}` of docker-compose.yml that has no default there."""
    roles = [role for name in DATABASES for role in (name, owner_of(name))]
    passwords = {role: secrets.get("postgres", role) for role in roles}
    clients = [one.client for one in load_accounts().clients if one.kind != "native" and not one.demo_only]
    user, group = _container_user()
    return {
        "PROBASHI_USER": f"{user}:{group}",
        "POSTGRES_PASSWORD": secrets.get("postgres", "postgres"),
        "PROBASHI_ROLE_PASSWORDS": json.dumps(passwords, separators=(",", ":")),
        **{database_variable(role): password for role, password in passwords.items()},
        **{nats_variable(service): secrets.get("nats", service) for service in SERVICES},
        **{secret_variable(client): secrets.get("client", client) for client in clients},
        "KEYCLOAK_ADMIN_PASSWORD": secrets.get("admin", "keycloak"),
        "GRAFANA_ADMIN_PASSWORD": secrets.get("admin", "grafana"),
    }


def nats_users(secrets: Secrets) -> str:
    declared = declarations()
    return nats_config(
        declared,
        {one.service: secrets.get("nats", one.service) for one in declared},
        host="0.0.0.0",  # noqa: S104  # inside a container; no port of it is published
        port=NATS_PORT,
        monitor_port=NATS_MONITOR_PORT,
        store="/data",
    )


def prepare(folder: Path = FOLDER) -> Path:
    """Gives the file for `docker compose --env-file`. Called again it keeps every secret and adds what is new."""
    place = Place(folder, 0)
    place.make_folders()
    secrets = Secrets(place)
    environment = folder / "secrets.env"
    # A value in single quotes is taken as it stands; none of ours holds one.
    write_private(environment, "".join(f"{name}='{value}'\n" for name, value in variables(secrets).items()))
    write_private(folder / "nats.conf", nats_users(secrets))
    for service in SERVICES:
        _let_container_have(keyring(place, service))
        place.files(service).mkdir(mode=0o700, exist_ok=True)
        _let_container_have(place.files(service))
    return environment


def _container_user() -> tuple[int, int]:
    """A keyring is read by its owner only: containers run as whoever owns it."""
    return (os.geteuid(), os.getegid()) if os.geteuid() else (CONTAINER_USER, CONTAINER_USER)


def _let_container_have(file: Path) -> None:
    if os.geteuid() == 0:
        os.chown(file, *_container_user())


if __name__ == "__main__":
    print(f"docker compose --env-file {prepare().relative_to(PROJECT)} up --build --detach --wait")  # noqa: T201  # what to type next
