import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.text import Text
from kit.reference import ALPHABET, BITS, make, parse
from kit.text import in_bengali_digits

NUMBERS = st.integers(0, (1 << BITS) - 1)
PREFIXES = st.sampled_from(ALPHABET[10:])


def symbols_of(reference: str) -> str:
    return reference.replace("-", "")


def is_refused(symbols: str, prefix: str) -> bool:
    try:
        parse(symbols, prefix)
    except ValueError:
        return True
    return False


class TestMake:
    @given(PREFIXES, NUMBERS)
    def test_is_read_again_as_it_was_made(self, prefix: str, number: int) -> None:
        reference = make(prefix, number)
        assert re.fullmatch(r"[A-Z]-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", reference)
        assert parse(reference, prefix) == reference

    @given(PREFIXES, NUMBERS, NUMBERS)
    def test_different_numbers_have_different_references(self, prefix: str, one: int, other: int) -> None:
        assert (make(prefix, one) == make(prefix, other)) == (one == other)

    def test_is_random_without_a_number(self) -> None:
        assert len({make("C") for _ in range(100)}) == 100

    @pytest.mark.parametrize(("prefix", "number"), [("", 1), ("7", 1), ("CA", 1), ("I", 1), ("c", 1), ("C", -1), ("C", 1 << BITS)])
    def test_refuses_what_could_not_be_read(self, prefix: str, number: int) -> None:
        with pytest.raises(ValueError, match="no reference"):
            make(prefix, number)


class TestParse:
    @given(NUMBERS)
    def test_however_it_is_typed(self, number: int) -> None:
        reference = make("C", number)
        body = symbols_of(reference)[1:]
        misread = body.replace("0", "o").replace("1", "l")
        spoken = in_bengali_digits(reference.lower()).replace("-", " \u2013 ")
        assert {parse(typed, "C") for typed in (reference.lower(), body, f" c{misread}", body.replace("1", "I"), spoken)} == {reference}

    @pytest.mark.parametrize("number", [0, 1, 0x5A5A5A5A5, 0x123456789, (1 << BITS) - 1])
    def test_every_wrong_symbol_is_found(self, number: int) -> None:
        symbols = symbols_of(make("C", number))
        for place in range(1, len(symbols)):
            for wrong in set(ALPHABET) - {symbols[place]}:
                assert is_refused(symbols[:place] + wrong + symbols[place + 1 :], "C")

    @given(NUMBERS, st.data())
    def test_a_wrong_symbol_is_found_anywhere(self, number: int, data: st.DataObject) -> None:
        symbols = symbols_of(make("R", number))
        place = data.draw(st.integers(1, len(symbols) - 1))
        wrong = data.draw(st.sampled_from(sorted(set(ALPHABET) - {symbols[place]})))
        assert is_refused(symbols[:place] + wrong + symbols[place + 1 :], "R")

    @given(NUMBERS)
    def test_every_two_symbols_that_changed_places_are_found(self, number: int) -> None:
        symbols = symbols_of(make("C", number))
        for one in range(1, len(symbols)):
            for other in range(one + 1, len(symbols)):
                if symbols[one] != symbols[other]:
                    swapped = [*symbols]
                    swapped[one], swapped[other] = symbols[other], symbols[one]
                    assert is_refused("".join(swapped), "C")

    @given(NUMBERS)
    def test_a_reference_of_another_kind_is_refused(self, number: int) -> None:
        assert is_refused(make("R", number), "C")
        assert is_refused("C" + symbols_of(make("R", number))[1:], "C")

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("", "looks like"),
            ("C-123", "looks like"),
            ("C-7K3M-92QX-1", "looks like"),
            ("C-7K3M-92QU", "never U"),
            ("C-7K3M-92Q₹", "letters"),
            ("C-0000-0000", "wrong"),
        ],
    )
    def test_says_what_is_wrong_in_both_languages(self, typed: str, words: str) -> None:
        with pytest.raises(ValueError, match=words) as refusal:
            parse(typed, "C")
        assert isinstance(refusal.value.args[0], Text)

    @given(st.text(max_size=20))
    def test_any_text_is_a_reference_or_refused(self, typed: str) -> None:
        assert is_refused(typed, "C") or parse(parse(typed, "C"), "C")
