"""How a form asks for the paper that shows what is said."""

from contracts.text import Text
from services.portal.acts import Ask


def paper_asks(named: Text) -> tuple[Ask, ...]:
    """`named`: what is said beside the question for its name."""
    return (
        Ask("document", "line", Text("Document", "দলিল"), named, needed=False),
        Ask(
            "paper",
            "file",
            Text("The document itself", "দলিলের ফাইল"),
            Text(
                "PDF or a photo, at most 5 MB. Anybody may read it: no private person's name or number may stand in it.",
                "PDF বা ছবি, সর্বোচ্চ ৫ এমবি। ফাইলটি সবাই পড়তে পারবেন: এতে কোনো ব্যক্তির নাম বা নম্বর যেন না থাকে।",
            ),
            needed=False,
        ),
        Ask(
            "document_url",
            "line",
            Text("Where else anybody can read it", "দলিলটি আর কোথায় পড়া যাবে"),
            Text("An address that begins with https://", "https:// দিয়ে শুরু হওয়া ঠিকানা"),
            needed=False,
        ),
    )
