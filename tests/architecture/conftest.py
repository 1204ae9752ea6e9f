"""The tree as the tests of its architecture read it: each source parsed once, by its path from the root."""

import ast
from pathlib import Path
from typing import Final

import pytest

PROJECT: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ("contracts", "kit", "services", "gateway", "runner", "deploy", "tests")


@pytest.fixture(scope="session")
def project() -> Path:
    return PROJECT


@pytest.fixture(scope="session")
def sources() -> dict[str, ast.Module]:
    """Tests included: `services/complaints/rules.py` to its syntax tree."""
    files = [file for package in PACKAGES for file in sorted((PROJECT / package).rglob("*.py"))]
    return {file.relative_to(PROJECT).as_posix(): ast.parse(file.read_text("utf-8"), str(file)) for file in files}


@pytest.fixture(scope="session")
def suite_sources(sources: dict[str, ast.Module]) -> dict[str, ast.Module]:
    """What runs: no tests."""
    return {path: tree for path, tree in sources.items() if "tests" not in path.split("/")}
