"""The composition root of the complaints service."""

from fastapi import FastAPI

from kit.app import create_app as create
from kit.migrations import folder_of
from kit.serve import serve
from kit.settings import Settings
from services.complaints.cases import endpoints as cases
from services.complaints.cases.death import endpoints as death
from services.complaints.cases.distress import endpoints as distress
from services.complaints.cases.missing import endpoints as missing
from services.complaints.cases.protection import endpoints as protection
from services.complaints.cases.protection.service import TIMER, visit_is_overdue
from services.complaints.endpoints import router

CASES = [
    *(cases.desk_router, death.desk_router, missing.desk_router, protection.desk_router),
    *(cases.router, distress.router, death.router, missing.router, protection.router),
]
TIMERS = {TIMER: visit_is_overdue}


def create_app(settings: Settings) -> FastAPI:
    return create(settings, title="Complaints", routers=[*CASES, router], timers=TIMERS, migrations=folder_of("complaints"))


if __name__ == "__main__":
    serve(create_app)
