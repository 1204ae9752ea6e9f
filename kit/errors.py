"""Problems: every error that a caller sees, as RFC 9457 in English or Bangla, and nothing about our insides."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

import orjson
from asyncpg import PostgresError
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.text import Text
from kit.validation_words import words_for

log = logging.getLogger(__name__)

PROBLEM_PREFIX: Final = "urn:probashi:problem:"
# The type is a name that stays; what is said of it for people stands there, relative to whichever address the suite has.
HELP: Final = "/developers/problems/"
MEDIA_TYPE: Final = "application/problem+json"
FAULTS_NAMED: Final = 50
# SQLSTATE: connection, sign-in, rolled back (deadlock, serialization), no room (memory, disk, connections), lock not had, stopped by an
# operator or a time limit, system error, a server that only reads.
PASSING: Final = ("08", "28", "40", "53", "55P03", "57", "58", "25006")


class ProblemError(Exception):
    """Base of all refusals. A subclass names `status`, `slug` (stable: clients branch on it) and `title`; `detail` says what to mend."""

    status: ClassVar[int] = 400
    slug: ClassVar[str] = "bad-request"
    title: ClassVar[Text] = Text("The request cannot be handled.", "অনুরোধটি গ্রহণ করা যায়নি।")

    def __init__(self, detail: Text | None = None, *, headers: Mapping[str, str] | None = None, **members: Any) -> None:
        super().__init__((detail or self.title).en)
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = members


class MalformedBodyError(ProblemError):
    slug = "malformed-body"
    title = Text("The body cannot be read.", "পাঠানো তথ্য পড়া যায়নি।")


class InvalidError(ProblemError):
    status = 422
    slug = "invalid"
    title = Text("Some details need to be corrected.", "কিছু তথ্য সংশোধন করতে হবে।")


class UnauthenticatedError(ProblemError):
    status = 401
    slug = "unauthenticated"
    title = Text("Sign in to continue.", "চালিয়ে যেতে সাইন ইন করুন।")

    def __init__(self, detail: Text | None = None) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer realm="probashi"'})


class ForbiddenError(ProblemError):
    status = 403
    slug = "forbidden"
    title = Text("Your account may not do this.", "আপনার অ্যাকাউন্টের এই কাজের অনুমতি নেই।")


class NotFoundError(ProblemError):
    status = 404
    slug = "not-found"
    title = Text("Nothing was found here.", "এখানে কিছু পাওয়া যায়নি।")


class ConflictError(ProblemError):
    status = 409
    slug = "conflict"
    title = Text("This cannot be done in the present state.", "বর্তমান অবস্থায় এটি করা যাবে না।")


class TooLargeError(ProblemError):
    status = 413
    slug = "too-large"
    title = Text("What was sent is too large.", "পাঠানো তথ্য অনুমোদিত সীমার চেয়ে বড়।")


class UnsupportedMediaTypeError(ProblemError):
    status = 415
    slug = "unsupported-media-type"
    title = Text("This kind of content is not taken here.", "এই ধরনের তথ্য এখানে গ্রহণ করা হয় না।")


class UnavailableError(ProblemError):
    status = 503
    slug = "unavailable"
    title = Text("The service is not available at the moment. Try again shortly.", "সেবাটি এই মুহূর্তে পাওয়া যাচ্ছে না। একটু পরে আবার চেষ্টা করুন।")

    def __init__(self, detail: Text | None = None, *, retry_after: int = 1) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)})


class InternalError(ProblemError):
    status = 500
    slug = "internal"
    title = Text("Something failed on our side. It has been recorded.", "আমাদের দিকে একটি ত্রুটি ঘটেছে। বিষয়টি নথিভুক্ত হয়েছে।")


_BY_STATUS: Final[Mapping[int, tuple[str, Text]]] = {
    400: (MalformedBodyError.slug, MalformedBodyError.title),
    404: (NotFoundError.slug, NotFoundError.title),
    405: ("method-not-allowed", Text("This address does not take that method.", "এই ঠিকানায় এ ধরনের অনুরোধ গ্রহণ করা হয় না।")),
    413: (TooLargeError.slug, TooLargeError.title),
    415: (UnsupportedMediaTypeError.slug, UnsupportedMediaTypeError.title),
}


def language_of(accept_language: str) -> str:
    """The first of `bn` or `en` that the header (RFC 9110 §12.5.4) prefers; `en` where it names neither."""
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept_language.lower().split(",")):
        tag, _, weight = (one.strip() for one in part.partition(";"))
        language, quality = tag.split("-")[0], _quality(weight)
        if language in {"bn", "en"} and quality > 0:
            ranked.append((-quality, place, language))
    return min(ranked)[2] if ranked else "en"


def _quality(weight: str) -> float:
    try:
        return float(weight.removeprefix("q=")) if weight else 1.0
    except ValueError:
        return 0.0


def problem_response(error: ProblemError, language: str) -> Response:
    body: dict[str, Any] = {
        "type": PROBLEM_PREFIX + error.slug,
        "title": error.title.in_language(language),
        "status": error.status,
    }
    if error.detail is not None:
        body["detail"] = error.detail.in_language(language)
    body |= error.members
    headers = {"Content-Language": language, "Cache-Control": "no-store", "Link": f'<{HELP}{error.slug}>; rel="help"', **error.headers}
    content = orjson.dumps(body, lambda words: words.in_language(language), orjson.OPT_PASSTHROUGH_DATACLASS)
    return Response(content, error.status, headers, media_type=MEDIA_TYPE)


def validation_problem(errors: Sequence[Mapping[str, Any]]) -> ProblemError:
    """One entry per fault with a JSON pointer (RFC 6901) into the body, or `?name` for a query parameter. Values are never repeated."""
    if any(error["type"] == "json_invalid" for error in errors):
        return MalformedBodyError(Text("The body is not valid JSON.", "পাঠানো তথ্যটি সঠিক JSON নয়।"))
    return InvalidError(errors=[{"pointer": _pointer(error["loc"]), "detail": words_for(error)} for error in errors[:FAULTS_NAMED]])


def _is_of_another_kind(content_type: str, errors: Sequence[Mapping[str, Any]]) -> bool:
    """The framework reads JSON only where the header says so, and then finds that bytes are no object."""
    kind = content_type.partition(";")[0].strip().lower()
    is_json = kind == "application/json" or kind.endswith("+json")
    return not is_json and any(tuple(error["loc"]) == ("body",) and error["type"] != "missing" for error in errors)


def _pointer(location: Sequence[str | int]) -> str:
    where, *path = location
    if where == "body":
        return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return "?" + ".".join(str(step) for step in path)


def is_connection_loss(error: BaseException) -> bool:
    """Whether the database went away, has no room or gave up in time: the work may be tried again as it is."""
    if isinstance(error, DBAPIError):
        cause = error.orig.__cause__ if error.orig is not None else None
        return error.connection_invalidated or (cause is not None and is_connection_loss(cause))
    if isinstance(error, PostgresError):
        return (error.sqlstate or "").startswith(PASSING)
    if isinstance(error, OSError):  # of which TimeoutError is one, but a missing file also
        return not isinstance(error, FileNotFoundError | FileExistsError | IsADirectoryError | NotADirectoryError | PermissionError)
    return isinstance(error, PoolTimeoutError)


def install_problem_handlers(app: FastAPI) -> None:
    @app.exception_handler(ProblemError)
    async def on_problem(request: Request, error: ProblemError) -> Response:
        return problem_response(error, _language(request))

    @app.exception_handler(RequestValidationError)
    async def on_invalid(request: Request, error: RequestValidationError) -> Response:
        errors = error.errors()
        if _is_of_another_kind(request.headers.get("content-type", ""), errors):
            return problem_response(UnsupportedMediaTypeError(), _language(request))
        return problem_response(validation_problem(errors), _language(request))

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, error: HTTPException) -> Response:
        slug, title = _BY_STATUS.get(error.status_code, (ProblemError.slug, ProblemError.title))
        kind = type("RaisedByFramework", (ProblemError,), {"status": error.status_code, "slug": slug, "title": title})
        return problem_response(kind(headers=error.headers), _language(request))

    @app.exception_handler(DBAPIError)
    @app.exception_handler(PoolTimeoutError)
    @app.exception_handler(OSError)
    @app.exception_handler(PostgresError)
    async def on_database(request: Request, error: Exception) -> Response:
        if not is_connection_loss(error):
            raise error
        log.warning("database away: %s", type(error).__name__)
        return problem_response(UnavailableError(), _language(request))


class UnexpectedErrors:
    """The last resort, inside the framework's own: that one raises again, and the server would log the message with what it quotes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception as error:
            if scope["type"] != "http":
                raise
            log.error("unexpected %s at %s", type(error).__name__, place_of(error))  # noqa: TRY400 - the trace holds the message
            if not started:
                language = language_of(Headers(scope=scope).get("accept-language", ""))
                await problem_response(InternalError(), language)(scope, receive, send)


def place_of(error: BaseException) -> str:
    """File and line where it was raised: logs say this instead of its message, which may quote a person's data."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return f"{last.tb_frame.f_code.co_filename}:{last.tb_lineno}" if last else "?"


def _language(request: Request) -> str:
    return language_of(request.headers.get("accept-language", ""))
