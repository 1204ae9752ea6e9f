"""The HTTP edge: one call into `service` each."""

from fastapi import APIRouter, Response

from contracts.text import Bilingual
from kit.auth import public
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.versions import etag
from services.complaints import service, views
from services.complaints.access import Reader, Reference, Taker, what_is_visible
from services.complaints.offices import OFFICES
from services.complaints.schemas import (
    TAXONOMY,
    CategoriesOut,
    CategoryOut,
    ComplaintIn,
    ComplaintOut,
    OfficeOut,
    OfficesOut,
    ReceiptOut,
)

router = APIRouter(prefix="/v1/complaints", tags=["complaints"])


@router.post("", status_code=201, response_model=ReceiptOut)
async def lodge(complaint: ComplaintIn, caller: Taker, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    async def effect() -> ReceiptOut:
        return await service.lodge_complaint(session, keyring, caller, complaint)

    return await once(caller.subject, effect, location=lambda receipt: f"/v1/complaints/{receipt.reference}")


@router.get("/categories", dependencies=[public(kept_s=300)])
async def list_categories() -> CategoriesOut:
    items = [CategoryOut.model_validate(one, from_attributes=True) for one in TAXONOMY.categories]
    return CategoriesOut(version=TAXONOMY.version, items=items)


@router.get("/offices", dependencies=[public(kept_s=300)])
async def list_offices() -> OfficesOut:
    items = [OfficeOut(code=one.code, kind=one.kind, name=Bilingual.of(one.name)) for one in OFFICES.by_code.values()]
    return OfficesOut(version=OFFICES.version, items=items)


@router.get("/{reference}")
async def read_complaint(
    reference: Reference, caller: Reader, session: SessionDep, keyring: KeyringDep, response: Response
) -> ComplaintOut:
    visible = what_is_visible(caller)
    complaint = await service.get_complaint(session, caller, visible, reference)
    response.headers["ETag"] = etag(complaint.version)
    return views.view_of(complaint, keyring, caller, visible)
