"""Whatever is written into a history can be read in both languages: no code reaches a person."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from services.complaints.lifecycle.happenings import FOR_PARTIES, HAPPENINGS

SERVICE: Final = Path(__file__).parents[2]
WRITERS: Final = frozenset({"note_happening", "note", "_told"})


def written_in(source: str) -> Iterator[str]:
    """Kinds that a text of Python hands to a function which writes happenings; of a choice between two, both."""
    for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in WRITERS:
            yield from (kind for argument in call.args for kind in _words(argument))


def _words(argument: ast.expr) -> Iterator[str]:
    if isinstance(argument, ast.IfExp):
        yield from (*_words(argument.body), *_words(argument.orelse))
    elif isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value


def everything_written() -> set[str]:
    files = (path for path in SERVICE.rglob("*.py") if "tests" not in path.parts)
    return {kind for path in files for kind in written_in(path.read_text("utf-8"))}


class TestWords:
    def test_every_happening_has_them(self) -> None:
        assert everything_written() - HAPPENINGS.keys() == set()

    def test_none_is_a_code_in_disguise(self) -> None:
        assert [kind for kind, words in HAPPENINGS.items() if kind in {words.en, words.bn}] == []

    def test_what_a_party_follows_has_them_too(self) -> None:
        assert HAPPENINGS.keys() >= FOR_PARTIES

    def test_the_search_finds_what_has_none(self) -> None:
        source = 'await note(desk, one, "first" if known else "second")\nawait acting.note("third", words=x)'
        assert set(written_in(source)) == {"first", "second", "third"}
