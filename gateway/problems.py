"""The refusals that only a gateway makes: each says who has to mend what."""

from collections.abc import Sequence

from contracts.text import Text
from kit.errors import ProblemError


class BadTargetError(ProblemError):
    status = 400
    slug = "bad-target"
    title = Text("This address is not written in the accepted form.", "ঠিকানাটি গ্রহণযোগ্য নিয়মে লেখা হয়নি।")


class BadHeadersError(ProblemError):
    status = 400
    slug = "bad-headers"
    title = Text("The headers of the request are not valid.", "অনুরোধের হেডার সঠিক নয়।")


class MalformedRequestError(ProblemError):
    status = 400
    slug = "malformed-request"
    title = Text("This is not a valid HTTP request.", "এটি সঠিক HTTP অনুরোধ নয়।")


class MethodNotAllowedError(ProblemError):
    status = 405
    slug = "method-not-allowed"
    title = Text("This address does not take that method.", "এই ঠিকানায় এ ধরনের অনুরোধ গ্রহণ করা হয় না।")

    def __init__(self, allowed: str) -> None:
        super().__init__(headers={"Allow": allowed})


class SlowRequestError(ProblemError):
    status = 408
    slug = "slow-request"
    title = Text(
        "The request did not arrive in time. Check the connection and send it again.",
        "অনুরোধটি সময়মতো পৌঁছায়নি। সংযোগ দেখে আবার পাঠান।",
    )

    def __init__(self) -> None:
        super().__init__(headers={"Connection": "close"})


class TooManyRequestsError(ProblemError):
    status = 429
    slug = "too-many-requests"
    title = Text("Too many requests in a short time. Wait a moment.", "অল্প সময়ে অনেক বেশি অনুরোধ এসেছে। একটু অপেক্ষা করুন।")

    def __init__(self, retry_after: int) -> None:
        super().__init__(headers={"Retry-After": str(retry_after)})


class QuotaSpentError(ProblemError):
    status = 429
    slug = "quota-spent"
    title = Text(
        "Your program has used up its quota. It has more after the time that Retry-After names.",
        "আপনার প্রোগ্রামের বরাদ্দ অনুরোধ শেষ হয়েছে। Retry-After-এ দেওয়া সময় পরে আবার পাবেন।",
    )

    def __init__(self, retry_after: int, told: Sequence[tuple[bytes, bytes]]) -> None:
        headers = {name.decode("ascii"): value.decode("ascii") for name, value in told}
        super().__init__(headers={"Retry-After": str(retry_after), **headers})


class ProgramStoppedError(ProblemError):
    status = 403
    slug = "program-stopped"
    title = Text(
        "This program may use no service now. Ask the office that keeps your agreement; /v1/partners/usage still answers.",
        "এই প্রোগ্রাম এখন কোনো সেবা ব্যবহার করতে পারবে না। যে কার্যালয় আপনাদের চুক্তিটি দেখে তাদের সঙ্গে যোগাযোগ করুন; /v1/partners/usage খোলা আছে।",
    )

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class OriginUnknownError(ProblemError):
    status = 403
    slug = "origin-not-registered"
    title = Text(
        "This web page is not registered for the program. A steward of the organisation can add it.",
        "এই ওয়েব ঠিকানা প্রোগ্রামটির জন্য নিবন্ধিত নয়। সংস্থার দায়িত্বপ্রাপ্ত ব্যক্তি এটি যোগ করতে পারেন।",
    )


class HeadersTooLargeError(ProblemError):
    status = 431
    slug = "headers-too-large"
    title = Text("The headers of the request are too large.", "অনুরোধের হেডার অনুমোদিত সীমার চেয়ে বড়।")


class UpgradeNotOfferedError(ProblemError):
    status = 501
    slug = "upgrade-not-offered"
    title = Text(
        "WebSocket is not offered here. Live data comes as server-sent events.",
        "এখানে WebSocket দেওয়া হয় না। সরাসরি তথ্য সার্ভার-প্রেরিত ইভেন্ট হিসেবে পাওয়া যায়।",
    )


class BadAnswerError(ProblemError):
    status = 502
    slug = "bad-answer"
    title = Text("The service gave an answer that cannot be read.", "সেবাটি থেকে পাওয়া উত্তর পড়া যায়নি।")


class SlowAnswerError(ProblemError):
    status = 504
    slug = "slow-answer"
    title = Text(
        "The service did not answer in time. What was sent may have been done: look before you send it again.",
        "সেবাটি সময়মতো উত্তর দেয়নি। পাঠানো কাজটি হয়ে গিয়ে থাকতে পারে: আবার পাঠানোর আগে দেখে নিন।",
    )

    def __init__(self, retry_after: int = 5) -> None:
        super().__init__(headers={"Retry-After": str(retry_after)})
