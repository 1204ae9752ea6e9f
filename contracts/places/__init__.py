"""Places by code: countries (ISO 3166-1) and districts of Bangladesh (ISO 3166-2), with their names from Unicode's CLDR and dated files."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final

import yaml
from babel import Locale
from pydantic import AfterValidator, WithJsonSchema

from contracts.text import Text

# The 249 codes of ISO 3166-1, and XK: user-assigned for Kosovo, a destination that has no code of its own.
COUNTRIES: Final = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD
    CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF
    GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN
    KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI
    SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI
    VN VU WF WS XK YE YT ZA ZM ZW
    """.split(),  # noqa: SIM905 - 250 quoted strings are harder to check against the standard
)


@dataclass(frozen=True, slots=True)
class District:
    code: str
    name: Text
    division: str
    division_name: Text


@cache
def districts() -> Mapping[str, District]:
    """All sixty-four by code, in the order of their codes."""
    data = _data("districts.yaml")
    divisions = {code: Text(names["en"], names["bn"]) for code, names in data["divisions"].items()}
    return {
        code: District(code, Text(row["en"], row["bn"]), row["division"], divisions[row["division"]])
        for code, row in data["districts"].items()
    }


@cache
def countries() -> Mapping[str, Text]:
    """The names of all countries by code. Order them in the reader's language where they are shown."""
    english, bangla = Locale("en").territories, Locale("bn").territories
    ours = {code: Text(names["en"], names["bn"]) for code, names in _data("countries.yaml")["names"].items()}
    return {code: ours.get(code) or Text(english[code], bangla[code]) for code in sorted(COUNTRIES)}


def _data(file: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(Path(__file__).with_name(file).read_text("utf-8"))
    return data


def _known_country(code: str) -> str:
    if code not in COUNTRIES:
        raise ValueError(Text("This is not a country code, such as SA or LB.", "এটি কোনো দেশের কোড নয়। উদাহরণ: SA বা LB।"))
    return code


def _known_district(code: str) -> str:
    if code not in districts():
        raise ValueError(Text("This is not a district code: BD-01 to BD-64.", "এটি জেলার কোড নয়: BD-01 থেকে BD-64 পর্যন্ত।"))
    return code


# The pattern is for the schema only: the refusal says in the reader's words what a code looks like.
CountryCode = Annotated[str, AfterValidator(_known_country), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2}$"})]
DistrictCode = Annotated[
    str,
    AfterValidator(_known_district),
    WithJsonSchema({"type": "string", "pattern": "^BD-(0[1-9]|[1-5][0-9]|6[0-4])$"}),
]
