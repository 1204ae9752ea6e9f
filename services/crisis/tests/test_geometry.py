"""Shapes as messages really write them, and the borders under them."""

import math
import re
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from shapely import Point, Polygon, box

from services.crisis import hazards
from services.crisis.directory import load
from services.crisis.geometry import drawing, rules
from services.crisis.geometry.borders import borders
from services.crisis.geometry.drawing import Drawing
from services.crisis.warnings.cap import parse
from services.crisis.warnings.countries import concerned
from services.crisis.warnings.reading import read

Cap = Callable[..., bytes]
BEIRUT = Point(35.5, 33.89)
HAZARDS = hazards.load()[0]


def area(*shapes: str, name: str = "Somewhere") -> str:
    return f"<area><areaDesc>{name}</areaDesc>{''.join(shapes)}</area>"


def drawn(cap: Cap, *areas: str, **changed: str) -> rules.Footprint:
    message = parse(cap(area="".join(areas), **changed))
    return rules.footprint(message, HAZARDS.reach_km(message))


class TestPolygon:
    @pytest.mark.parametrize(
        ("text", "defects"),
        [
            ("33,35 33,36 34.5,36 34.5,35 33,35", set()),
            ("33,35 33,36 34.5,36 34.5,35", {"polygon-not-closed"}),
            ("(33,35) (33,36) (34.5,36) (34.5,35) (33,35)", {"polygon-stray-signs"}),
            ("33, 35\n 33 ,36\t34.5,36 34.5,35 33,35", set()),
            ("33,35 33,36 34.5,36 34.5,35 95,35 33,35", {"corner-off-the-globe"}),
            ("33,35 34.5,36 33,36 34.5,35 33,35", {"polygon-mended"}),
        ],
    )
    def test_is_read_as_it_was_meant(self, text: str, defects: set[str]) -> None:
        found: dict[str, None] = {}
        shape = rules.polygon(text, found)
        assert shape is not None
        assert (set(found), shape.is_valid) == (defects, True)
        assert shape.bounds == (35, 33, 36, 34.5)

    @pytest.mark.parametrize(
        "text", ["", "north of the river", "33,35", "33,35 33,36", "33,35 33,36 33", "33,35 33,35 33,35", "1,1 2,2 3,3 1,1"]
    )
    def test_what_encloses_nothing_is_no_shape(self, text: str) -> None:
        found: dict[str, None] = {}
        assert rules.polygon(text, found) is None
        assert found

    def test_a_longitude_beyond_the_date_line_comes_in_on_the_other_side(self) -> None:
        """GDACS writes −180.4."""
        found: dict[str, None] = {}
        shape = rules.polygon("-20,-180.4 -20,-179.4 -19,-179.4 -19,-180.4 -20,-180.4", found)
        assert shape is not None
        assert "longitude-carried-round" in found
        assert (shape.covers(Point(179.8, -19.5)), shape.covers(Point(-179.8, -19.5)), shape.covers(Point(0, -19.5))) == (True, True, False)

    def test_a_ring_over_the_date_line_does_not_run_round_the_globe(self) -> None:
        shape = rules.polygon("-20,179 -20,-179 -16,-179 -16,179 -20,179", {})
        assert shape is not None
        assert math.isclose(shape.area, 8)
        assert shape.covers(Point(179.5, -18))

    def test_the_whole_world_stays_the_whole_world(self) -> None:
        shape = rules.polygon("-90,-180 -90,180 90,180 90,-180 -90,-180", {})
        assert shape is not None
        assert shape.covers(BEIRUT)

    @given(st.lists(st.tuples(st.floats(-100, 100), st.floats(-400, 400)), max_size=12))
    @example([(0.0, 0.0), (-1.0, -1.0), (-1.9879440192243067e-170, 0.0), (-1.0, 0.0), (0.0, -1.0)])
    @example([(0.0, 5.4e-238), (1.0, 1.0), (0.0, 0.0), (1.0, 0.0), (0.0, -319.1771444568239), (0.0, 13.0)])
    @example([(-1.0, -68.59341490914969), (0.0, 0.0), (0.0, 112.0), (-1.0, -69.0), (0.0, 112.0)])
    def test_any_corners_make_a_valid_shape_on_the_globe_or_none(self, corners: list[tuple[float, float]]) -> None:
        shape = rules.polygon(" ".join(f"{lat},{lon}" for lat, lon in corners), {})
        if shape is not None:
            west, south, east, north = shape.bounds
            assert shape.is_valid
            assert -180.001 <= west <= east <= 180.001
            assert -90 <= south <= north <= 90

    @given(st.text(max_size=200))
    def test_any_text_is_read_or_passed_over(self, text: str) -> None:
        rules.polygon(text, {})
        rules.circle(text, 10, {})


