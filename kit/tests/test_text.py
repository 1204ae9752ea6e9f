import unicodedata
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.text import Text
from kit.text import CleanLine, CleanText, Day, Phone, clean, clean_line, digits, in_bengali_digits, phone, search_key

# Letters, signs, joiners, marks and controls that act on one another: random Unicode seldom puts two of them side by side.
TRICKY = st.text(
    st.sampled_from(
        "অাইঈিীউঊুূকতথবযরড়ঢ়য়়্ৎঁঃংশষসণনেোৈৌৗ৷।০৯\u200c\u200d\u200b\u202e\ufeff\0\ud800 \t\n\r\u2028aÅéèﬁİ\u0131ßøŁ'\u2019.-:1٣\u0301\u0307\u0345"
    )
)
BMP = range(0x10000)
ANY_TEXT = st.text(st.characters()) | TRICKY


class TestClean:
    @given(ANY_TEXT)
    def test_is_idempotent(self, text: str) -> None:
        assert clean(clean(text)) == clean(text)

    @given(ANY_TEXT)
    def test_postgresql_and_utf8_take_whatever_comes_out(self, text: str) -> None:
        assert "\0" not in clean(text)
        clean(text).encode()

    def test_no_control_character_but_the_newline_survives(self) -> None:
        kept = {out for code in BMP for out in clean(f"a{chr(code)}b") if unicodedata.category(out) in {"Cc", "Cs"}}
        assert kept == {"\n"}

    def test_both_forms_of_a_letter_with_nukta_are_one(self) -> None:
        assert clean("বা\u09dcি") == clean("বা\u09a1\u09bcি")
        assert clean("\u09df \u09dd") == clean("\u09af\u09bc \u09a2\u09bc")

    def test_both_forms_of_a_split_vowel_are_one(self) -> None:
        assert clean("ক\u09c7\u09be") == "ক\u09cb"
        assert clean("ক\u09c7\u09d7") == "ক\u09cc"

    @pytest.mark.parametrize(
        ("typed", "stored"),
        [("উত্\u200dসব", "উৎসব"), ("হঠাত্\u200d", "হঠাৎ"), ("ব\u09bcহিম", "রহিম"), ("অামি", "আমি"), ("এসেছি৷", "এসেছি।")],
    )
    def test_lookalikes_are_stored_as_what_they_mean(self, typed: str, stored: str) -> None:
        assert clean(typed) == stored

    @pytest.mark.parametrize("text", ["শীত ঈদ ঊষা পাষাণ চাঁদ মোঃ", "র\u200d্যাব", "উদ্\u200cঘাটন", "می\u200cخورد", "👩🏽\u200d🚒"])
    def test_spelling_and_joiners_inside_a_word_stay(self, text: str) -> None:
        assert clean(text) == text

    def test_joiners_that_join_nothing_go(self) -> None:
        assert clean("\u200cক \u200dখ\u200c গ\u200d\u200cঘ") == "ক খ গ\u200dঘ"

    @pytest.mark.parametrize("marks", ["\u0301\u0323", "\u0323\u0301", "\u0344", "\u0f73", "\u09bc\u09cd"])
    def test_a_letter_under_a_heap_of_marks_keeps_the_first_of_them(self, marks: str) -> None:
        heap = clean("a" + marks * 200_000 + "b")
        assert heap[-1] == "b"
        assert len(unicodedata.normalize("NFD", heap)) <= 32
        assert clean(heap) == heap

    def test_a_long_line_of_signs_that_are_no_marks_stays(self) -> None:
        assert clean("-" * 300 + "।" * 40) == "-" * 300 + "।" * 40

    def test_a_heap_of_joiners_is_one(self) -> None:
        assert clean("ক" + "\u200d\u200c" * 200_000 + "খ") == "ক\u200dখ"
        assert clean("ক" + "\u200d" * 200_000) == "ক"

    def test_text_cannot_be_shown_in_another_order_than_stored(self) -> None:
        assert clean("RL-\u202e4321\u202c \u2066x\u2069") == "RL-4321 x"

    def test_lines_are_kept_and_spaces_collapsed(self) -> None:
        assert clean(" \ufeffone\t two \r\n\r\n\r\n three\u2028four\x85five\n") == "one two\n\nthree\nfour\nfive"

    def test_a_line_has_no_second_line(self) -> None:
        assert clean_line("a\r\n\n b\x0bc") == "a b c"


class TestDigits:
    @given(st.integers(min_value=0))
    def test_bengali_digits_and_back(self, number: int) -> None:
        shown = in_bengali_digits(str(number))
        assert not set(shown) & set("0123456789")
        assert digits(shown) == str(number)

    def test_digits_of_the_destinations(self) -> None:
        assert digits("০১২৩৪৫৬৭৮৯ ٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹ ०१२३४५६७८९ x7") == "0123456789 0123456789 0123456789 0123456789 x7"


