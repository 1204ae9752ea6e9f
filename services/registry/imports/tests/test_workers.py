"""The processes that judge and seal: what they begin with."""

import sys

from runner.testing import Running
from services.registry.imports import runs


def main_module() -> str | None:
    return getattr(sys.modules["__main__"], "__file__", None)


async def test_a_worker_begins_without_what_its_parent_runs(registry: Running) -> None:
    """Most of what a worker took to begin was to import its parent's main module again."""
    assert registry.settings.keyring is not None
    crew, main = runs._Crew(registry.settings.keyring), sys.modules["__main__"]
    try:
        found: object = await crew.submit(main_module)  # type: ignore[arg-type]  # any function of a module is run there
    finally:
        crew.close()
    assert found is None
    assert sys.modules["__main__"] is main
