"""What can be wrong with a row, in the words of whoever mends the file. A report keeps the codes, never what a cell said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from contracts.text import Text


@dataclass(frozen=True, slots=True)
class Problem:
    """`refuses`: the row is not taken; else it is, without what the cell said or with it as it stands."""

    words: Text
    refuses: bool


def _refuses(en: str, bn: str) -> Problem:
    return Problem(Text(en, bn), refuses=True)


def _warns(en: str, bn: str) -> Problem:
    return Problem(Text(en, bn), refuses=False)


PROBLEMS: Final[Mapping[str, Problem]] = {
    "too_long": _refuses("The line is longer than a row can be.", "লাইনটি একটি সারির তুলনায় অনেক দীর্ঘ।"),
    "not_utf8": _refuses("The text is not UTF-8: save the file as CSV UTF-8.", "লেখাটি UTF-8 নয়: ফাইলটি CSV UTF-8 হিসেবে সংরক্ষণ করুন।"),
    "nul": _refuses("Holds bytes that are no text.", "এমন কিছু আছে যা লেখা নয়।"),
    "cells": _refuses(
        "Has another number of cells than the first row: look for a comma or a quotation mark too many.",
        "প্রথম সারির তুলনায় ঘরের সংখ্যা ভিন্ন: বাড়তি কমা বা উদ্ধৃতিচিহ্ন আছে কি না দেখুন।",
    ),
    "formula": _refuses("Holds a formula: put its value there.", "সূত্র (ফর্মুলা) আছে: তার বদলে মানটি লিখুন।"),
    "no_name": _refuses("No name.", "নাম নেই।"),
    "name": _refuses("This is not a name.", "এটি নাম নয়।"),
    "long_cell": _refuses("Too long.", "লেখাটি বেশি দীর্ঘ।"),
    "no_country": _refuses("No country.", "দেশ লেখা নেই।"),
    "country": _refuses("No country is known by this name.", "এই নামে কোনো দেশ জানা নেই।"),
    "at_home": _refuses("The country is Bangladesh: this register is of people abroad.", "দেশ বাংলাদেশ লেখা: এই নিবন্ধন বিদেশে থাকা ব্যক্তিদের।"),
    "nothing_to_know_by": _refuses(
        "Neither a paper's number nor a telephone number: the person could not be told from others.",
        "কাগজের নম্বর বা ফোন নম্বর কোনোটিই নেই: ব্যক্তিকে অন্যদের থেকে আলাদা করা যাবে না।",
    ),
    "excel_number": _refuses(
        "A spreadsheet program has cut this number (1.98E+12). Format the column as text and save again.",
        "স্প্রেডশিট প্রোগ্রাম নম্বরটি কেটে ফেলেছে (1.98E+12)। কলামটি টেক্সট হিসেবে ঠিক করে আবার সংরক্ষণ করুন।",
    ),
    "same_again": _warns(
        "The same person stands in an earlier row of this file, or in the register, with the same details.",
        "একই ব্যক্তি একই তথ্যসহ এই ফাইলের আগের সারিতে বা নিবন্ধনে আছেন।",
    ),
    "update": _warns(
        "The person is in the register with other details: an update was proposed, no second record made.",
        "ব্যক্তি অন্য তথ্যসহ নিবন্ধনে আছেন: হালনাগাদের প্রস্তাব রাখা হয়েছে, দ্বিতীয় নথি করা হয়নি।",
    ),
    "passport": _warns(
        "The passport number has an unusual form; it is kept as it stands.", "পাসপোর্ট নম্বরের ধরন স্বাভাবিক নয়; যেভাবে আছে সেভাবেই রাখা হয়েছে।"
    ),
    "nid": _warns(
        "An identity card number has 10, 13 or 17 digits; it is kept as it stands.",
        "জাতীয় পরিচয়পত্র নম্বর ১০, ১৩ বা ১৭ অঙ্কের হয়; যেভাবে আছে সেভাবেই রাখা হয়েছে।",
    ),
    "phone": _warns("This is not a telephone number; the row is taken without it.", "এটি সঠিক ফোন নম্বর নয়; নম্বর ছাড়াই সারিটি নেওয়া হয়েছে।"),
    "email": _warns("This is not an e-mail address; the row is taken without it.", "এটি সঠিক ই-মেইল ঠিকানা নয়; ঠিকানা ছাড়াই সারিটি নেওয়া হয়েছে।"),
    "born": _warns("The date of birth cannot be read; the row is taken without it.", "জন্ম তারিখ পড়া যায়নি; তারিখ ছাড়াই সারিটি নেওয়া হয়েছে।"),
    "departed": _warns(
        "The date of departure cannot be read; the row is taken without it.", "বিদেশ যাত্রার তারিখ পড়া যায়নি; তারিখ ছাড়াই সারিটি নেওয়া হয়েছে।"
    ),
    "sex": _warns("Neither female, male nor other; taken as not known.", "নারী, পুরুষ বা অন্যান্য কোনোটিই নয়; অজানা হিসেবে নেওয়া হয়েছে।"),
    "district": _warns(
        "No district is known by this name; the row is taken without it.", "এই নামে কোনো জেলা জানা নেই; জেলা ছাড়াই সারিটি নেওয়া হয়েছে।"
    ),
}
Found = tuple[str, str]  # the column's code, or "" for the whole row; the problem's


def refuses(found: list[Found]) -> bool:
    return any(PROBLEMS[code].refuses for _, code in found)
