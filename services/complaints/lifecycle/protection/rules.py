"""When the glass may be broken, and when words may be emptied (design §5)."""

from typing import Final

from contracts.text import Text

NOT_RESTRICTED: Final = Text(
    "This complaint is not restricted: ask the office that holds it.", "এই অভিযোগ সীমাবদ্ধ নয়: যে কার্যালয়ের কাছে আছে তাদের জিজ্ঞেস করুন।"
)


def glass_refused(*, restricted: bool, minutes: int, most: int) -> Text | None:
    """For a life in danger while nobody who may open the case is there. What is not restricted needs no breaking."""
    if not restricted:
        return Text(
            "This complaint is not restricted: ask the office that holds it.", "এই অভিযোগ সীমাবদ্ধ নয়: যে কার্যালয়ের কাছে আছে তাদের জিজ্ঞেস করুন।"
        )
    if minutes > most:
        return Text(f"At most {most} minutes at a time.", f"একবারে সর্বোচ্চ {most} মিনিট।")
    return None


def emptying_refused(*, is_listed: bool, is_resolved: bool, on_hold: bool) -> Text | None:
    """Only what the timer listed, and nothing that a court or a person's claim still needs."""
    if on_hold:
        return Text("Its words are on hold: lift the hold first.", "লেখাগুলো সংরক্ষণের আদেশে আছে: আগে তা তুলে নিন।")
    if not is_resolved:
        return Text("The case is open.", "কেসটি চালু আছে।")
    return None if is_listed else Text("Its time is not over.", "এর মেয়াদ শেষ হয়নি।")