class TestCircle:
    def test_holds_what_is_within_its_radius(self) -> None:
        shape = rules.circle("33.89,35.50 50", 10, {})
        assert shape is not None
        assert (shape.covers(Point(35.5, 34.3)), shape.covers(Point(35.5, 34.4))) == (True, False)

    def test_without_radius_it_has_the_reach_of_its_danger(self, cap: Cap) -> None:
        """Twelve of the fourteen circles among the collected messages have the radius 0."""
        shown = drawn(cap, area("<circle>33.89,35.50 0.0</circle>"), event="Earthquake", headline="Magnitude 6.8 near Beirut")
        assert shown.defects == ("circle-without-radius",)
        assert shown.shape is not None
        west, south, _, north = shown.shape.bounds
        assert math.isclose((north - south) * rules.KM_OF_A_DEGREE, 400, rel_tol=0.01)
        assert west < 33.5

    def test_over_the_date_line_it_is_two(self) -> None:
        shape = rules.circle("-18,179.9 100", 10, {})
        assert shape is not None
        assert (shape.covers(Point(179.5, -18)), shape.covers(Point(-179.5, -18)), shape.covers(Point(0, -18))) == (True, True, False)

    def test_around_a_pole_it_is_every_longitude(self) -> None:
        shape = rules.circle("89.5,10 200", 10, {})
        assert shape is not None
        assert shape.covers(Point(-170, 89.9))

    @pytest.mark.parametrize("text", ["", "here", "95,35 10", "35"])
    def test_off_the_globe_it_is_none(self, text: str) -> None:
        assert rules.circle(text, 10, {}) is None


class TestFootprint:
    def test_joins_the_areas_of_all_languages(self, cap: Cap, info: Callable[..., str]) -> None:
        one, two = area("<polygon>33,35 33,36 34,36 33,35</polygon>"), area("<polygon>34,35 34,36 35,36 34,35</polygon>")
        message = parse(cap(infos=info(language="en", area=one + two) + info(language="ar", area=one + two)))
        shape = rules.footprint(message, 10).shape
        assert shape is not None
        assert math.isclose(shape.area, 1)

    def test_an_area_without_shape_makes_it_one_of_whole_countries(self, cap: Cap) -> None:
        shown = drawn(cap, area("<polygon>33,35 33,36 34,36 33,35</polygon>"), area(name="And all of Syria"))
        assert shown == rules.Footprint(None, ("area-without-shape",))

    def test_a_shape_that_cannot_be_read_does_so_too(self, cap: Cap) -> None:
        """Else whoever is in it would not be told."""
        shown = drawn(cap, area("<polygon>33,35 33,36 34,36 33,35</polygon><polygon>the old town</polygon>"))
        assert shown == rules.Footprint(None, ("polygon-stray-signs", "polygon-unreadable", "area-without-shape"))

    def test_an_empty_one_is_passed_over(self, cap: Cap) -> None:
        shown = drawn(cap, area("<polygon>33,35 33,36 34,36 33,35</polygon><polygon></polygon><circle> </circle>"))
        assert shown.defects == ()
        assert shown.shape is not None

    def test_no_shape_at_all_is_no_defect(self, cap: Cap) -> None:
        assert drawn(cap, area()) == rules.NOWHERE

    def test_forty_thousand_corners_become_few_and_lose_nobody(self, cap: Cap) -> None:
        """A real warning for Burkina Faso has 41,009."""
        turns = [2 * math.pi * step / 41_009 for step in range(41_009)]
        ring = [
            (12 + (2 + 0.01 * math.sin(500 * turn)) * math.sin(turn), -1.5 + (2 + 0.01 * math.sin(500 * turn)) * math.cos(turn))
            for turn in turns
        ]
        text = " ".join(f"{lat:.6f},{lon:.6f}" for lat, lon in ring)
        shown = drawn(cap, area(f"<polygon>{text}</polygon>"))
        exact = rules.polygon(text, {})
        assert shown.shape is not None
        assert exact is not None
        assert "corners-reduced" in shown.defects
        assert len(str(rules.geojson(shown.shape))) < 100_000
        assert exact.difference(shown.shape).area == 0
        assert shown.shape.area < exact.area * 1.02

    def test_is_written_as_geojson(self, cap: Cap) -> None:
        shape = drawn(cap, area("<polygon>33,35 33,36 34,36 33,35</polygon>")).shape
        assert shape is not None
        written = rules.geojson(shape)
        assert (written["type"], set(written["coordinates"][0][0])) == ("MultiPolygon", {(35.0, 33.0), (36.0, 33.0), (36.0, 34.0)})


