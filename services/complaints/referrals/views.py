"""A referral as its receiver sees it: nothing of the complaint but what was sent, and of that what may be known at this moment."""

from collections.abc import Collection

from contracts.text import Bilingual
from kit.crypto import Keyring
from services.complaints.referrals import rules
from services.complaints.referrals.lists import LISTS
from services.complaints.referrals.models import ReferralReceived
from services.complaints.referrals.schemas import PackageOut, ReceivedOut


def received_out(received: ReferralReceived, keyring: Keyring | None, fields: Collection[str] = ()) -> ReceivedOut:
    """`fields`: those of the package that may be known. Without a keyring: a line of a list, without the package."""
    standing = rules.Standing(received.status)
    purpose = next((one for one in LISTS.purposes if one.code == received.purpose), None)
    return ReceivedOut.model_validate(
        {
            **received.model_dump(exclude={"package", "words"}),
            "standing": standing,
            "standing_label": Bilingual.of(rules.STANDING_WORDS[standing]),
            "purpose_words": Bilingual(en=purpose.en, bn=purpose.bn) if purpose else Bilingual(en=received.purpose, bn=received.purpose),
            "words": keyring.open(received.words, "referral_received.words") if keyring and received.words else None,
            "next_answers": sorted(rules.NEXT[standing]),
            "package": _package(received, keyring, fields) if keyring else None,
        }
    )


def _package(received: ReferralReceived, keyring: Keyring, fields: Collection[str]) -> PackageOut:
    known = {name for field in fields for name in rules.PARTS[field]}
    if not known:
        return PackageOut()
    return PackageOut.model_validate_json(keyring.open(received.package, "referral_received.package")).model_copy(
        update={name: None for name in PackageOut.model_fields if name not in known}
    )
