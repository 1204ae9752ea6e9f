"""The HTTP edge of rule sets: open to anybody, for a class that nobody can check is no explanation."""

from fastapi import APIRouter

from kit.auth import public
from services.agencies.ratings import service, views
from services.agencies.ratings.schemas import RuleSetFull, RuleSetList
from services.agencies.runs.service import today

router = APIRouter(prefix="/v1/agencies/ratings", tags=["classification of agencies"], dependencies=[public()])


@router.get("/rule-sets")
async def list_rule_sets() -> RuleSetList:
    """All that are known; those that are not complete can be read, not run."""
    return RuleSetList(items=[views.rule_set_row(one, service.in_force(today())) for one in service.RULE_SETS.all()])


@router.get("/rule-sets/{name}/{version}")
async def read_rule_set(name: str, version: str) -> RuleSetFull:
    return views.rule_set_view(service.find_rule_set(f"{name}@{version}"), service.in_force(today()))
