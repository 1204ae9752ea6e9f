"""How a program proves who it is: by a secret, or by a key of its own (private_key_jwt, RFC 7523) whose public half we are given.

The provider holds a client for each credential, and every token of it names the program, whichever credential was used. So one replaces
another without a gap: the new one is made beside the old, which stays good for a day, or ends at once where it leaked. What the provider
is to have follows from the organisation, its agreements, the program and the day; should it be away, it follows later.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError, InvalidError, UnavailableError
from services.partners.rules import ClientState, State

FORMER_FOR: Final = timedelta(hours=24)
SECRET_BYTES: Final = 32
MOST_CREDENTIALS: Final = 3


class Way(StrEnum):
    SECRET = "secret"  # noqa: S105  # a way, and none itself
    KEYS = "keys"


class Standing(StrEnum):
    """Of a credential at the provider."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    REMOVED = "removed"


class Problem(StrEnum):
    """Why the provider does not follow: what was to be enabled is `missing` there, or it `refused`. Being away is none, it passes."""

    MISSING = "missing"
    REFUSED = "refused"


class PrivateKeyError(InvalidError):
    slug = "private-key"
    title = Text(
        "This is a private key. Never send it to anybody: make a new pair, and give the public half only.",
        "এটি ব্যক্তিগত (প্রাইভেট) কী। এটি কখনো কাউকে পাঠাবেন না: নতুন কী-জোড়া তৈরি করে শুধু পাবলিক অংশটি দিন।",
    )


class WeakKeyError(InvalidError):
    slug = "weak-key"
    title = Text(
        "This key is too weak. RSA keys have 2048 to 8192 bits; of elliptic curves P-256 and P-384 are taken.",
        "এই কী যথেষ্ট শক্তিশালী নয়। RSA কী 2048 থেকে 8192 বিট হতে হবে; উপবৃত্তীয় বক্ররেখার মধ্যে P-256 ও P-384 গ্রহণ করা হয়।",
    )


class KeysError(InvalidError):
    slug = "keys"
    title = Text(
        "Send one to three public keys as JSON Web Keys, each with a kid of its own, for RS256, PS256, ES256 or ES384.",
        "এক থেকে তিনটি পাবলিক কী JSON Web Key হিসেবে দিন; প্রতিটির আলাদা kid থাকবে, আর RS256, PS256, ES256 বা ES384-এর জন্য হবে।",
    )


class TooManyCredentialsError(ConflictError):
    slug = "too-many-credentials"
    title = Text(
        "Too many credentials of this program are good at once. End one of before first, or replace them all at once.",
        "এই প্রোগ্রামের একসঙ্গে সচল পরিচয়পত্রের সংখ্যা সর্বোচ্চ সীমায়। আগে পুরোনো একটি বন্ধ করুন, অথবা সব একসঙ্গে বদলান।",
    )


class CredentialEndedError(ConflictError):
    slug = "credential-ended"
    title = Text("This credential has ended. Make a new one.", "এই পরিচয়পত্রের মেয়াদ শেষ। নতুন একটি তৈরি করুন।")


class NotByKeysError(ConflictError):
    slug = "not-by-keys"
    title = Text("This credential is a secret and has no keys.", "এই পরিচয়পত্রটি গোপন কী দিয়ে চলে, এতে পাবলিক কী নেই।")


class TakenAtProviderError(ConflictError):
    slug = "client-id-taken"
    title = Text(
        "The identity provider has a client of this id that was not made here. Give the program another name, or have that client removed.",
        "পরিচয়-সেবায় এই আইডির একটি ক্লায়েন্ট আছে যা এখানে তৈরি হয়নি। প্রোগ্রামটির অন্য নাম দিন, অথবা সেই ক্লায়েন্টটি মুছে ফেলতে বলুন।",
    )


class ProviderAwayError(UnavailableError):
    slug = "identity-provider-away"
    title = Text(
        "The identity provider does not answer. Nothing was changed. Try again shortly.",
        "পরিচয়-সেবা সাড়া দিচ্ছে না। কিছুই পরিবর্তন হয়নি। একটু পরে আবার চেষ্টা করুন।",
    )


class NoProviderError(UnavailableError):
    slug = "no-registrar"
    title = Text(
        "This system adds no programs to its identity provider: an administrator does it by hand.",
        "এই ব্যবস্থা থেকে পরিচয়-সেবায় প্রোগ্রাম যোগ করা হয় না: প্রশাসক নিজে যোগ করেন।",
    )


def wanted(organisation: str, client: str, until: datetime | None, now: datetime, *, is_agreed: bool) -> Standing:
    """What the provider is to have. Without an agreement in force a program has nothing to ask for, and gets no token."""
    if client == ClientState.ENDED or has_ended(until, now):
        return Standing.REMOVED
    if organisation == State.VERIFIED and client == ClientState.ACTIVE and is_agreed:
        return Standing.ENABLED
    return Standing.DISABLED


def has_ended(until: datetime | None, now: datetime) -> bool:
    return until is not None and until <= now


def until_replaced(until: datetime | None, now: datetime, *, at_once: bool) -> datetime:
    """Until when a credential stays good beside the one that replaces it; never longer than it was."""
    end = now if at_once else now + FORMER_FOR
    return end if until is None else min(until, end)


def sign_in_id_of(client_id: str, number: int) -> str:
    """The first signs in as the program, later ones beside it. No program can be called so: a name has no dot."""
    return client_id if number == 1 else f"{client_id}.{number}"
