"""Pages of what became of returnees and what they need: for those who steer, and a quarter for everybody."""

import asyncio

import httpx
from fastapi import APIRouter, Request, Response

from kit.auth import public
from services.portal.access import Anybody, OutcomeReader
from services.portal.clients import ServicesDep
from services.portal.forms import Form
from services.portal.language import said
from services.portal.outcomes import clients
from services.portal.page import language_of, page

router = APIRouter(dependencies=[public()], include_in_schema=False)


def _file(answer: httpx.Response) -> Response:
    kept = {name: answer.headers[name] for name in ("content-type", "content-disposition")}
    return Response(answer.content, headers=kept | {"Cache-Control": "no-store"})


@router.get("/outcomes")
async def read_outcomes(request: Request, _: OutcomeReader, services: ServicesDep, at: str = "latest", help: str = "") -> Response:  # noqa: A002 - the name in the address
    found, needs, helps = await asyncio.gather(clients.outcomes(services, at, help), clients.profile(services), clients.helps(services))
    form = Form(values={"at": [at], "help": [help]})
    choices = [(one["code"], said(one, language_of(request))) for one in helps]
    return page(request, "outcomes/figures.html", outcomes=found, profile=needs, helps=choices, form=form)


@router.get("/outcomes/export")
async def export_outcomes(_: OutcomeReader, services: ServicesDep, at: str = "latest", help: str = "") -> Response:  # noqa: A002 - the name in the address
    return _file(await clients.export(services, "/export", **clients.narrowed(at, help)))


@router.get("/outcomes/needs/export")
async def export_needs(_: OutcomeReader, services: ServicesDep) -> Response:
    return _file(await clients.export(services, "/profile/export"))


@router.get("/outcomes/public")
async def public_outcomes(request: Request, _: Anybody, services: ServicesDep, quarter: str = "") -> Response:
    return page(request, "outcomes/public.html", told=await clients.public(services, quarter))
