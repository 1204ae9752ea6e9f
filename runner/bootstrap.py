"""Sets up `.venv` and `node_modules` on a machine that has only Python with pip or venv; does nothing where nothing changed.

Runs before anything is installed: the standard library only. `make` calls it with the newest Python that it found.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
LOCAL = PROJECT / ".local"
VENV = PROJECT / ".venv"
NODE_MODULES = PROJECT / "node_modules"
PORTAL = PROJECT / "services" / "portal"
BUILT = PORTAL / "static" / "built"
OLDEST_UV = (0, 8)  # reads the lock file's revision


def main() -> int:
    LOCAL.mkdir(exist_ok=True)
    try:
        with _alone():
            _once(VENV / ".probashi-synced", [PROJECT / "pyproject.toml", PROJECT / "uv.lock"], _sync)
            if (PROJECT / "package-lock.json").exists():
                _once(NODE_MODULES / ".probashi-installed", [PROJECT / "package-lock.json"], _install_node_modules)
            if (PORTAL / "build.mjs").exists():
                _once(BUILT / ".probashi-built", [PROJECT / "package-lock.json", *_portal_sources()], _build)
    except subprocess.CalledProcessError as failure:
        _tell(f"`{' '.join(map(str, failure.cmd))}` failed with exit code {failure.returncode}; its own words are above.")
        return 1
    return 0


@contextmanager
def _alone() -> Iterator[None]:
    """Two calls of `make` at once would write into the same folders."""
    with (LOCAL / "bootstrap.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _once(stamp: Path, sources: Iterable[Path], step: Callable[[], None]) -> None:
    """Runs `step` where the sources are not those that `stamp` remembers."""
    digest = _digest(sources)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == digest:
        return
    step()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest, encoding="utf-8")


def _digest(sources: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for source in sources:
        digest.update(f"{source.relative_to(PROJECT)}\0".encode())
        digest.update(hashlib.sha256(source.read_bytes()).digest())
    return digest.hexdigest()


def _portal_sources() -> list[Path]:
    kept = [PORTAL / "build.mjs", *(PORTAL / "assets").rglob("*")]
    return sorted(path for path in kept if path.is_file())


def _sync() -> None:
    _tell("Installing the Python packages of uv.lock into .venv")
    environment = _environment()
    if not _works(VENV / "bin" / "python"):
        environment["UV_PYTHON"] = sys.executable
    _run([_uv(), "sync", "--frozen", "--all-extras"], environment)


def _install_node_modules() -> None:
    _tell("Installing the packages of package-lock.json into node_modules")
    _run([VENV / "bin" / "npm", "ci", "--no-audit", "--no-fund"], _environment())


def _build() -> None:
    _tell("Building the portal's style sheet and scripts")
    _run([VENV / "bin" / "npm", "run", "build", "--if-present"], _environment())


def _environment() -> dict[str, str]:
    environment = dict(os.environ)  # noqa: TID251  # handed on
    for elsewhere in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT"):
        environment.pop(elsewhere, None)
    environment["UV_PYTHON_DOWNLOADS"] = "never"
    environment["PATH"] = f"{VENV / 'bin'}{os.pathsep}{environment.get('PATH', os.defpath)}"
    return environment


def _uv() -> Path:
    """The one on PATH, else one of our own under `.local`, made with venv or, where that is missing, with pip alone."""
    found = shutil.which("uv")
    if found and _version(Path(found)) >= OLDEST_UV:
        return Path(found)
    by_venv, by_pip = LOCAL / "uv" / "bin" / "uv", LOCAL / "uv-by-pip" / "bin" / "uv"
    for ready in (by_venv, by_pip):
        if _works(ready):
            return ready
    _tell("Installing uv into .local")
    return by_venv if _install_uv_by_venv(by_venv) else _install_uv_by_pip(by_pip)


def _install_uv_by_venv(uv: Path) -> bool:
    folder = uv.parent.parent
    if not _succeeds(sys.executable, "-m", "venv", "--clear", folder) or not _works(folder / "bin" / "pip"):
        shutil.rmtree(folder, ignore_errors=True)
        return False
    _run([folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "uv"], _environment())
    return True


def _install_uv_by_pip(uv: Path) -> Path:
    if not _succeeds(sys.executable, "-m", "pip", "--version"):
        _tell(f"{sys.executable} has neither venv nor pip. On Debian: apt install python3-venv")
        raise SystemExit(1)
    _run([sys.executable, "-m", "pip", "install", "--quiet", "--target", uv.parent.parent, "uv"], {**_environment(), "PIP_USER": "0"})
    return uv


def _works(program: Path) -> bool:
    return program.exists() and _succeeds(program, "--version")


def _succeeds(*command: object) -> bool:
    return subprocess.run([str(part) for part in command], check=False, capture_output=True).returncode == 0  # noqa: S603  # our own command


def _version(uv: Path) -> tuple[int, ...]:
    """`uv 0.13.9 (…)`; nothing where it does not run, as a shim of pyenv may not."""
    said = subprocess.run([uv, "--version"], check=False, capture_output=True, text=True).stdout.split()  # noqa: S603  # our own command
    return tuple(int(part) for part in said[1].split(".")[:2]) if len(said) > 1 else ()


def _run(command: Iterable[object], environment: dict[str, str]) -> None:
    subprocess.run([str(part) for part in command], check=True, cwd=PROJECT, env=environment)  # noqa: S603  # our own command


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