class TestGdacs:
    def test_a_point_with_its_countries_named_is_not_the_whole_of_them(self) -> None:
        """It draws a circle of radius 0 and names the countries in a parameter: all of Iran would be told of a village's earthquake."""
        known = {
            "eventtype": "EQ",
            "eventid": "1470644",
            "alertlevel": "Orange",
            "iso3": "IRN",
            "country": "Iran",
            "datemodified": "2026-11-20T10:00:00",
        }
        parameters = "".join(f"<parameter><valueName>{name}</valueName><value>{value}</value></parameter>" for name, value in known.items())
        raw = f"""<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>GDACS_1</identifier><sender>info@gdacs.org</sender>
        <sent>2026-11-20T11:00:00-00:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope><info><category>Geo</category>
        <event>Earthquake</event><urgency>Past</urgency><severity>Moderate</severity><certainty>Observed</certainty>
        <headline>Orange earthquake (Magnitude 6.1M)</headline>{parameters}
        <area><areaDesc>Polygon</areaDesc><circle>(30.1,51.2) 0</circle></area></info></alert>"""
        message = read(raw.encode())
        shown = rules.footprint(message, HAZARDS.reach_km(message))
        assert shown.shape is not None
        assert shown.shape.covers(Point(51.2, 30.9))
        assert not shown.shape.covers(Point(51.4, 35.7))
        assert concerned(message, (), load().sources).countries == ("IR",)


class TestBorders:
    @pytest.mark.parametrize(
        ("longitude", "latitude", "country"),
        [
            (50.21, 26.28, "SA"),  # Khobar, across the causeway from …
            (50.58, 26.22, "BH"),  # … Manama
            (35.01, 29.53, "JO"),  # Aqaba
            (34.95, 29.56, "IL"),  # Eilat
            (103.76, 1.46, "MY"),  # Johor Bahru
            (103.77, 1.44, "SG"),  # Woodlands
            (48.49, 28.43, "SA"),  # Khafji
            (48.40, 28.62, "KW"),  # Nuwaiseeb
            (56.25, 26.18, "OM"),  # Khasab, Musandam
            (56.14, 25.78, "AE"),  # Ras al-Khaimah's hills
            (12.60, 35.50, "IT"),  # Lampedusa, nearer to Tunisia
            (35.50, 33.89, "LB"),  # Beirut
            (36.29, 33.51, "SY"),  # Damascus
            (34.45, 31.50, "PS"),  # Gaza
            (44.50, 33.31, "IQ"),
            (51.53, 25.29, "QA"),
            (55.27, 25.20, "AE"),
            (58.40, 23.59, "OM"),
            (13.19, 32.89, "LY"),
            (32.53, 15.60, "SD"),
            (51.39, 35.69, "IR"),
            (73.51, 4.17, "MV"),
            (114.94, 4.89, "BN"),
            (-66.10, 18.46, "PR"),
        ],
    )
    def test_hard_points(self, longitude: float, latitude: float, country: str) -> None:
        assert borders().countries(rules.point(longitude, latitude)) == {country}

    @pytest.mark.parametrize(("longitude", "latitude"), [(60.0, 10.0), (-40.0, -40.0), (52.5, 26.5)])
    def test_far_at_sea_is_nobodys(self, longitude: float, latitude: float) -> None:
        assert borders().countries(rules.point(longitude, latitude)) == frozenset()

    def test_a_shape_is_of_the_countries_that_it_holds_more_than_a_strip_of(self) -> None:
        assert borders().countries(box(35.2, 33.1, 36.3, 34.6)) == {"LB", "SY"}
        assert borders().countries(rules.around(50.55, 26.05, 150)) >= {"BH", "QA", "SA"}

    def test_a_small_country_within_a_wide_shape_counts(self) -> None:
        assert "BH" in borders().countries(box(45, 20, 56, 30))

    @pytest.mark.parametrize(
        ("shape", "jurisdiction", "inside"),
        [
            (box(46, 24, 47, 25), {"SA"}, True),
            (box(44, 32, 45, 33), {"SA"}, False),
            (box(60, 10, 61, 11), {"SA"}, True),
            (box(-67, 18, -66, 18.5), {"US"}, True),
            (box(46, 24, 47, 25), set(), False),
        ],
        ids=["its own land", "another's", "at sea", "a territory of it", "nowhere"],
    )
    def test_an_authority_warns_for_its_own_land(self, shape: Polygon, jurisdiction: set[str], *, inside: bool) -> None:
        assert borders().within(shape, jurisdiction) is inside

    def test_a_strip_beyond_the_border_does_not_matter(self) -> None:
        """Drawn with a ruler, a warning for the north-east of Saudi Arabia laps over into Kuwait."""
        assert borders().within(box(44.5, 27, 47.4, 28.75), {"SA"})


