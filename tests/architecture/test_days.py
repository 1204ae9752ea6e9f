"""No test's module reads the clock when it is imported: what it read would be yesterday in a run that crosses midnight in Dhaka."""

import ast
from collections.abc import Iterator, Mapping
from typing import Final

CLOCKS: Final = frozenset({"now", "utcnow", "today", "time", "time_ns", "monotonic"})
Function = ast.FunctionDef | ast.AsyncFunctionDef
Known = Mapping[str, set[str]]


def at_import(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when the module is imported: bodies of functions do not, their decorators and defaults do."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function):
            for part in (*child.decorator_list, child.args):
                yield from (part, *at_import(part))
        elif not isinstance(child, ast.Lambda):
            yield from (child, *at_import(child))


def is_clock(node: ast.AST, readers: set[str]) -> bool:
    """`datetime.now(…)`, `date.today()`, `time.time()`; a bare name only if it is known to read one (`time(9)` is an hour)."""
    if not isinstance(node, ast.Call):
        return False
    return node.func.attr in CLOCKS if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None) in readers


def readers_in(tree: ast.Module, known: Known) -> set[str]:
    """Names that read the clock when called, out of what the module imports and defines; `known` says which each other module has."""
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    found = {one.name for node in imports for one in node.names if one.name in known.get(node.module or "", ())}
    functions = [node for node in tree.body if isinstance(node, Function)]
    for _ in functions:
        found |= {one.name for one in functions if any(is_clock(node, found) for node in ast.walk(one))}
    return found


def clock_at_import(sources: Mapping[str, ast.Module]) -> list[str]:
    """`path:line` of each module-level reading in tests, through functions of their own and of other tests' modules too."""
    tests = {path: tree for path, tree in sources.items() if "tests" in path.split("/") or path.startswith("kit/testing/")}
    known: dict[str, set[str]] = {}
    for _ in range(3):  # a test's function calls another's, which calls `today`
        known = {path.removesuffix(".py").replace("/", "."): readers_in(tree, known) for path, tree in tests.items()}
    return [
        f"{path}:{getattr(node, 'lineno', 0)}"
        for path, tree in tests.items()
        for node in at_import(tree)
        if is_clock(node, known[path.removesuffix(".py").replace("/", ".")])
    ]


def test_the_day_is_read_when_a_test_asks(sources: dict[str, ast.Module]) -> None:
    assert clock_at_import(sources) == []


def test_the_check_sees_every_way_to_read_it_too_early() -> None:
    days = ast.parse("def today():\n    return datetime.now(DHAKA).date()\n")
    early = """
from kit.testing.days import today
TODAY = today()
NOW: Final = datetime.now(UTC)
def due(): return today() + timedelta(days=3)
BODY = {"until": due().isoformat()}
@pytest.mark.parametrize("day", [due()])
async def test_one(day, since=date.today()): ...
class TestTwo:
    START = time.time()
"""
    late = """
from kit.testing.days import today
HOURS = [(time(9), time(17))]
READ = lambda: today()
@pytest.mark.parametrize("offset", [1, 2])
async def test_one(offset): assert today() + timedelta(days=offset)
"""
    sources = {"kit/testing/days.py": days, "kit/tests/test_a.py": ast.parse(early), "kit/tests/test_b.py": ast.parse(late)}
    assert set(clock_at_import(sources)) == {f"kit/tests/test_a.py:{line}" for line in (3, 4, 6, 7, 8, 10)}
