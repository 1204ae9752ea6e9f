"""`docs/assessment.md` is the instrument as it is, in both languages, and its example is what the code computes."""

import re
from pathlib import Path
from typing import Final

import pytest

from kit.text import in_bengali_digits
from services.reintegration.casework.instrument import INSTRUMENT, PROCEDURE

PAGE: Final = (Path(__file__).parents[3] / "docs" / "assessment.md").read_text("utf-8")


def between(name: str) -> str:
    return PAGE.split(f"<!-- {name} -->")[1].split(f"<!-- /{name} -->")[0]


def answers(cell: str) -> dict[str, int]:
    return {code: int(value) for code, value in re.findall(r"([a-z_]+) (\d)", cell)}


EXAMPLE: Final = [[cell.strip() for cell in line.strip("| ").split("|")] for line in between("example").splitlines()[3:] if line]


class TestPage:
    def test_has_every_answer_and_every_question_in_both_languages_and_no_other(self) -> None:
        assert re.findall(r"^\| (\d) \| (.+) \| (.+) \|$", between("answers"), re.MULTILINE) == [
            (str(one.value), one.en, one.bn) for one in INSTRUMENT.answers
        ]
        questions = re.findall(r"^\| `([a-z_]+)` \| (.+) \| (.+) \|$", between("questions"), re.MULTILINE)
        assert questions == [(item.code, item.en, item.bn) for one in INSTRUMENT.dimensions for item in one.items]
        titles = re.findall(r"^### (.+) · (.+) \(`([a-z]+)`\)$", between("questions"), re.MULTILINE)
        assert titles == [(one.en, one.bn, one.code) for one in INSTRUMENT.dimensions]

    def test_names_the_numbers_of_the_arithmetic_in_both_languages(self) -> None:
        assert f"fewer than **{INSTRUMENT.least_answered}**" in PAGE
        assert f"**{in_bengali_digits(str(INSTRUMENT.least_answered))}**টির কম" in PAGE
        assert f"× 100 ÷ ({INSTRUMENT.most} × number answered)" in PAGE
        assert f"÷ ({in_bengali_digits(str(INSTRUMENT.most))} × " in PAGE
        *first, last = (str(one) for one in PROCEDURE.review_months)
        assert f"after {', '.join(first)} and {last} months" in PAGE
        assert in_bengali_digits(f"{', '.join(first)} ও {last} মাস পর") in PAGE

    def test_has_the_three_dimensions_in_its_example(self) -> None:
        assert [row[0] for row in EXAMPLE] == [one.code for one in INSTRUMENT.dimensions]
        assert all(set(answers(row[1])) | set(answers(row[3])) <= INSTRUMENT.questions for row in EXAMPLE)

    @pytest.mark.parametrize("row", EXAMPLE, ids=lambda row: row[0])
    def test_computes_by_hand_what_the_code_does(self, row: list[str]) -> None:
        code, first, first_result, later, later_result, change = row
        percents = []
        for said, by_hand in ((first, first_result), (later, later_result)):
            found = next(one for one in INSTRUMENT.results(answers(said)) if one.code == code)
            given = answers(said)
            if found.percent is None:
                assert by_hand == f"{len(given)} answered: no result"
            else:
                assert by_hand == f"{sum(given.values())} × 100 ÷ {INSTRUMENT.most * len(given)} = {found.percent}"
            percents.append(found.percent)
        before, after = percents
        assert change == ("none" if before is None or after is None else f"{after - before:+d}")
