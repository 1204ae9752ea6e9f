"""What is shown of organisations, agreements and clients."""

from collections.abc import Sequence
from datetime import date

from contracts.text import Bilingual
from kit.crypto import Keyring
from kit.dated import Choice
from services.partners import sharing
from services.partners.lists import LISTS, Withdrawal
from services.partners.models import Act, Agreement, Client, Organisation
from services.partners.rules import Rights, Terms
from services.partners.schemas import (
    ActOut,
    AgreedOut,
    AgreementOut,
    ChoiceOut,
    ClientOut,
    KeptOut,
    ListsOut,
    OrganisationOut,
    OrganisationRow,
    PurposeOut,
    PurposeRightsOut,
    RecordTypeOut,
    RightsOut,
    ScopeOut,
    WithdrawalOut,
)

CONTACT = "partner_organisation.contact"
WORDS = "partner_act.words"


def row_of(one: Organisation) -> OrganisationRow:
    name = Bilingual(en=one.name_en, bn=one.name_bn)
    return OrganisationRow(code=one.code, version=one.version, state=one.state, kind=one.kind, name=name, applied_at=one.applied_at)


def organisation_of(one: Organisation, acts: Sequence[Act], keyring: Keyring) -> OrganisationOut:
    return OrganisationOut(
        **row_of(one).model_dump(),
        registration=one.registration,
        contact=keyring.open(one.contact, CONTACT),
        stewards=one.stewards,
        decided_at=one.decided_at,
        acts=[_act_of(act, keyring) for act in acts],
    )


def _act_of(act: Act, keyring: Keyring) -> ActOut:
    words = keyring.open(act.words, WORDS) if act.words else None
    return ActOut(kind=act.kind, about=act.about, reason=act.reason, words=words, at=act.at)


def terms_of(one: Agreement) -> Terms:
    return Terms(str(one.id), one.state, one.purposes, one.fields, one.valid_from, one.valid_until)


def agreement_of(one: Agreement, today: date) -> AgreementOut:
    shown = one.model_dump(include=set(AgreementOut.model_fields))
    return AgreementOut(**shown, in_force=terms_of(one).is_in_force(today))


def client_of(one: Client) -> ClientOut:
    return ClientOut(**one.model_dump(include=set(ClientOut.model_fields)))


def rights_of(client: Client, organisation: Organisation, rights: Rights) -> RightsOut:
    purposes = [PurposeRightsOut(purpose=code, fields=sorted(fields)) for code, fields in sorted(rights.fields.items())]
    agreements = [AgreedOut.model_validate(one, from_attributes=True) for one in rights.agreements]
    return RightsOut(
        client_id=client.client_id,
        organisation=organisation.code,
        scopes=sorted(rights.scopes),
        purposes=purposes,
        agreements=agreements,
    )


def lists() -> ListsOut:
    return ListsOut(
        version=LISTS.version,
        longest_days=LISTS.longest_days,
        kept=KeptOut(**LISTS.kept.model_dump()),
        kinds=_choices(LISTS.kinds),
        purposes=[_purpose(one) for one in LISTS.purposes],
        withdrawal=_withdrawal(LISTS.withdrawal),
        scopes=[ScopeOut(code=one.code, name=_words(one), needs=one.needs) for one in LISTS.scopes],
        suspension_reasons=_choices(LISTS.suspension_reasons),
        records=[_record_type(one) for one in LISTS.records],
    )


def _record_type(one: Choice) -> RecordTypeOut:
    fields = [ChoiceOut(code=field, name=Bilingual.of(LISTS.field_words(field))) for field in sorted(sharing.fields_of_record(one.code))]
    return RecordTypeOut(code=one.code, name=Bilingual(en=one.en, bn=one.bn), purpose=sharing.PURPOSES[one.code], fields=fields)


def _purpose(one: Choice) -> PurposeOut:
    events = _events(one.code)
    addressed = not sharing.ADDRESSED.isdisjoint(events)
    return PurposeOut(code=one.code, name=_words(one), addressed=addressed, events=events, fields=_fields(one.code))


def _events(purpose: str) -> list[str]:
    return sorted(sharing.events_of(purpose))


def _fields(purpose: str) -> list[str]:
    return sorted(sharing.fields_of_purpose(purpose))


def _withdrawal(one: Withdrawal) -> WithdrawalOut:
    asked = one.confirmation
    choices = {"outcomes": _choices(asked.outcomes), "ways": _choices(asked.ways)}
    return WithdrawalOut(events=_events(sharing.WITHDRAWAL), fields=_fields(sharing.WITHDRAWAL), due_days=asked.due_days, **choices)


def _choices(choices: Sequence[Choice]) -> list[ChoiceOut]:
    return [ChoiceOut(code=one.code, name=_words(one)) for one in choices]


def _words(one: Choice) -> Bilingual:
    return Bilingual(en=one.en, bn=one.bn)
