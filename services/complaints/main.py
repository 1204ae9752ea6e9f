"""The composition root of the complaints service."""

from fastapi import FastAPI

from kit.app import create_app as create
from kit.migrations import folder_of
from kit.serve import serve
from kit.settings import Settings
from services.complaints.endpoints import router
from services.complaints.escalation import service as escalation

TIMERS = {**escalation.TIMERS}


def create_app(settings: Settings) -> FastAPI:
    return create(settings, title="Complaints", routers=[router], timers=TIMERS, migrations=folder_of("complaints"))


if __name__ == "__main__":
    serve(create_app)
