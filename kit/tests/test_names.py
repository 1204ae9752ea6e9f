"""One key for the spellings of a name in both scripts, as they stand on passports, receipts and in the mouths of callers."""

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.names import sound_key
from kit.text import search_key

SPELLINGS = [
    "রহিম|Rahim|Roheem|Rohim|Raheem|RAHIM",
    "রহিমা|Rahima|Rohima|Raheema",
    "মোঃ রহিম|মো: রহিম|Md. Rahim|Mohammad Rahim|MD Rohim|Muhammad Raheem",
    "হোসেন|হোসাইন|Hossain|Hussein|Hosen|Hussain",
    "চৌধুরী|চৌধুরি|Chowdhury|Choudhury|Chaudhary|Chowdhuri",
    "শেখ|Sheikh|Shaikh|Shekh",
    "খাতুন|Khatun|Khatoon",
    "আক্তার|আখতার|Akter|Akhter|Aktar",
    "বেগম|Begum|Begom",
    "জসিম উদ্দিন|জসীমউদ্দীন|Jasim Uddin|Jasimuddin|Jashim Uddin",
    "জাহাঙ্গীর|Jahangir|Zahangir|Jahangeer",
    "ফাতেমা|ফাতিমা|Fatema|Fatima|Fatemah",
    "ইউসুফ|Yusuf|Yousuf|Eusuf",
    "যোবায়ের|জুবায়ের|Zubair|Jobayer|Zobaer",
    "ওয়াহিদ|Wahid|Ohid",
    "ভূঁইয়া|ভুইয়া|Bhuiya|Bhuyia",
    "রফিকুল|Rafiqul|Rofikul",
    "আব্দুল করিম|আবদুল করিম|Abdul Karim|Abdulkarim|Abdool Kareem",
    "বিশ্বাস|Biswas|Bishwas",
    "মিয়া|মিঞা|Mia|Miah|Miya",
    "সালাম|ছালাম|Salam",
    "শংকর|শঙ্কর|Shankar|Sankar",
    "ইয়াসমিন|Yasmin|Easmin|Yeasmin",
    "সিদ্দিক|সিদ্দীক|Siddique|Siddiq|Siddik",
    "হাবিবুল্লাহ|Habibullah|Habib Ullah",
    "পারভীন|Parveen|Parvin|Parbin",
    "আয়েশা|আয়শা|Ayesha|Aisha",
    "কামাল|Kamal",
    "জামাল|Jamal|Zamal",
    "সন্ধ্যা|Sandhya|Sondha",
    "হৃদয়|Hridoy|Hriday",
]
APART = [
    "Rahim",
    "Rahima",
    "Rahman",
    "Karim",
    "Karima",
    "Kamal",
    "Jamal",
    "Salam",
    "Selina",
    "Fatema",
    "Habib",
    "Hossain",
    "Akter",
    "Begum",
]
BANGLA = "".join(map(chr, range(0x985, 0x9CE)))
EVERYDAY = st.text(alphabet=string.ascii_letters + " .-" + BANGLA, max_size=60)


@pytest.mark.parametrize("spellings", SPELLINGS)
def test_spellings_of_one_name_share_a_key(spellings: str) -> None:
    keys = {one: sound_key(one) for one in spellings.split("|")}
    assert len(set(keys.values())) == 1, keys
    assert all(keys.values())


def test_names_of_different_people_keep_theirs() -> None:
    assert len({sound_key(one) for one in APART}) == len(APART)


def test_what_only_stands_before_a_name_still_is_one_when_it_stands_alone() -> None:
    assert sound_key("Mohammad") == sound_key("মোহাম্মদ") != ""


@given(EVERYDAY)
def test_case_dots_and_spaces_change_nothing(name: str) -> None:
    assert sound_key(name) == sound_key(f"  {name.upper()} . ") == sound_key(search_key(name))


@given(st.text(max_size=300))
def test_any_text_has_a_key_and_the_same_one_however_it_is_encoded(name: str) -> None:
    key = sound_key(name)
    assert key == sound_key(unicodedata.normalize("NFD", name))
    assert " " not in key
    assert len(key) <= 4 * len(unicodedata.normalize("NFKD", name)) + 4


@given(EVERYDAY)
def test_a_key_says_little_of_the_name(name: str) -> None:
    """Consonants that every spelling keeps, and an a at either end: no vowel between tells of the spelling."""
    assert not set("eiouyw") & set(sound_key(name))
