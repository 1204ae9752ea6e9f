"""Pages on which an agency reads what is said against its licence and answers, and an officer puts a complaint to it."""

from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from services.portal.access import Answerer, Handler, Officer
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.complaints.clients import categories
from services.portal.files.clients import kept_headers
from services.portal.forms import NO_FILE, Form, Posted, PostedFile, answered_with, body_of, iso_date
from services.portal.language import said
from services.portal.page import language_of, page
from services.portal.redress import clients
from services.portal.uploads import add_whole, passed_on

router = APIRouter(dependencies=[public()], include_in_schema=False)

ANSWER: Final = ("stand", "answer")
MORE_TIME: Final = ("until", "because")
QUESTION: Final = ("allegation", "answer_by")


async def section(services: Services, complaint: Any) -> Any:
    """For the complaint's page; None where nothing was asked and nothing can be."""
    asked = await clients.one(services, complaint["reference"], "questions")
    return asked if asked["items"] or asked["may_ask"] else None


@router.get("/answers")
async def list_asked(request: Request, _: Answerer, services: ServicesDep, cursor: str = "") -> Response:
    items, following = await clients.listed(services, "/v1/complaints/questions", cursor)
    names = dict(await categories(services, language_of(request)))
    return page(request, "answers/list.html", items=items, next=following, names=names)


@router.get("/answers/{question}")
async def read_asked(request: Request, question: str, _: Answerer, services: ServicesDep, done: str = "") -> Response:
    return await _question_page(request, services, question, Form(), done=done)


@router.post("/answers/{question}")
async def answer(request: Request, question: str, form: Posted, _: Answerer, services: ServicesDep) -> Response:
    body = body_of({name: form.value(name) for name in ANSWER})
    return await _send(request, services, question, form, ("answer", body, ANSWER))


@router.post("/answers/{question}/document")
async def add_document(request: Request, question: str, sent: PostedFile, _: Answerer, services: ServicesDep) -> Response:
    """Without scripts: one paper below a megabyte, in one piece."""
    form, name, content = sent
    if not content:
        again = replace(form, general=(NO_FILE.in_language(language_of(request)),))
        return await _question_page(request, services, question, again, failed="document", status=422)
    try:
        await add_whole(services, _uploads(question), content, name=name)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, (), language_of(request))
        return await _question_page(request, services, question, again, failed="document", status=error.code)
    return RedirectResponse(f"/answers/{quote(question, safe='')}?done=document", 303)


@router.post("/answers/{question}/uploads")
async def begin_upload(request: Request, question: UUID, services: ServicesDep, _: Answerer) -> Response:
    return await passed_on(request, services, "POST", _uploads(question))


@router.head("/answers/{question}/uploads/{upload}")
@router.get("/answers/{question}/uploads/{upload}")
async def ask_offset(request: Request, question: UUID, upload: UUID, services: ServicesDep, _: Answerer) -> Response:
    return await passed_on(request, services, "HEAD", f"{_uploads(question)}/{upload}")


@router.patch("/answers/{question}/uploads/{upload}")
async def send_part(request: Request, question: UUID, upload: UUID, services: ServicesDep, _: Answerer) -> Response:
    return await passed_on(request, services, "PATCH", f"{_uploads(question)}/{upload}")


@router.post("/answers/{question}/uploads/{upload}/completion")
async def complete_upload(request: Request, question: UUID, upload: UUID, services: ServicesDep, _: Answerer) -> Response:
    return await passed_on(request, services, "POST", f"{_uploads(question)}/{upload}/completion")


@router.get("/answers/{question}/documents/{document}")
async def read_own_document(question: UUID, document: UUID, services: ServicesDep, _: Answerer) -> Response:
    answer = await services.send("GET", clients.NAME, f"/v1/complaints/questions/{question}/documents/{document}", {})
    return Response(answer.content, headers=kept_headers(answer))


