"""The HTTP edge of runs, notices and replies: one call into `service` each. What is published is open to anybody, its signature too."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import AfterValidator

from kit.auth import public
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion, etag
from services.agencies.ratings.service import rule_set_of
from services.agencies.rules import ClassCode, licence_number
from services.agencies.runs import access, service, signature, views
from services.agencies.runs.access import Agency, Decider, FileReader, Reader
from services.agencies.runs.schemas import AnswerIn, ReplyIn, ReplyOut, ResultOut, ResultRow, RunIn, RunOut, RunRow

router = APIRouter(prefix="/v1/agencies/ratings", tags=["classification of agencies"])

LicencePath = Annotated[str, Path(max_length=40), AfterValidator(licence_number)]
State = Annotated[Literal["draft", "noticed", "published", "held"] | None, Query()]


@router.post("/runs", status_code=201, response_model=RunOut)
async def start_run(order: RunIn, caller: Decider, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> RunOut:
        run = await service.start_run(session, caller, order)
        return views.run_view(*await service.get_run(session, run.id), caller)

    return await once(caller.subject, effect, location=lambda run: f"/v1/agencies/ratings/runs/{run.id}")


@router.get("/runs")
async def list_runs(_: Reader, session: SessionDep, paging: PagingDep) -> Page[RunRow]:
    return paging.page(await service.list_runs(session, paging), lambda run: Position(run.created_at, run.id), views.run_row)


@router.get("/runs/{run_id}")
async def read_run(run_id: UUID, caller: Reader, session: SessionDep, response: Response) -> RunOut:
    run, by_class = await service.get_run(session, run_id)
    response.headers["ETag"] = etag(run.version)
    return views.run_view(run, by_class, caller)


@router.get("/runs/{run_id}/results")
async def list_results(
    run_id: UUID,
    _: Reader,
    session: SessionDep,
    paging: PagingDep,
    class_: Annotated[ClassCode | None, Query(alias="class")] = None,
    state: State = None,
) -> Page[ResultRow]:
    run, _counts = await service.get_run(session, run_id)
    chosen = rule_set_of(run.rule_set, run.rule_set_version)
    rows = await service.page_results(session, run_id, paging, class_code=class_, state=state)
    return paging.page(
        rows, lambda one: Position(one.rating.registered_at, one.rating.agency_id), lambda one: views.result_row(one, chosen)
    )


@router.get("/runs/{run_id}/results/{licence}")
async def read_result(run_id: UUID, licence: LicencePath, caller: FileReader, session: SessionDep, keyring: KeyringDep) -> ResultOut:
    access.check_own(caller, licence)
    return await service.read_result(session, caller, keyring, run_id, licence)


@router.post("/runs/{run_id}/notice", status_code=201, response_model=RunOut)
async def give_notice(run_id: UUID, caller: Decider, session: SessionDep, once: OnceDep, expected: ExpectedVersion) -> Response:
    async def effect() -> RunOut:
        await service.give_notice(session, caller, run_id, expected)
        return views.run_view(*await service.get_run(session, run_id), caller)

    return await once(caller.subject, effect, location=lambda run: f"/v1/agencies/ratings/runs/{run.id}")


@router.post("/runs/{run_id}/withdrawal", status_code=201, response_model=RunOut)
async def withdraw_run(run_id: UUID, caller: Decider, session: SessionDep, once: OnceDep, expected: ExpectedVersion) -> Response:
    async def effect() -> RunOut:
        await service.withdraw_run(session, caller, run_id, expected)
        return views.run_view(*await service.get_run(session, run_id), caller)

    return await once(caller.subject, effect, location=lambda run: f"/v1/agencies/ratings/runs/{run.id}")


@router.post("/runs/{run_id}/publication", status_code=201, response_model=RunOut)
async def publish_run(
    run_id: UUID, caller: Decider, session: SessionDep, once: OnceDep, expected: ExpectedVersion, keyring: KeyringDep
) -> Response:
    async def effect() -> RunOut:
        await service.publish_run(session, caller, keyring, run_id, expected)
        return views.run_view(*await service.get_run(session, run_id), caller)

    return await once(caller.subject, effect, location=lambda run: f"/v1/agencies/ratings/runs/{run.id}/statement")


@router.post("/runs/{run_id}/results/{licence}/replies", status_code=201, response_model=ReplyOut)
async def reply(
    run_id: UUID, licence: LicencePath, said: ReplyIn, caller: Agency, session: SessionDep, once: OnceDep, keyring: KeyringDep
) -> Response:
    access.check_own(caller, licence)

    async def effect() -> ReplyOut:
        return views.reply_view(await service.reply(session, caller, keyring, run_id, licence, said), keyring)

    return await once(caller.subject, effect, location=lambda _: f"/v1/agencies/ratings/runs/{run_id}/results/{licence}")


@router.post("/replies/{reply_id}/answer", status_code=201, response_model=ReplyOut)
async def answer_reply(
    reply_id: UUID, said: AnswerIn, caller: Decider, session: SessionDep, once: OnceDep, keyring: KeyringDep
) -> Response:
    async def effect() -> ReplyOut:
        return views.reply_view(await service.answer_reply(session, caller, keyring, reply_id, said), keyring)

    return await once(caller.subject, effect, location=lambda made: f"/v1/agencies/ratings/replies/{made.id}")


@router.get("/runs/{run_id}/statement", dependencies=[public()], response_class=Response)
async def read_statement(run_id: UUID, session: SessionDep) -> Response:
    """The signed bytes, as they were signed: canonical JSON (RFC 8785)."""
    statement, _signature = await service.read_statement(session, run_id)
    return Response(statement, media_type="application/json")


@router.get("/runs/{run_id}/signature", dependencies=[public()], response_class=Response)
async def read_signature(run_id: UUID, session: SessionDep) -> Response:
    """A detached JWS (RFC 7515, appendix F) over the bytes of the statement: `header..signature`."""
    _statement, jws = await service.read_statement(session, run_id)
    return Response(jws, media_type="application/jose")


@router.get("/classes/{published_id}/statement", dependencies=[public()], response_class=Response)
async def read_class_statement(published_id: UUID, session: SessionDep) -> Response:
    """Of a class that a correction or a review put in place; a class that a run published stands in the run's statement."""
    statement, _signature = await service.read_class_statement(session, published_id)
    return Response(statement, media_type="application/json")


@router.get("/classes/{published_id}/signature", dependencies=[public()], response_class=Response)
async def read_class_signature(published_id: UUID, session: SessionDep) -> Response:
    _statement, jws = await service.read_class_statement(session, published_id)
    return Response(jws, media_type="application/jose")


@router.get("/keys", dependencies=[public()])
async def read_keys(keyring: KeyringDep) -> dict[str, Any]:
    """The public keys (RFC 7517) with which signatures are verified; older ones stay."""
    return signature.public_keys(keyring)
