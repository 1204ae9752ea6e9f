"""The case of a person who may have been trafficked: who sees it, who may find what, and what never stands between a person and help.

No function here turns indicators into a finding, and none that judges a help is told of testimony: there is no way for either to be done.
Help is not made conditional on the capacity or willingness to cooperate in legal proceedings: OHCHR, Recommended Principles on Human
Rights and Human Trafficking (2002), principle 8. Framework activities 6.4.1.1 and 6.4.2.1.
"""

import re
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final

from contracts.days import DHAKA
from contracts.text import Text
from kit.errors import ConflictError
from kit.text import digits

TRAFFICKING: Final = "trafficking"
SMUGGLING: Final = "smuggling"
_HALF: Final = re.compile(r"(20\d{2})-?H([12])")


class StepState(StrEnum):
    PLANNED = "planned"
    GIVEN = "given"
    DECLINED = "declined"
    NOT_POSSIBLE = "not_possible"


STEP_WORDS: Final = {
    StepState.PLANNED: Text("Planned", "পরিকল্পিত"),
    StepState.GIVEN: Text("Given", "দেওয়া হয়েছে"),
    StepState.DECLINED: Text("The person did not want it", "ব্যক্তি চাননি"),
    StepState.NOT_POSSIBLE: Text("Was not possible", "সম্ভব হয়নি"),
}


class ProtectedCaseOpenError(ConflictError):
    slug = "protected-case-open"
    title = Text("This person has a protected case already.", "এই ব্যক্তির একটি সুরক্ষিত কেস চলমান আছে।")


class ProtectedCaseClosedError(ConflictError):
    slug = "protected-case-closed"
    title = Text("This protected case is closed. A new one can be opened.", "সুরক্ষিত কেসটি সমাপ্ত। নতুন কেস খোলা যাবে।")


class NotTrainedError(ConflictError):
    slug = "not-trained"
    title = Text(
        "Only an officer whose training a supervisor noted records an identification. Add a trained colleague to the case; help goes on.",
        "কেবল প্রশিক্ষিত কর্মকর্তা শনাক্তকরণ লিপিবদ্ধ করতে পারেন। একজন প্রশিক্ষিত সহকর্মীকে কেসে যুক্ত করুন; সহায়তা চলতে থাকবে।",
    )


class FormNeededError(ConflictError):
    slug = "form-of-exploitation"
    title = Text("Name the form of exploitation, for trafficking only.", "শোষণের ধরন উল্লেখ করুন, কেবল পাচারের ক্ষেত্রে।")


class ConsentFirstError(ConflictError):
    slug = "protection-consent"
    title = Text(
        "This step waits until the person agrees to it. Safety, shelter, health and counselling wait for nothing.",
        "এই পদক্ষেপের আগে ব্যক্তির সম্মতি প্রয়োজন। নিরাপত্তা, আশ্রয়, চিকিৎসা ও পরামর্শের জন্য অপেক্ষা করতে হয় না।",
    )


class StepsOpenError(ConflictError):
    slug = "protection-steps-open"
    title = Text("Something is still planned: say what became of it first.", "কিছু পদক্ষেপ এখনো বাকি: আগে সেগুলোর ফল লিখুন।")


class LastMemberError(ConflictError):
    slug = "last-member"
    title = Text("Somebody must keep the case: add a colleague first.", "কেসে অন্তত একজন থাকতে হবে: আগে একজন সহকর্মীকে যুক্ত করুন।")


class HalfNotOverError(ConflictError):
    slug = "half-year-not-over"
    title = Text(
        "This half-year is not over: its figures would say who was added from one day to the next.",
        "অর্ধবছর এখনো শেষ হয়নি: আগে হিসাব দিলে প্রতিদিন কে যুক্ত হলেন তা বোঝা যেত।",
    )


def check_trained(trained_on: date | None, until: date | None, today: date) -> None:
    """A trained person records the identification, and never a machine. Raises `NotTrainedError`."""
    if trained_on is None or today < trained_on or (until is not None and today >= until):
        raise NotTrainedError


def check_forms(finding: str, forms: list[str]) -> None:
    """Trafficking has a purpose of exploitation (Palermo Protocol, Article 3(a)); smuggling has none. Raises `FormNeededError`."""
    if (finding == TRAFFICKING) != bool(forms):
        raise FormNeededError


def check_step(*, needs_consent: bool, consented: bool) -> None:
    """All that stands before a step of help. It is not told of testimony, nor of what was found. Raises `ConsentFirstError`."""
    if needs_consent and not consented:
        raise ConsentFirstError


def half_year(written: str) -> tuple[date, date]:
    """First day, and the first day after it, of `2026-H1` (digits of either script). Raises `ValueError(Text)`."""
    found = _HALF.fullmatch(digits(written).strip().upper())
    if found is None:
        raise ValueError(Text("Write a half-year as 2026-H1.", "অর্ধবছর ২০২৬-H1 এভাবে লিখুন।"))
    year = int(found[1])
    return (date(year, 1, 1), date(year, 7, 1)) if found[2] == "1" else (date(year, 7, 1), date(year + 1, 1, 1))


def check_over(after: date, today: date) -> None:
    """Raises `HalfNotOverError`: counts that are read again and again while they grow give away each person who is added."""
    if today < after:
        raise HalfNotOverError


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), DHAKA)