@router.get("/complaints/{reference}/questions/{question}/documents/{document}")
async def read_document(request: Request, reference: str, question: UUID, document: UUID, services: ServicesDep, _: Handler) -> Response:
    params = {"original": "true"} if request.query_params.get("original") == "true" else {}
    path = clients.path_of(reference, "questions", str(question), "documents", str(document))
    answer = await services.send("GET", clients.NAME, path, {}, params=params)
    return Response(answer.content, headers=kept_headers(answer))


@router.post("/complaints/{reference}/questions/{question}/documents/{document}/sharing")
async def share(reference: str, question: str, document: str, form: Posted, _: Officer, services: ServicesDep) -> Response:
    path = clients.path_of(reference, "questions", question, "documents", document, "sharing")
    body = {"shared": form.value("shared") == "yes"}
    await clients.do(services, path, body, key=form.key, version=form.value("version"))
    return RedirectResponse(f"/complaints/{quote(reference, safe='')}#answers", 303)


def _uploads(question: UUID | str) -> str:
    return f"/v1/complaints/questions/{quote(str(question), safe='')}/uploads"


@router.post("/answers/{question}/more-time")
async def ask_for_time(request: Request, question: str, form: Posted, _: Answerer, services: ServicesDep) -> Response:
    body = body_of({"until": iso_date(form, "until"), "because": form.value("because")})
    return await _send(request, services, question, form, ("more-time", body, MORE_TIME))


@router.get("/complaints/{reference}/questions/new")
async def new_question(request: Request, reference: str, _: Officer, services: ServicesDep) -> Response:
    return await _ask_page(request, services, reference, Form())


@router.post("/complaints/{reference}/questions/new")
async def ask(request: Request, reference: str, form: Posted, _: Officer, services: ServicesDep) -> Response:
    body = body_of({"allegation": form.value("allegation"), "answer_by": iso_date(form, "answer_by")})
    try:
        await clients.do(services, clients.path_of(reference, "questions"), body, key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, QUESTION, language_of(request))
        return await _ask_page(request, services, reference, again, error.code)
    return RedirectResponse(f"/complaints/{quote(reference, safe='')}#answers", 303)


@router.post("/complaints/{reference}/questions/{question}/more-time")
async def decide_time(reference: str, question: str, form: Posted, _: Officer, services: ServicesDep) -> Response:
    path = clients.path_of(reference, "questions", question, "more-time")
    body = {"granted": form.value("granted") == "yes"}
    await clients.do(services, path, body, key=form.key, version=form.value("version"))
    return RedirectResponse(f"/complaints/{quote(reference, safe='')}#answers", 303)


async def _send(
    request: Request, services: Services, question: str, form: Form, sent: tuple[str, dict[str, Any], tuple[str, ...]]
) -> Response:
    part, body, fields = sent
    path = f"/v1/complaints/questions/{quote(question, safe='')}/{part}"
    try:
        await clients.do(services, path, body, key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, fields, language_of(request))
        return await _question_page(request, services, question, again, failed=part, status=error.code)
    return RedirectResponse(f"/answers/{quote(question, safe='')}?done={part}", 303)


async def _question_page(
    request: Request, services: Services, question: str, form: Form, *, done: str = "", failed: str = "", status: int = 200
) -> Response:
    asked = await services.get(clients.NAME, f"/v1/complaints/questions/{quote(question, safe='')}")
    stands = await clients.lists(services, "questions/stands")
    language = language_of(request)
    choices = [(one["code"], said(one, language)) for one in stands.get("items", [])]
    names = dict(await categories(services, language))
    values = {"asked": asked, "stands": choices, "names": names, "most_extra_days": stands.get("most_extra_days", 0)}
    return page(request, "answers/one.html", status=status, form=form, done=done, failed=failed, **values)


async def _ask_page(request: Request, services: Services, reference: str, form: Form, status: int = 200) -> Response:
    stands = await clients.lists(services, "questions/stands")
    days = stands.get("answer_working_days", 0)
    return page(request, "answers/ask.html", status=status, reference=reference, form=form, days=days)