class TestSearchKey:
    @given(ANY_TEXT)
    @example("ت")
    def test_is_idempotent(self, text: str) -> None:
        assert search_key(search_key(text)) == search_key(text)

    @given(ANY_TEXT)
    def test_is_the_same_before_and_after_storing(self, text: str) -> None:
        assert search_key(clean(text)) == search_key(text)

    def test_every_character_folds_once_and_for_all(self) -> None:
        unstable = [code for code in BMP if (key := search_key(f"a{chr(code)}")) != search_key(key)]
        assert unstable == []

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("ঈদগাহ", "ইদগাহ"),
            ("রহীম", "রহিম"),
            ("নূরুন", "নুরুন"),
            ("পাষাণ", "পাসান"),
            ("শাহজাহান", "সাহযাহান"),
            ("চাঁদপুর", "চাদপুর"),
            ("উৎসব", "উত্সব"),
            ("মোঃ রহিম", "মো: রহিম"),
            ("মোঃ রহিম", "মো. রহিম"),
            ("বাড়ি", "বারী"),
            ("ফরহাদ\u200c", "ফরহাদ"),
            ("র\u200d্যাব", "র্যাব"),
            ("RL-১২৩৪", "rl 1234"),
            ("JOSÉ Łukasz", "jose lukasz"),
            ("İSTANBUL", "istanbul"),
            ("Cox\u2019s Bazar", "coxs bazar"),
            ("Al-Rahman & Sons", "al rahman sons"),
            ("ﬁnance", "Finance"),
        ],
    )
    def test_two_spellings_meet(self, one: str, other: str) -> None:
        assert search_key(one) == search_key(other) != ""

    @pytest.mark.parametrize(
        ("one", "other"), [("কলা", "কালা"), ("সায়মা", "সাজমা"), ("সত্য", "সত্জ"), ("মো রহিম", "রহিম"), ("ক্ত", "কত"), ("Md Rahim", "Rahim")]
    )
    def test_what_differs_in_meaning_stays_apart(self, one: str, other: str) -> None:
        assert search_key(one) != search_key(other)

    def test_punctuation_alone_has_no_key(self) -> None:
        assert search_key(" -।?! ") == ""


class TestPhone:
    @pytest.mark.parametrize(
        "typed",
        [
            "01712345678",
            "০১৭১২-৩৪৫৬৭৮",
            "+880 1712 345678",
            "8801712345678",
            "008801712345678",
            "1712345678",
            "+৮৮০১৭১২৩৪৫৬৭৮",
            " (0) 1712-345678",
        ],
    )
    def test_however_a_bangladeshi_number_is_written(self, typed: str) -> None:
        assert phone(typed) == "+8801712345678"

    @pytest.mark.parametrize(
        ("typed", "region", "number"),
        [
            ("+966 50 123 4567", "BD", "+966501234567"),
            ("050 123 4567", "SA", "+966501234567"),
            ("٠٥٠١٢٣٤٥٦٧", "SA", "+966501234567"),
            ("03 123 456", "LB", "+9613123456"),
            ("012-345 6789", "MY", "+60123456789"),
        ],
    )
    def test_a_number_abroad(self, typed: str, region: str, number: str) -> None:
        assert phone(typed, region) == number

    @pytest.mark.parametrize("typed", ["", "phone", "01012345678", "0171234567", "+999123456789", "12", "+8801712345678901234"])
    def test_what_is_no_number_is_refused_in_both_languages(self, typed: str) -> None:
        with pytest.raises(ValueError, match="telephone") as refusal:
            phone(typed)
        assert isinstance(refusal.value.args[0], Text)

    @given(st.text())
    def test_any_text_is_a_number_or_refused(self, typed: str) -> None:
        try:
            number = phone(typed)
        except ValueError:
            return
        assert phone(number) == number


class TestTypes:
    def test_text_is_cleaned_before_its_length_is_judged(self) -> None:
        assert TypeAdapter(CleanLine).validate_python(" " * 300 + "রহিম\n") == "রহিম"
        assert TypeAdapter(CleanText).validate_python("ক\r\nখ") == "ক\nখ"

    @pytest.mark.parametrize("value", ["", " \u200b\0", "x" * 201, 7, None])
    def test_a_line_is_refused(self, value: object) -> None:
        with pytest.raises(ValidationError):
            TypeAdapter(CleanLine).validate_python(value)

    def test_a_phone_is_stored_as_e164(self) -> None:
        assert TypeAdapter(Phone).validate_python("০১৭১২৩৪৫৬৭৮") == "+8801712345678"
        with pytest.raises(ValidationError):
            TypeAdapter(Phone).validate_python("0" * 41)

    def test_a_day_is_written_in_digits_of_either_script(self) -> None:
        assert TypeAdapter(Day).validate_python(" ২০২৬-০৬-৩০ ") == TypeAdapter(Day).validate_python("2026-06-30") == date(2026, 6, 30)

    @pytest.mark.parametrize("value", [1_782_777_600, "1782777600", "30-06-2026", "2026-06-30T00:00:00", "2026-02-30", "", None])
    def test_what_is_no_written_day_is_refused(self, value: object) -> None:
        with pytest.raises(ValidationError):
            TypeAdapter(Day).validate_python(value)

    def test_the_schema_says_what_is_expected(self) -> None:
        assert TypeAdapter(CleanLine).json_schema() == {"type": "string", "minLength": 1, "maxLength": 200}
