"""Fictional returnees as desks would write them down: names in both scripts, as unevenly spread as names are.

A few names are borne by thousands, families share a telephone, and some people come twice. Drawn from a seed: the same each time.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate
from typing import Any, Final

Names = tuple[tuple[str, str], ...]


def _pairs(written: str) -> Names:
    return tuple((one.split("/")[0].replace("_", " "), one.split("/")[1].replace("_", " ")) for one in written.split())


MEN: Final = _pairs(
    "Abdul_Karim/আব্দুল_করিম Rahim/রহিম Jasim/জসিম Rafiqul/রফিকুল Shafiqul/শফিকুল Mizanur/মিজানুর Kamal/কামাল Jamal/জামাল Habibur/হাবিবুর Faruk/ফারুক "
    "Nurul/নুরুল Shahin/শাহীন Sohel/সোহেল Rubel/রুবেল Masud/মাসুদ Anwar/আনোয়ার Delwar/দেলোয়ার Monir/মনির Sumon/সুমন Ripon/রিপন Liton/লিটন "
    "Babul/বাবুল Dulal/দুলাল Alamgir/আলমগীর Jahangir/জাহাঙ্গীর Humayun/হুমায়ুন Selim/সেলিম Salam/সালাম Aziz/আজিজ Bashir/বশির Harun/হারুন "
    "Idris/ইদ্রিস Ismail/ইসমাইল Yusuf/ইউসুফ Ibrahim/ইব্রাহিম Saiful/সাইফুল Shahidul/শহীদুল Tariqul/তরিকুল Nazrul/নজরুল Aminul/আমিনুল "
    "Enamul/এনামুল Ziaur/জিয়াউর Ataur/আতাউর Motiur/মতিউর Lutfor/লুৎফর Abul/আবুল Biplob/বিপ্লব Palash/পলাশ Shamim/শামীম Mamun/মামুন"
)
WOMEN: Final = _pairs(
    "Fatema/ফাতেমা Rahima/রহিমা Salma/সালমা Rokeya/রোকেয়া Nasima/নাসিমা Shirin/শিরিন Parvin/পারভীন Sufia/সুফিয়া Amena/আমেনা Khadija/খাদিজা "
    "Ayesha/আয়েশা Taslima/তাসলিমা Shahida/শাহিদা Nargis/নার্গিস Rehana/রেহানা Morsheda/মোর্শেদা Jahanara/জাহানারা Hasina/হাসিনা Kulsum/কুলসুম "
    "Momtaz/মমতাজ Rina/রিনা Shilpi/শিল্পী Moyna/ময়না Rabeya/রাবেয়া Sabina/সাবিনা Lipi/লিপি Bilkis/বিলকিস Anowara/আনোয়ারা Monowara/মনোয়ারা Jorina/জরিনা"
)
OF_MEN: Final = _pairs(
    "Islam/ইসলাম Hossain/হোসেন Rahman/রহমান Uddin/উদ্দিন Ali/আলী Miah/মিয়া Ahmed/আহমেদ Khan/খান Sarkar/সরকার Haque/হক Alam/আলম "
    "Mollah/মোল্লা Sheikh/শেখ Talukder/তালুকদার Bhuiyan/ভূঁইয়া Chowdhury/চৌধুরী "
    "Howlader/হাওলাদার Sikder/সিকদার Mondal/মণ্ডল Pramanik/প্রামাণিক Das/দাস Biswas/বিশ্বাস"
)
OF_WOMEN: Final = _pairs("Begum/বেগম Khatun/খাতুন Akter/আক্তার Bibi/বিবি Khanam/খানম Sultana/সুলতানা Nesa/নেছা Rani/রানী")
PLACES: Final = _pairs(
    "Char/চর Uttar/উত্তর Dakshin/দক্ষিণ Purba/পূর্ব Paschim/পশ্চিম Natun/নতুন Bara/বড় Chhoto/ছোট Madhya/মধ্য "
    "Sonar/সোনার Baga/বাগা Hari/হরি Ram/রাম Kali/কালী"
)
ENDS: Final = _pairs(
    "para/পাড়া pur/পুর ganj/গঞ্জ nagar/নগর kandi/কান্দি gaon/গাঁও khali/খালী dia/দিয়া tala/তলা bari/বাড়ি hat/হাট danga/ডাঙ্গা kathi/কাঠি chala/চালা"
)
COUNTRIES: Final = {"SA": 34, "AE": 14, "MY": 10, "OM": 9, "QA": 8, "KW": 6, "LY": 5, "SG": 4, "JO": 3, "LB": 3, "BH": 2, "IT": 2}
REASONS: Final = {
    "contract_ended": 25,
    "own_will": 20,
    "job_lost": 20,
    "deported": 12,
    "health": 8,
    "family": 6,
    "after_detention": 5,
    "evacuated": 4,
}
BANDS: Final = {"18_24": 15, "25_34": 40, "35_44": 27, "45_plus": 16, "unknown": 2}
BORN: Final = {"18_24": (2002, 2008), "25_34": (1992, 2001), "35_44": (1982, 1991), "45_plus": (1960, 1981)}
COMES_AGAIN: Final = 0.03
REMEMBERED: Final = 2000


class People:
    """`telephones`: how many different ones there are; fewer than people, since families share."""

    def __init__(self, seed: int, today: date, telephones: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - the same people each time
        self.today = today
        self.telephones = telephones
        self._before: list[dict[str, Any]] = []

    def __iter__(self) -> Iterator[dict[str, Any]]:
        while True:
            yield self.one()

    def one(self) -> dict[str, Any]:
        """A body for `POST /v1/returnees`."""
        if self._before and self.chance.random() < COMES_AGAIN:
            return {**self.chance.choice(self._before), "returned_on": self._day()}
        person = self._person()
        if len(self._before) < REMEMBERED:
            self._before.append(person)
        return person

    def _person(self) -> dict[str, Any]:
        chance = self.chance
        is_woman = chance.random() < 0.2  # noqa: PLR2004 - one in five
        latin, bangla = self._name(WOMEN, OF_WOMEN) if is_woman else self._name(MEN, OF_MEN)
        band = self._weighed(BANDS)
        papers = [{"kind": "nid", "number": f"{chance.randrange(10**9, 10**10)}"}] if chance.random() < 0.6 else []  # noqa: PLR2004
        papers += [{"kind": "passport", "number": f"B{chance.randrange(10**8):08}"}] if chance.random() < 0.5 else []  # noqa: PLR2004
        person: dict[str, Any] = {
            "name": latin,
            "name_bn": bangla,
            "sex": "female" if is_woman else "male",
            "age_band": band,
            "district": f"BD-{1 + int(64 * chance.random() ** 1.5):02}",
            "country": self._weighed(COUNTRIES),
            "returned_on": self._day(),
            "return_reason": self._weighed(REASONS),
            "documents": papers,
            "father": self._name(MEN, OF_MEN)[chance.randrange(2)],
            "phone": f"+88017{chance.randrange(self.telephones):08}",
        }
        if band in BORN:
            person["birth_year"] = chance.randint(*BORN[band])
        if chance.random() < 0.6:  # noqa: PLR2004 - most name their village
            person["mother"] = self._name(WOMEN, OF_WOMEN)[chance.randrange(2)]
            person["village"] = self._village()
        return person

    def _name(self, first: Names, last: Names) -> tuple[str, str]:
        given, family = self._uneven(first), self._uneven(last)
        middle = self._uneven(first) if self.chance.random() < 0.3 else ("", "")  # noqa: PLR2004 - three in ten
        words = [[part[script] for part in (given, middle, family) if part[script]] for script in (0, 1)]
        return " ".join(words[0]), " ".join(words[1])

    def _village(self) -> str:
        begins, middle, ends = self.chance.choice(PLACES), self.chance.choice(MEN), self.chance.choice(ENDS)
        return f"{begins[0]} {middle[0]}{ends[0]}"

    def _uneven(self, names: Names) -> tuple[str, str]:
        """The first of a list is borne by ten times as many as the tenth (Zipf)."""
        return self.chance.choices(names, cum_weights=_zipf(len(names)))[0]

    def _weighed(self, weights: dict[str, int]) -> str:
        return self.chance.choices([*weights], [*weights.values()])[0]

    def _day(self) -> str:
        return (self.today - timedelta(days=self.chance.randint(0, 900))).isoformat()


def _zipf(number: int, known: dict[int, list[float]] = {}) -> list[float]:  # noqa: B006 - remembered on purpose
    if number not in known:
        known[number] = list(accumulate(1 / place for place in range(1, number + 1)))
    return known[number]
