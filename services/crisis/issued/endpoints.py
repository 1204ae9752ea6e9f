"""The HTTP edge of what this house issues. The feed is open to anybody: it holds nothing that did not go out to the public."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from contracts.places import CountryCode, countries
from contracts.text import Bilingual
from kit.auth import public
from kit.database import SessionDep
from kit.errors import NotFoundError
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion
from services.crisis.incidents.access import Desk, Leader, Onlooker
from services.crisis.issued import repository, service, writing
from services.crisis.issued.models import CountryPosture
from services.crisis.issued.schemas import EndingIn, LevelOut, LevelsOut, PostureIn, PostureOut, WrittenIn
from services.crisis.warnings.schemas import AlertOut

router = APIRouter(prefix="/v1/crisis", tags=["crisis: what we issue"])
Identifier = Annotated[str, Path(max_length=80, pattern=r"^[A-Za-z0-9.-]+$")]


def _out(posture: CountryPosture, desk: Desk) -> PostureOut:
    known, now = service.ISSUER.posture(posture.level), datetime.now(UTC)
    return PostureOut.model_validate(
        {
            **posture.model_dump(exclude={"raw", "sha256"}),
            "level_label": Bilingual.of(known.words),
            "reason": Bilingual(en=posture.reason_en, bn=posture.reason_bn),
            "set_by": posture.set_by_name,
            "approved_by": posture.approved_by_name,
            "holds": posture.state == "in_force" and posture.valid_from <= now < posture.valid_until,
            "mine": posture.set_by == desk.caller.subject,
        }
    )


@router.post("/alerts/written", status_code=201, response_model=AlertOut)
async def write_alert(said: WrittenIn, desk: Leader, once: OnceDep) -> Response:
    async def effect() -> AlertOut:
        return await service.write_alert(desk, said)

    return await once(desk.caller.subject, effect, location=lambda one: f"/v1/crisis/alerts/{one.id}")


@router.post("/alerts/{alert_id}/ending", status_code=201, response_model=AlertOut)
async def end_alert(alert_id: UUID, said: EndingIn, desk: Leader, once: OnceDep) -> Response:
    """The answer is the message that ended it."""

    async def effect() -> AlertOut:
        return await service.end_alert(desk, alert_id, said)

    return await once(desk.caller.subject, effect, location=lambda one: f"/v1/crisis/alerts/{one.id}")


@router.post("/postures", status_code=201, response_model=PostureOut)
async def propose_posture(said: PostureIn, desk: Leader, once: OnceDep) -> Response:
    async def effect() -> PostureOut:
        return _out(await service.propose(desk, said), desk)

    return await once(desk.caller.subject, effect, location=lambda _: "/v1/crisis/postures")


@router.get("/postures")
async def list_postures(
    desk: Onlooker,
    paging: PagingDep,
    country: CountryCode | None = None,
    current: Annotated[bool, Query()] = False,  # noqa: FBT002 - a query
) -> Page[PostureOut]:
    """`current`: what is in force or proposed, not what was refused or has ended."""
    rows = await service.list_postures(desk, paging, country, current=current)
    return paging.page(rows, lambda one: Position(one.set_at, one.id), lambda one: _out(one, desk))


@router.get("/postures/levels")
async def read_levels(_: Onlooker) -> LevelsOut:
    known = service.ISSUER
    levels = [LevelOut(level=level, name=Bilingual.of(one.words)) for level, one in sorted(known.postures.items())]
    return LevelsOut(version=known.version, illustrative=known.illustrative, levels=levels)


@router.post("/postures/{posture_id}/approval", status_code=201, response_model=PostureOut)
async def approve_posture(posture_id: UUID, desk: Leader, expected: ExpectedVersion, once: OnceDep) -> Response:
    async def effect() -> PostureOut:
        return _out(await service.decide(desk, posture_id, expected, approve=True), desk)

    return await once(desk.caller.subject, effect, location=lambda _: "/v1/crisis/postures")


@router.post("/postures/{posture_id}/refusal", status_code=201, response_model=PostureOut)
async def refuse_posture(posture_id: UUID, desk: Leader, expected: ExpectedVersion, once: OnceDep) -> Response:
    async def effect() -> PostureOut:
        return _out(await service.decide(desk, posture_id, expected, approve=False), desk)

    return await once(desk.caller.subject, effect, location=lambda _: "/v1/crisis/postures")


@router.get("/feed", dependencies=[public()], response_class=Response, responses={200: {"content": {"application/atom+xml": {}}}})
async def read_feed(request: Request, session: SessionDep) -> Response:
    """An Atom index of the CAP documents in force that we issued ourselves, and of what ended one that somebody may still hold."""
    now, at = datetime.now(UTC), f"{request.state.settings.public_url}/v1/crisis/feed"
    entries = [
        writing.Entry(one.identifier, _title(one.headlines) or one.event, one.sent, f"{at}/{one.identifier}")
        for told in (repository.told_alerts, repository.told_endings)
        for one in await told(session, service.ISSUER.sender, now)
    ]
    for one in await repository.told_postures(session, now):
        if one.identifier and one.sent:
            said, place = service.ISSUER.posture(one.level).words, countries()[one.country]
            title = _title({"en": f"{place.en}: {said.en}", "bn": f"{place.bn}: {said.bn}"})
            entries.append(writing.Entry(one.identifier, title, one.sent, f"{at}/{one.identifier}"))
    content = writing.feed("Probashi", service.ISSUER.name.en, at, entries, now)
    return Response(content, media_type="application/atom+xml", headers={"Cache-Control": "public, max-age=60"})


def _title(headlines: Mapping[str, str]) -> str:
    """In both languages: who reads the index of a feed chooses none."""
    return " · ".join(headlines[tag] for tag in ("en", "bn") if tag in headlines)


@router.get("/feed/{identifier}", dependencies=[public()], response_class=Response, responses={200: {"content": {service.CAP_TYPE: {}}}})
async def read_issued(identifier: Identifier, session: SessionDep) -> Response:
    raw = await repository.raw_alert(session, service.ISSUER.sender, identifier) or await repository.raw_posture(session, identifier)
    if raw is None:
        raise NotFoundError
    return Response(raw, media_type=service.CAP_TYPE, headers={"Cache-Control": "public, max-age=60"})
