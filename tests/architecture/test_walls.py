"""import-linter keeps the walls: over this tree, and over small ones that break them, so that the configuration is seen to refuse."""

import subprocess
import sysconfig
from pathlib import Path
from typing import Final

import pytest

LINTER: Final = Path(sysconfig.get_path("scripts")) / "lint-imports"
PACKAGES: Final = ("contracts", "kit", "services", "services/agencies", "services/crisis", "gateway", "runner", "deploy")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(LINTER), "--config", str(folder / "pyproject.toml"), "--no-cache"]
    return subprocess.run(
        command, cwd=folder, check=False, capture_output=True, text=True
    )  # the first package on the path is this folder's


@pytest.fixture
def small_tree(project: Path, tmp_path: Path) -> Path:
    """Our configuration over empty packages of our names."""
    (tmp_path / "pyproject.toml").write_bytes((project / "pyproject.toml").read_bytes())
    for package in PACKAGES:
        (tmp_path / package).mkdir(parents=True, exist_ok=True)
        (tmp_path / package / "__init__.py").touch()
        (tmp_path / package / "rules.py").touch()
    return tmp_path


def test_the_walls_stand(project: Path) -> None:
    found = lint(project)
    assert found.returncode == 0, found.stdout


def test_a_tree_without_imports_breaks_nothing(small_tree: Path) -> None:
    assert lint(small_tree).returncode == 0


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("services/crisis/rules.py", "import services.agencies.rules", "Services never import one another"),
        ("contracts/rules.py", "import kit.rules", "Dependencies point one way"),
        ("kit/rules.py", "from services.crisis import rules", "Dependencies point one way"),
        ("kit/rules.py", "import runner.rules", "Dependencies point one way"),
        ("gateway/rules.py", "import services.crisis.rules", "Dependencies point one way"),
        ("services/crisis/rules.py", "def later():\n    import deploy.rules", "Dependencies point one way"),
    ],
)
def test_an_import_through_a_wall_is_found(small_tree: Path, module: str, line: str, broken: str) -> None:
    (small_tree / module).write_text(line, "utf-8")
    found = lint(small_tree)
    assert found.returncode != 0
    assert f"{broken} BROKEN" in found.stdout