class TestDrawing:
    def map_of(self, text: str, *countries: str, near_km: float = 20.0) -> Drawing:
        shape = rules.polygon(text, {})
        assert shape is not None
        found = drawing.drawn(shape.wkb, countries, near_km)
        assert found is not None
        return found

    def points(self, found: Drawing, kind: str) -> list[tuple[float, float]]:
        [path] = [one.path for one in found.layers if one.kind == kind]
        return [(float(x), float(y)) for x, y in re.findall(r"(-?\d+),(-?\d+)", path)]

    def test_is_true_to_its_bar(self) -> None:
        """A square of a fifth of a degree in Asir: as many kilometres as it has on the globe, north above."""
        found = self.map_of("18.1,42.4 18.1,42.6 18.3,42.6 18.3,42.4", "SA", near_km=30)
        xs, ys = zip(*self.points(found, "area"), strict=True)
        km = found.bar_km / found.bar
        assert (max(xs) - min(xs)) * km == pytest.approx(0.2 * rules.KM_OF_A_DEGREE * math.cos(math.radians(18.2)), abs=0.5)
        assert (max(ys) - min(ys)) * km == pytest.approx(0.2 * rules.KM_OF_A_DEGREE, abs=0.5)
        near_xs, _ = zip(*self.points(found, "near"), strict=True)
        assert (min(xs) - min(near_xs)) * km == pytest.approx(30, abs=0.5)
        assert all(0 <= x <= found.width for x in near_xs)

    def test_shows_the_land_around_and_where_in_the_country_it_is(self) -> None:
        found = self.map_of("33,35.1 33,35.5 33.5,35.6 33.5,35.2", "LB")
        assert {"LB", "SY"} <= {one.country for one in found.labels}
        assert [one.kind for one in found.layers] == ["land", "warned", "near", "area"]
        assert found.locator is None, "half of Lebanon is in the map itself"
        far = self.map_of("18.1,42.4 18.1,42.6 18.3,42.6 18.3,42.4", "SA").locator
        assert far is not None
        assert far.x / far.width == pytest.approx(0.37, abs=0.05)
        assert far.y > far.height * 0.8

    def test_of_whole_countries_is_their_land(self) -> None:
        found = drawing.drawn(None, ("LB",), 20.0)
        assert found is not None
        assert ([one.kind for one in found.layers], found.wide_km) == (["land", "warned"], None)
        assert drawing.drawn(None, (), 20.0) is None

    @pytest.mark.parametrize(
        "text", ["-17,179 -17,-179 -19,-179 -19,179", "80,-170 80,170 89,170 89,-170", "-90,-180 -90,180 90,180 90,-180"]
    )
    def test_at_the_edges_of_the_globe_there_is_still_a_picture(self, text: str) -> None:
        found = self.map_of(text, "FJ")
        assert 0 < found.height <= found.width * 1.2
        assert self.points(found, "area")
