"""What the public is shown of a look-up, and the register as open data."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any, Final, Literal

from contracts.days import DHAKA
from contracts.places import countries
from contracts.text import Bilingual, Text
from kit.text import in_bengali_digits
from services.agencies import views
from services.agencies.ceilings import Ceiling
from services.agencies.check import rules
from services.agencies.check.guidance import Part
from services.agencies.check.repository import OpenRow, Registered
from services.agencies.check.rules import AgencyFound, Found, SubAgentFound
from services.agencies.check.schemas import CeilingOut, CheckIn, CheckOut, FeesOut, GuidanceOut, JudgmentOut, SubAgentRow
from services.agencies.check.service import GUIDANCE, Answer
from services.agencies.evidence.service import CEILINGS
from services.agencies.repository import Listed
from services.agencies.rules import ClassCode, LicenceStatus, is_licensed, licence_today
from services.agencies.unregistered.models import EnforcementStep
from services.agencies.unregistered.rules import OUTCOME_WORDS, Outcome

NOT_FOUND: Final = Text(
    "No lawful ceiling was found for this destination. Ask the district office (DEMO).",
    "এই দেশের জন্য নির্ধারিত সর্বোচ্চ ব্যয় পাওয়া যায়নি। জেলা কর্মসংস্থান ও জনশক্তি অফিসে (ডেমো) জেনে নিন।",
)
MAY: Final = Text("Registered: may collect workers for this agency", "নিবন্ধিত: এই এজেন্সির জন্য কর্মী সংগ্রহ করতে পারেন")
MAY_NOT: Final = Text("May not recruit today", "এখন কর্মী সংগ্রহ করতে পারেন না")
COLUMNS: Final = (
    *("licence", "name_en", "name_bn", "status", "licensed", "valid_until", "district"),
    *("class", "class_published_on", "class_rule_set", "class_changed_since"),
)


def check_view(answer: Answer, asked: CheckIn) -> CheckOut:
    found = _found(answer)
    fees = fees_view(asked.country, asked.sex, answer.today) if asked.country else None
    lawful = CEILINGS.lawful(asked.country, asked.sex, asked.work, answer.today) if asked.country else None
    said = rules.verdict(found)
    return CheckOut(
        verdict=said,
        label=Bilingual.of(rules.VERDICT_WORDS[said]),
        asked_as=answer.asked_as,
        agencies=[views.row_of(one, answer.today) for one in answer.agencies],
        sub_agents=[_sub_agent_row(one, answer.today) for one in answer.sub_agents],
        judgments=[judgment for one in answer.judgments if (judgment := _judgment(one))],
        fees=fees,
        receipt=_guidance(GUIDANCE.receipt),
        contract=_guidance(GUIDANCE.contract),
        report=_guidance(GUIDANCE.report),
        class_means=_guidance(GUIDANCE.class_means),
        sms=Bilingual.of(rules.message(found, lawful)),
    )


def _found(answer: Answer) -> Found:
    return Found(
        [_agency_found(one, answer.today) for one in answer.agencies],
        [_sub_agent_found(one, answer.today) for one in answer.sub_agents],
        judged=bool(answer.judgments),
    )


def _agency_found(listed: Listed, today: date) -> AgencyFound:
    one = listed.agency
    status = licence_today(LicenceStatus(one.status), one.valid_until, today)
    return AgencyFound(one.licence, Text(one.name_en, one.name_bn or one.name_en), status, one.valid_until)


def _may_recruit(one: Registered, today: date) -> bool:
    licensed = is_licensed(LicenceStatus(one.agency.status), one.agency.valid_until, today)
    return licensed and one.sub_agent.true_from <= today <= one.sub_agent.true_until


def _sub_agent_found(one: Registered, today: date) -> SubAgentFound:
    name = Text(one.sub_agent.name_en, one.sub_agent.name_bn or one.sub_agent.name_en)
    return SubAgentFound(one.sub_agent.number, name, one.agency.licence, _may_recruit(one, today))


def _sub_agent_row(one: Registered, today: date) -> SubAgentRow:
    found, agency = _sub_agent_found(one, today), one.agency
    return SubAgentRow(
        may_recruit=found.may_recruit,
        status_label=Bilingual.of(MAY if found.may_recruit else MAY_NOT),
        number=found.number,
        name=Bilingual.of(found.name),
        agency=agency.licence,
        agency_name=Bilingual.of(Text(agency.name_en, agency.name_bn or agency.name_en)),
        agency_licensed=is_licensed(LicenceStatus(agency.status), agency.valid_until, today),
        district=one.sub_agent.district,
        registered_until=one.sub_agent.true_until,
    )


def _judgment(step: EnforcementStep) -> JudgmentOut | None:
    if step.outcome is None or step.order_ref is None:
        return None
    return JudgmentOut(label=Bilingual.of(OUTCOME_WORDS[Outcome(step.outcome)]), happened_on=step.happened_on, order_ref=step.order_ref)


def fees_view(country: str, sex: Literal["female", "male"] | None, on: date) -> FeesOut:
    lawful = CEILINGS.lawful(country, sex, "any", on)
    domestic = CEILINGS.lawful(country, sex, "domestic", on)
    return FeesOut(
        country=country,
        sex=sex,
        lawful=ceiling_view(lawful) if lawful else None,
        domestic=ceiling_view(domestic) if domestic and domestic != lawful else None,
        words=Bilingual.of(_fee_words(country, lawful, domestic)),
        notice=Bilingual.of(CEILINGS.notice),
    )


def _fee_words(country: str, lawful: Ceiling | None, domestic: Ceiling | None) -> Text:
    where = countries()[country]
    said = NOT_FOUND if lawful is None else _amount(where, lawful)
    if domestic is None or domestic == lawful or domestic.amount:
        return said
    return Text(f"{said.en} For women in domestic work no fee is due.", f"{said.bn} গৃহকর্মী নারীদের কোনো টাকা লাগে না।")


def _amount(where: Text, lawful: Ceiling) -> Text:
    if lawful.amount == 0:
        return Text(f"{where.en}: no fee is due.", f"{where.bn}: কোনো টাকা লাগে না।")
    amount = rules.grouped(lawful.amount)
    return Text(
        f"{where.en}: at most Tk {amount} in all, everything included.",
        f"{where.bn}: সব মিলিয়ে সর্বোচ্চ {in_bengali_digits(amount)} টাকা।",
    )


def ceiling_view(one: Ceiling) -> CeilingOut:
    return CeilingOut.model_validate(one.model_dump(exclude={"until"}))


def _guidance(part: Part) -> GuidanceOut:
    return GuidanceOut(source=part.source, items=[Bilingual.of(one) for one in part.items])


def open_rows(rows: Sequence[OpenRow], today: date) -> list[dict[str, Any]]:
    return [
        {
            "licence": row.licence,
            "name_en": row.name_en,
            "name_bn": row.name_bn,
            "status": (status := licence_today(LicenceStatus(row.status), row.valid_until, today)).value,
            "licensed": status is LicenceStatus.VALID,
            "valid_until": row.valid_until.isoformat(),
            "district": row.district,
            "class": row.class_code,
            "class_published_on": row.published_at.astimezone(DHAKA).date().isoformat() if row.published_at else None,
            "class_rule_set": f"{row.rule_set}@{row.rule_set_version}" if row.rule_set else None,
            "class_changed_since": row.changed_at is not None if row.class_code else None,
        }
        for row in rows
    ]


def open_csv(rows: Sequence[OpenRow], today: date) -> str:
    """With a mark, so that spreadsheet programs read Bangla; a name that such a program would compute is made text."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for row in open_rows(rows, today):
        writer.writerow({name: _inert(value) for name, value in row.items()})
    return out.getvalue()


