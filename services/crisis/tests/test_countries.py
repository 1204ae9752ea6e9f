from collections.abc import Callable

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from contracts.places import COUNTRIES
from services.crisis.directory import load
from services.crisis.warnings.cap import parse
from services.crisis.warnings.countries import NOBODY, Concern, Evidence, UnknownCountryError, concerned, stated

Cap = Callable[..., bytes]
SOURCES = load().sources


def geocode(name: str, value: str) -> str:
    return f"<area><areaDesc>Some place</areaDesc><geocode><valueName>{name}</valueName><value>{value}</value></geocode></area>"


class TestStated:
    def test_takes_any_case_and_sorts(self) -> None:
        assert stated(["sy", "LB", "lb"]) == ("LB", "SY")

    @pytest.mark.parametrize("code", ["XX", "UK", "", "LBN", "দেশ"])
    def test_refuses_what_is_no_country(self, code: str) -> None:
        with pytest.raises(UnknownCountryError):
            stated([code])


class TestConcerned:
    def test_the_poster_comes_first(self, cap: Cap) -> None:
        assert concerned(parse(cap(country="SA")), ("LB",), SOURCES) == Concern(("LB",), Evidence.POSTER)

    @pytest.mark.parametrize(
        ("name", "value", "country"),
        [
            ("ISO3166-1", "LB", "LB"),
            ("iso3166", "LBN", "LB"),
            ("ISO 3166-1 numeric", "422", "LB"),
            ("ISO3166-2", "SA-01", "SA"),
            ("http://www.iso.org/iso/country_codes.html", "AU-NSW", "AU"),
            ("EMMA_ID", "IT003", "IT"),
            ("NUTS3", "EL301", "GR"),
            ("SAME", "006109", "US"),
            ("profile:CAP-CP:Location:0.3", "3537039", "CA"),
        ],
    )
    def test_a_code_in_the_message(self, cap: Cap, name: str, value: str, country: str) -> None:
        assert concerned(parse(cap(area=geocode(name, value))), (), SOURCES) == Concern((country,), Evidence.GEOCODE)

    def test_a_code_of_no_country_is_refused(self, cap: Cap) -> None:
        with pytest.raises(UnknownCountryError, match="QQ"):
            concerned(parse(cap(country="QQ")), (), SOURCES)

    def test_one_wrong_code_beside_a_right_one_is_passed_over(self, cap: Cap) -> None:
        area = geocode("ISO3166-1", "QQ") + geocode("ISO3166-1", "JO")
        assert concerned(parse(cap(area=area)), (), SOURCES).countries == ("JO",)

    def test_a_national_authority_warns_of_its_own_country(self, cap: Cap) -> None:
        """Lebanon is also a county of Pennsylvania."""
        message = parse(cap(sender="w-nws.webmaster@noaa.gov", country=None, area_name="Lebanon; Berks"))
        assert concerned(message, (), SOURCES) == Concern(("US",), Evidence.SOURCE)

    def test_an_authority_is_known_by_its_number_in_the_register(self, cap: Cap) -> None:
        message = parse(cap(identifier="urn:oid:2.49.0.0.682.0.2026.1", country=None, area_name="Asir region - Abha"))
        assert concerned(message, (), SOURCES) == Concern(("SA",), Evidence.SOURCE)

    def test_a_world_wide_source_is_read_by_names(self, cap: Cap) -> None:
        message = parse(cap(sender="http://earthquake.usgs.gov/x", country=None, area_name="76 km SSW of Usulután, El Salvador"))
        assert concerned(message, (), SOURCES) == Concern(("SV",), Evidence.NAME)

    def test_nothing_said_concerns_nobody(self, cap: Cap) -> None:
        assert concerned(parse(cap(country=None, area_name="The northern coast")), (), SOURCES) == NOBODY


class TestNames:
    @pytest.mark.parametrize(
        ("text", "countries"),
        [
            ("South Lebanon and the suburbs of Beirut", ("LB",)),
            ("দক্ষিণ লেবাননে ও সিরিয়ার সীমান্তে", ("LB", "SY")),
            ("সৌদি আরবের রিয়াদ", ("SA",)),
            ("في جنوب لبنان", ("LB",)),
            ("لبنان والأردن", ("JO", "LB")),
            ("South Sudan", ("SS",)),
            ("Papua New Guinea", ("PG",)),
            ("UAE - Dubai; Northern Emirates", ("AE",)),
            ("Cote d'Ivoire", ("CI",)),
            ("New Mexico and New Jersey", ()),
            ("Gulf of Oman", ()),
            ("عمان", ()),
            ("a lebanonese omani", ()),
        ],
    )
    def test_names_in_three_languages(self, cap: Cap, text: str, countries: tuple[str, ...]) -> None:
        assert concerned(parse(cap(country=None, area_name=text)), (), SOURCES).countries == countries

    @given(code=st.sampled_from(sorted(COUNTRIES)), language=st.sampled_from(["en", "bn", "ar"]))
    def test_each_country_is_found_by_its_own_name(self, code: str, language: str) -> None:
        name = Locale(language).territories[code]
        message = parse(_message(f"5 km, {name}: 12"))
        assert concerned(message, (), SOURCES).countries == (code,)


def _message(place: str) -> bytes:
    return f"""<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>i</identifier><sender>s</sender>
    <sent>2026-11-20T10:00:00+00:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
    <info><event>e</event><area><areaDesc>{place.replace("&", "&amp;")}</areaDesc></area></info></alert>""".encode()
