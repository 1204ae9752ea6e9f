"""Every refusal speaks both languages: a problem without Bangla words is one that most of its readers cannot act on."""

import ast
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Final

import pytest

from contracts.text import Text
from kit.errors import ProblemError

FIRST_BENGALI, LAST_BENGALI = "\u0980", "\u09ff"
# Words that are the same in both languages, or that another service gave in the reader's own.
SAME_IN_BOTH: Final[Mapping[str, str]] = {}


def is_bengali(text: str) -> bool:
    return any(FIRST_BENGALI <= letter <= LAST_BENGALI for letter in text)


def defect(words: Text) -> str | None:
    if not words.en.strip() or is_bengali(words.en):
        return f"no English: {words.en!r}"
    if not is_bengali(words.bn):
        return f"no Bangla: {words.bn!r}"
    return None


def problems() -> Iterator[type[ProblemError]]:
    waiting = [ProblemError]
    while waiting:
        found = waiting.pop()
        yield found
        waiting += found.__subclasses__()


def texts(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Each `Text("…", "…")`, `Text(en="…", bn="…")` and `Words(…)` whose both words are written out."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", getattr(node.func, "attr", "")) not in {"Text", "Words"}:
            continue
        given = dict(zip(("en", "bn"), map(literal, node.args), strict=False)) | {
            word.arg: literal(word.value) for word in node.keywords if word.arg in {"en", "bn"}
        }
        english, bangla = given.get("en"), given.get("bn")
        if english is not None and bangla is not None:
            yield node.lineno, english, bangla


def literal(node: ast.expr) -> str | None:
    """Also of an f-string: the parts that are written out."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
    return None


@pytest.fixture(scope="module", autouse=True)
def everything_imported(suite_sources: dict[str, ast.Module]) -> None:
    for path in suite_sources:
        if path.startswith(("kit/", "services/", "gateway/", "contracts/")) and "/migrations/" not in path:
            import_module(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))


class TestProblems:
    def test_every_title_stands_in_both_languages(self) -> None:
        assert {kind.__qualname__: found for kind in problems() if (found := defect(kind.title))} == {}

    def test_a_slug_means_one_thing(self) -> None:
        """Clients branch on it: two kinds of refusal may share a slug only where one is the other's refinement."""
        ours = [kind for kind in problems() if kind.__module__.startswith(("kit", "services", "gateway"))]
        named: dict[str, set[int]] = {}
        for kind in ours:
            named.setdefault(kind.slug, set()).add(kind.status)
        assert {slug: statuses for slug, statuses in named.items() if len(statuses) > 1} == {}

    def test_every_status_is_a_refusal(self) -> None:
        assert [kind.__qualname__ for kind in problems() if not 400 <= kind.status <= 599] == []


class TestWords:
    def test_everything_said_in_the_code_is_said_twice(self, suite_sources: dict[str, ast.Module]) -> None:
        silent = {
            f"{path}:{line}": found
            for path, tree in suite_sources.items()
            for line, english, bangla in texts(tree)
            if english not in SAME_IN_BOTH and (found := defect(Text(english, bangla)))
        }
        assert silent == {}


class TestTheseChecksCanFail:
    @pytest.mark.parametrize("words", [Text("Not found", "Not found"), Text("Not found", ""), Text("", "পাওয়া যায়নি"), Text("না", "না")])
    def test_a_title_in_one_language(self, words: Text) -> None:
        assert defect(words) is not None

    def test_both_languages(self) -> None:
        assert defect(Text("Not found", "পাওয়া যায়নি")) is None

    @pytest.mark.parametrize("call", ["Text('Gone', 'Gone')", "Text(en='Gone', bn='Gone')", "Words(f'Gone {n}', f'Gone {n}')"])
    def test_words_in_the_code_in_one_language(self, call: str) -> None:
        (found,) = texts(ast.parse(call))
        assert defect(Text(found[1], found[2])) is not None
