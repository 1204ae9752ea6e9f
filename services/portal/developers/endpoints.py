"""Pages for developers of partner organisations: open to anybody, in both languages, without scripts."""

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request, Response

from contracts.text import Text
from kit.auth import public
from kit.errors import NotFoundError
from services.portal.access import Anybody
from services.portal.clients import ServicesDep
from services.portal.developers import clients, lists
from services.portal.page import language_of, page
from services.portal.partners.clients import raw_lists

router = APIRouter(dependencies=[public()], include_in_schema=False)
Slug = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{1,60}$")]
EventType = Annotated[str, Path(pattern=r"^bd\.probashi\.[a-z0-9.-]{3,80}$")]

# What a program does about a problem, by the status that it came with.
ADVICE: Final[dict[int, Text]] = {
    HTTPStatus.BAD_REQUEST: Text("Mend the request before you send it again.", "আবার পাঠানোর আগে অনুরোধটি ঠিক করুন।"),
    HTTPStatus.UNAUTHORIZED: Text("Get a new token and send the request again.", "নতুন টোকেন নিয়ে অনুরোধটি আবার পাঠান।"),
    HTTPStatus.FORBIDDEN: Text(
        "This account or program may not do it. Sending it again changes nothing.",
        "এই অ্যাকাউন্ট বা প্রোগ্রামের অনুমতি নেই। আবার পাঠালেও ফল একই হবে।",
    ),
    HTTPStatus.NOT_FOUND: Text("It does not exist, or not for you: both look the same.", "এটি নেই, অথবা আপনার জন্য নেই: দুটির উত্তর একই।"),
    HTTPStatus.CONFLICT: Text(
        "A rule forbids it as things stand. Read how they stand, then decide.", "বর্তমান অবস্থায় নিয়মে এটি করা যায় না। অবস্থা জেনে সিদ্ধান্ত নিন।"
    ),
    HTTPStatus.PRECONDITION_FAILED: Text(
        "Somebody changed it meanwhile. Read it again, and send your change with the new ETag in If-Match.",
        "ইতিমধ্যে অন্য কেউ এটি বদলেছেন। আবার পড়ে নতুন ETag If-Match-এ দিয়ে পাঠান।",
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: Text(
        "`errors` names each place of the body that has to be mended.", "কোন কোন তথ্য ঠিক করতে হবে তা `errors`-এ লেখা থাকে।"
    ),
    HTTPStatus.PRECONDITION_REQUIRED: Text(
        "Send the version that you saw in If-Match: the ETag of your last reading.",
        "আপনার দেখা সংস্করণ If-Match-এ পাঠান: সর্বশেষ পড়ার সময়ের ETag।",
    ),
    HTTPStatus.TOO_MANY_REQUESTS: Text(
        "Wait as long as Retry-After says, then send it again.", "Retry-After-এ যতক্ষণ লেখা আছে অপেক্ষা করে আবার পাঠান।"
    ),
}
_OURS: Final = Text(
    "The fault is on our side. Send it again after a pause, with the same Idempotency-Key.",
    "ত্রুটি আমাদের দিকে। একটু পরে একই Idempotency-Key দিয়ে আবার পাঠান।",
)
_MEND: Final = Text("Mend the request, then send it again.", "অনুরোধটি ঠিক করে আবার পাঠান।")
SERVICES: Final[dict[str, Text]] = {
    "complaints": Text("Complaints", "অভিযোগ"),
    "agencies": Text("Recruitment agencies", "রিক্রুটিং এজেন্সি"),
    "reintegration": Text("Returnees and referrals", "প্রত্যাগত ও রেফারেল"),
    "crisis": Text("Warnings abroad", "বিদেশে সতর্কবার্তা"),
    "registry": Text("Nationals abroad", "বিদেশে অবস্থানরত নাগরিক"),
    "monitor": Text("The framework", "কাঠামো"),
    "partners": Text("Partners: agreements, feed, endpoints", "সহযোগী সংস্থা: চুক্তি, ফিড, এন্ডপয়েন্ট"),
    "portal": Text("These pages", "এই পাতাগুলো"),
    "every": Text("every service", "সব সেবা"),
    "gateway": Text("the gateway", "গেটওয়ে"),
}


def advice(status: int) -> Text:
    return _OURS if status >= HTTPStatus.INTERNAL_SERVER_ERROR else ADVICE.get(status, _MEND)


def service_words(request: Request) -> dict[str, str]:
    return {name: words.in_language(language_of(request)) for name, words in SERVICES.items()}


@router.get("/developers")
async def start(request: Request, _: Anybody) -> Response:
    return page(request, "developers/start.html")


@router.get("/developers/quick-start")
async def quick_start(request: Request, _: Anybody) -> Response:
    return page(request, "developers/quick-start.html", steps=lists.QUICK_START)


@router.get("/developers/events")
async def catalogue(request: Request, _: Anybody, services: ServicesDep) -> Response:
    """Which types there are, and which purpose lets each through, says the service of partners at this moment."""
    known = await raw_lists(services)
    records = [(one, lists.fact(one["code"])) for one in known["records"]]
    withdrawals = dict.fromkeys(known["withdrawal"]["events"], known["withdrawal"]["fields"])
    shown: dict[str, Any] = {
        "facts": [(one, fact) for one, fact in records if fact is not None],
        "purposes": {one["code"]: one for one in known["purposes"]},
        "withdrawals": withdrawals,
    }
    return page(request, "developers/events.html", **shown)


@router.get("/developers/schemas/{event}.json")
async def schema(event: EventType) -> Response:
    found = lists.schema_of(event)
    if found is None:
        raise NotFoundError
    return Response(found, headers={"Cache-Control": "public, max-age=300"}, media_type="application/schema+json")


@router.get("/developers/changes")
async def changes(request: Request, _: Anybody) -> Response:
    return page(request, "developers/changes.html", changes=sorted(lists.CHANGES, key=lambda one: one.day, reverse=True))


@router.get("/developers/versions")
async def versions(request: Request, _: Anybody) -> Response:
    return page(request, "developers/versions.html", groups=lists.VERSIONS)


@router.get("/developers/problems")
async def problems(request: Request, _: Anybody) -> Response:
    return page(request, "developers/problems.html", groups=lists.groups_of(lists.problems()))


@router.get("/developers/problems/{slug}")
async def problem(request: Request, slug: Slug, _: Anybody) -> Response:
    """Where the `Link` of an answer leads."""
    found = lists.problems().get(slug)
    if found is None:
        raise NotFoundError
    language = language_of(request)
    advised = [(status, advice(status).in_language(language)) for status in found["status"]]
    return page(request, "developers/problem.html", slug=slug, one=found, advised=advised, services=service_words(request))


@router.get("/developers/status")
async def status(request: Request, _: Anybody, services: ServicesDep) -> Response:
    """Each service is asked at this moment; the gateway asks the same at /readyz, for programs."""
    return page(request, "developers/status.html", ready=await clients.readiness(services), services=service_words(request))
