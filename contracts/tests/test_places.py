import re

import pytest
from pydantic import TypeAdapter, ValidationError

from contracts.places import COUNTRIES, CountryCode, DistrictCode, countries, districts
from contracts.text import Text

BENGALI = {chr(code) for code in range(0x0980, 0x0A00)} | set(" (),-")


class TestDistricts:
    def test_are_the_sixty_four_in_eight_divisions(self) -> None:
        assert [*districts()] == [f"BD-{number:02}" for number in range(1, 65)]
        assert {district.division for district in districts().values()} == {f"BD-{letter}" for letter in "ABCDEFGH"}

    def test_have_names_of_their_own_in_both_languages(self) -> None:
        names = [district.name for district in districts().values()]
        assert len({name.en for name in names}) == len({name.bn for name in names}) == 64
        assert all(set(name.bn) <= BENGALI for name in names)

    def test_that_the_journeys_name(self) -> None:
        assert districts()["BD-08"].name == Text("Cumilla", "কুমিল্লা")
        assert districts()["BD-60"].division_name == Text("Sylhet", "সিলেট")

    @pytest.mark.parametrize("code", ["BD-00", "BD-65", "BD-8", "bd-08", "BD-A", "08", "", "BD-08 "])
    def test_other_codes_are_refused(self, code: str) -> None:
        with pytest.raises(ValidationError):
            TypeAdapter(DistrictCode).validate_python(code)

    def test_a_code_is_taken_as_it_is(self) -> None:
        assert [TypeAdapter(DistrictCode).validate_python(code) for code in districts()] == [*districts()]


class TestCountries:
    def test_are_those_of_the_standard_and_kosovo(self) -> None:
        assert len(COUNTRIES - {"XK"}) == 249

    def test_have_names_in_both_languages(self) -> None:
        assert countries().keys() == COUNTRIES
        assert countries()["BH"] == Text("Bahrain", "বাহরাইন")
        assert countries()["SA"] == Text("Saudi Arabia", "সৌদি আরব")
        assert all(set(name.bn) <= BENGALI for name in countries().values())

    @pytest.mark.parametrize("code", ["AA", "ZZ", "EU", "UK", "sa", "SAU", "", "S A"])
    def test_other_codes_are_refused(self, code: str) -> None:
        with pytest.raises(ValidationError):
            TypeAdapter(CountryCode).validate_python(code)

    def test_a_code_is_taken_as_it_is(self) -> None:
        assert TypeAdapter(CountryCode).validate_python("NO") == "NO"


class TestSchema:
    def test_says_what_a_code_looks_like(self) -> None:
        pattern = TypeAdapter(DistrictCode).json_schema()["pattern"]
        assert all(re.search(pattern, code) for code in districts())
        assert not any(re.search(pattern, code) for code in ("BD-00", "BD-65", "BD-8"))
        assert all(re.search(TypeAdapter(CountryCode).json_schema()["pattern"], code) for code in COUNTRIES)
