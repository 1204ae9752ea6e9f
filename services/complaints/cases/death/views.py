"""What each reader is shown of a death: the officers who work on it, the desk at the airport, the Welfare Board."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from contracts.text import Bilingual
from services.complaints import views as complaint_views
from services.complaints.cases import money
from services.complaints.cases.death import repository, rules
from services.complaints.cases.death.models import DeathFile, Heir, Paper, Wish
from services.complaints.cases.death.schemas import ContactOut, DeathOut, GrantOut, HeirOut, PaperOut, WishOut
from services.complaints.cases.lists import CASES, DEATHS, words_of
from services.complaints.cases.service import Desk
from services.complaints.models import Complaint

SEALED = ("police_note", "passport", "receiver", "receiver_phone")


def newest_papers(rows: Sequence[Paper]) -> Mapping[str, Paper]:
    """By code; the last word counts."""
    return {one.code: one for one in rows}


async def show(desk: Desk, complaint: Complaint, row: DeathFile, standings: Sequence[rules.Standing], *, personal: bool) -> DeathOut:
    """`personal` false: codes and days only, nothing sealed is opened."""
    wishes = await repository.rows_of(desk.session, Wish, complaint.id)
    family = rules.wish_of(rules.Said(one.relation, one.wish) for one in wishes)
    identity = rules.Identity(row.identity)
    opened = {name: desk.open(getattr(row, name), f"death_file.{name}") if personal else None for name in SEALED}
    more = {
        "cause_label": Bilingual.of(words_of(DEATHS.causes, row.cause)),
        "identity_words": Bilingual.of(rules.IDENTITY_WORDS[identity]),
        "identity_seen": [Bilingual.of(words_of(DEATHS.documents_seen, code)) for code in row.identity_seen],
        "identity_source": Bilingual.of(words_of(CASES.sources, row.identity_source)) if row.identity_source else None,
        "apology": Bilingual.of(rules.APOLOGY) if identity == rules.Identity.ERROR else None,
        "wish": family.wish,
        "family_disagrees": family.disagrees,
        "wishes": [_wish_out(desk, one, personal=personal) for one in wishes],
        "papers": papers_out(complaint, family.wish, newest_papers(await repository.rows_of(desk.session, Paper, complaint.id))),
        "papers_basis": _basis(complaint),
        "heirs": await heirs_out(desk, complaint.id, personal=personal),
        "grants": await _grants_out(desk, complaint, standings),
        "contact": _contact_out(desk, row),
    }
    return DeathOut.model_validate({**row.model_dump(exclude={*SEALED}), **opened, **more})


def _wish_out(desk: Desk, row: Wish, *, personal: bool) -> WishOut:
    said_by = desk.open(row.said_by, "death_wish.said_by") if personal else None
    return WishOut.model_validate({"wish": row.wish, "relation": row.relation, "said_on": row.said_on, "said_by": said_by})


def papers_out(complaint: Complaint, wish: rules.Wish | None, known: Mapping[str, Paper]) -> list[PaperOut]:
    """The list of this country and wish, the heirs' papers, and whatever else was asked for."""
    listed = [*rules.papers_for(DEATHS, complaint.country, wish), *DEATHS.heirs]
    every = [*DEATHS.papers.back, *DEATHS.papers.burial, *DEATHS.heirs]
    others = [code for code in known if code not in {one.code for one in listed}]
    return [
        _paper_out(code, Bilingual.of(words_of([*listed, *every], code)), known.get(code))
        for code in [*(one.code for one in listed), *others]
    ]


def _paper_out(code: str, label: Bilingual, row: Paper | None) -> PaperOut:
    if row is None:
        return PaperOut(code=code, label=label, state="needed", on=None, source=None)
    source = Bilingual.of(words_of(CASES.sources, row.source))
    return PaperOut.model_validate({"code": code, "label": label, "state": row.state, "on": row.on_day, "source": source})


def _basis(complaint: Complaint) -> Bilingual:
    here = DEATHS.papers.countries.get(complaint.country)
    if here is None:
        return Bilingual(en=DEATHS.papers.basis.en, bn=DEATHS.papers.basis.bn)
    return Bilingual(en=here.source, bn=here.source)


async def heirs_out(desk: Desk, complaint_id: UUID, *, personal: bool) -> list[HeirOut]:
    rows = await repository.rows_of(desk.session, Heir, complaint_id)
    return [
        HeirOut(
            id=one.id,
            relation=one.relation,
            name=desk.open(one.name, "death_heir.name") if personal else None,
            is_minor=one.is_minor,
            guardian=desk.open(one.guardian, "death_heir.guardian") if personal else None,
            guardian_relation=one.guardian_relation,
        )
        for one in rows
    ]


async def _grants_out(desk: Desk, complaint: Complaint, standings: Sequence[rules.Standing]) -> list[GrantOut]:
    lines = {one.head: one.id for one in await money.lines_of(desk.session, complaint) if one.is_grant}
    known = {one.grant: one for one in standings}
    return [
        GrantOut(
            grant=grant.code,
            label=Bilingual.of(grant.words),
            amount=grant.amount,
            currency=grant.currency,
            source=grant.source,
            is_due=known[grant.code].is_due,
            may_change=known[grant.code].may_change,
            why_not=[Bilingual.of(one) for one in known[grant.code].why_not],
            line=lines.get(grant.code),
        )
        for grant in DEATHS.grants
    ]


def _contact_out(desk: Desk, row: DeathFile) -> ContactOut | None:
    """Named to every reader of the case: the family shall know whom to ask."""
    if row.contact is None or row.contact_office is None:
        return None
    return ContactOut(
        name=desk.open(row.contact_name, "death_file.contact_name"),
        office=row.contact_office,
        office_name=complaint_views.office_name(row.contact_office),
        told_on=row.contact_told_on,
        is_me=row.contact == desk.by,
    )
