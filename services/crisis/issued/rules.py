"""What two people decide of a country's posture, and who may not.

Levels 1 to 4 (precaution, restriction, voluntary return, mandatory return) are the ladder of the MICIC practices and of the Philippines'
crisis alert levels.
"""

from contracts.text import Text
from kit.errors import ConflictError


class SamePersonError(ConflictError):
    slug = "posture-four-eyes"
    title = Text("Somebody else approves what you proposed.", "আপনার প্রস্তাব অন্য কাউকে অনুমোদন করতে হবে।")


class PostureDecidedError(ConflictError):
    slug = "posture-decided"
    title = Text("This posture has been decided on already.", "এই অবস্থান নিয়ে আগেই সিদ্ধান্ত হয়েছে।")