def _inert(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t")) else value


def data_package(base: str) -> dict[str, Any]:
    """A description of the open data after Data Package (datapackage.org, version 2)."""
    fields = [
        {"name": "licence", "type": "string", "constraints": {"required": True, "unique": True, "pattern": "^RL-[0-9]{4,5}$"}},
        {"name": "name_en", "type": "string", "constraints": {"required": True}},
        {"name": "name_bn", "type": "string"},
        {"name": "status", "type": "string", "constraints": {"enum": [one.value for one in LicenceStatus]}},
        {"name": "licensed", "type": "boolean", "description": "Whether the agency may recruit today."},
        {"name": "valid_until", "type": "date", "description": "The last day of the term."},
        {"name": "district", "type": "string", "description": "ISO 3166-2 code of the office."},
        {
            "name": "class",
            "type": "string",
            "description": "The class that people published, if any. No promise: the rule set is illustrative, no law.",
            "constraints": {"enum": [one.value for one in ClassCode]},
        },
        {"name": "class_published_on", "type": "date"},
        {"name": "class_rule_set", "type": "string", "description": "Name and version: /v1/agencies/ratings/rule-sets."},
        {
            "name": "class_changed_since",
            "type": "boolean",
            "description": "Whether what it was computed from has been corrected since; a person has yet to decide.",
        },
    ]
    schema = {"fields": fields, "primaryKey": ["licence"]}
    common = {"encoding": "utf-8", "schema": schema}
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "probashi-agencies",
        "title": "Recruiting agencies of Bangladesh and where their licences stand today",
        "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
        "resources": [
            {"name": "agencies-csv", "path": f"{base}/agencies.csv", "format": "csv", "mediatype": "text/csv", **common},
            {"name": "agencies-json", "path": f"{base}/agencies.json", "format": "json", "mediatype": "application/json", **common},
        ],
    }
