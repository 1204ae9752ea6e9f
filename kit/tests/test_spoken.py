import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.reference import ALPHABET, BITS, make, parse
from kit.spoken import from_keypad, keypad_number, spoken

REFERENCES = st.integers(0, (1 << BITS) - 1).map(lambda number: make("C", number))


class TestSpoken:
    def test_says_each_symbol_with_a_pause_between_groups(self) -> None:
        words = spoken("C-7K3M-92QX")
        assert words.en == ("C as in Canada; seven, K as in Kuwait, three, M as in Malaysia; nine, two, Q as in Qatar, X as in X-ray")
        assert words.bn == "সি, কানাডা; সাত, কে, কুয়েত, তিন, এম, মালয়েশিয়া; নয়, দুই, কিউ, কাতার, এক্স, এক্স-রে"

    def test_of_a_secret(self) -> None:
        assert spoken("1234 5670").bn == "এক, দুই, তিন, চার; পাঁচ, ছয়, সাত, শূন্য"

    @given(REFERENCES)
    def test_no_two_references_sound_alike(self, reference: str) -> None:
        other = reference.replace(reference[3], ALPHABET[(ALPHABET.index(reference[3]) + 1) % 32])
        assert spoken(other) != spoken(reference)


class TestKeypad:
    @given(REFERENCES)
    def test_leads_back(self, reference: str) -> None:
        number = keypad_number(reference)
        assert len(number) == 12
        assert from_keypad(number, "C") == reference == parse(reference, "C")

    @given(REFERENCES, st.integers(0, 11), st.integers(1, 9))
    def test_a_wrong_digit_is_found(self, reference: str, place: int, by: int) -> None:
        number = keypad_number(reference)
        wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
        with pytest.raises(ValueError, match="wrong digit"):
            from_keypad(wrong, "C")

    @given(REFERENCES, st.integers(0, 10))
    def test_two_that_changed_places_are_found(self, reference: str, place: int) -> None:
        number = keypad_number(reference)
        wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        if wrong != number:
            with pytest.raises(ValueError, match="wrong digit"):
                from_keypad(wrong, "C")

    @pytest.mark.parametrize("typed", ["", "12", "x" * 12, "৯" * 12, "9" * 12])
    def test_anything_else_is_none(self, typed: str) -> None:
        with pytest.raises(ValueError, match="wrong digit"):
            from_keypad(typed, "C")
