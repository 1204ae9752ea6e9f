"""How a hearing is held and what a settlement needs."""

from typing import Final

from contracts.text import Text

BODIES: Final = ("shalish", "union", "ngo", "mediation", "arbitration")
WAIVES_NOTHING: Final = Text(
    "A settlement waives nothing: the complainant may still bring a criminal case (Overseas Employment and Migrants Act 2013, s.41(1)), "
    "and the complaint is decided all the same.",
    "আপসে কোনো অধিকার ত্যাগ হয় না: অভিযোগকারী চাইলে ফৌজদারি মামলা করতে পারেন (বৈদেশিক কর্মসংস্থান ও অভিবাসী আইন ২০১৩, ধারা ৪১(১)), "
    "এবং অভিযোগের নিষ্পত্তিও যথারীতি হবে।",
)


def meeting_refused(*, apart: bool, restricted: bool) -> Text | None:
    """Whoever was abused does not meet the other party: parties have been threatened in front of the officer (case reports on hearings)."""
    if restricted and not apart:
        return Text(
            "It is restricted: the parties are heard apart.",
            "এটি সীমাবদ্ধ: পক্ষগুলোর কথা আলাদা আলাদা শোনা হয়।",
        )
    return None


def settlement_refused(*, complainant_agrees: bool, respondent_agrees: bool) -> Text | None:
    """A settlement is what both want, or it is none."""
    if complainant_agrees and respondent_agrees:
        return None
    return Text(
        "A settlement is recorded only when both parties agree of their own will, the complainant asked alone.",
        "উভয় পক্ষ স্বেচ্ছায় রাজি হলে তবেই আপস নথিভুক্ত হয়; অভিযোগকারীকে একা জিজ্ঞেস করতে হবে।",
    )
