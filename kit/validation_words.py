"""What is wrong with a value, in the words of the person who typed it; pydantic's own words are English and for programmers."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from contracts.text import Text

_WORDS: Final[Mapping[str, Text]] = {
    "missing": Text("This is needed.", "এই তথ্যটি আবশ্যক।"),
    "extra_forbidden": Text("This field is not known here. Remove it.", "এই ঘরটি এখানে প্রযোজ্য নয়। এটি বাদ দিন।"),
    "string_type": Text("Write this as text.", "এটি লেখা (টেক্সট) হিসেবে দিন।"),
    "string_too_long": Text("This is too long: at most {max_length} characters.", "এটি খুব দীর্ঘ: সর্বোচ্চ {max_length} অক্ষর।"),
    "string_too_short": Text("This is too short: at least {min_length} characters.", "এটি খুব ছোট: অন্তত {min_length} অক্ষর লিখুন।"),
    "string_pattern_mismatch": Text("This is not in the expected form.", "এটি নির্ধারিত নিয়মে লেখা হয়নি।"),
    "enum": Text("Choose one of: {expected}.", "এগুলোর একটি বেছে নিন: {expected}।"),
    "literal_error": Text("Choose one of: {expected}.", "এগুলোর একটি বেছে নিন: {expected}।"),
    "bool_type": Text("Answer yes or no (true or false).", "হ্যাঁ বা না (true অথবা false) দিন।"),
    "bool_parsing": Text("Answer yes or no (true or false).", "হ্যাঁ বা না (true অথবা false) দিন।"),
    "int_type": Text("Write a whole number.", "একটি পূর্ণ সংখ্যা লিখুন।"),
    "int_parsing": Text("Write a whole number.", "একটি পূর্ণ সংখ্যা লিখুন।"),
    "int_from_float": Text("Write a whole number.", "একটি পূর্ণ সংখ্যা লিখুন।"),
    "greater_than_equal": Text("The smallest allowed is {ge}.", "সর্বনিম্ন অনুমোদিত মান {ge}।"),
    "less_than_equal": Text("The largest allowed is {le}.", "সর্বোচ্চ অনুমোদিত মান {le}।"),
    "date_type": Text("Write a date as year-month-day.", "তারিখ বছর-মাস-দিন হিসেবে লিখুন।"),
    "date_parsing": Text("Write a date as year-month-day.", "তারিখ বছর-মাস-দিন হিসেবে লিখুন।"),
    "date_from_datetime_parsing": Text("Write a date as year-month-day.", "তারিখ বছর-মাস-দিন হিসেবে লিখুন।"),
    "datetime_parsing": Text("Write date and time with an offset.", "তারিখ ও সময় টাইম-জোনসহ লিখুন।"),
    "timezone_aware": Text("Write date and time with an offset.", "তারিখ ও সময় টাইম-জোনসহ লিখুন।"),
    "uuid_parsing": Text("This is not an identifier of ours.", "এটি আমাদের কোনো শনাক্তকারী নম্বর নয়।"),
    "uuid_type": Text("This is not an identifier of ours.", "এটি আমাদের কোনো শনাক্তকারী নম্বর নয়।"),
    "too_short": Text("There are too few entries: at least {min_length}.", "তালিকাটি খুব ছোট: অন্তত {min_length}টি দিন।"),
    "too_long": Text("There are too many entries: at most {max_length}.", "তালিকাটি খুব দীর্ঘ: সর্বোচ্চ {max_length}টি।"),
    "model_attributes_type": Text("Write this as an object with named fields.", "এটি নামযুক্ত ঘরসহ অবজেক্ট হিসেবে দিন।"),
    "model_type": Text("Write this as an object with named fields.", "এটি নামযুক্ত ঘরসহ অবজেক্ট হিসেবে দিন।"),
    "dict_type": Text("Write this as an object with named fields.", "এটি নামযুক্ত ঘরসহ অবজেক্ট হিসেবে দিন।"),
    "list_type": Text("Write this as a list.", "এটি তালিকা হিসেবে দিন।"),
}
_OTHER: Final = Text("This value is not valid.", "এই মানটি সঠিক নয়।")


def words_for(error: Mapping[str, Any]) -> Text:
    """Words for one of pydantic's errors. A validator of ours may raise `ValueError(Text(...))`; its words are then used as they are."""
    context = error.get("ctx") or {}
    cause = context.get("error")
    if isinstance(cause, ValueError) and cause.args and isinstance(cause.args[0], Text):
        return cause.args[0]
    words = _WORDS.get(error["type"], _OTHER)
    return Text(_fill(words.en, context), _fill(words.bn, context))


def _fill(template: str, context: Mapping[str, Any]) -> str:
    return template.format_map(
        defaultdict(lambda: "…", {name: value for name, value in context.items() if isinstance(value, str | int | float)})
    )
