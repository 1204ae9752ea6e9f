"""The composition root of the complaints service."""

from typing import Final

from fastapi import FastAPI

from kit.app import create_app as create
from kit.migrations import folder_of
from kit.serve import serve
from kit.settings import Settings
from services.complaints import endpoints
from services.complaints.lifecycle import endpoints as lifecycle
from services.complaints.lifecycle.decisions import endpoints as decisions
from services.complaints.lifecycle.hearings import endpoints as hearings

# Areas first: `/v1/complaints/{reference}` would take their addresses of one word for a reference.
ROUTERS: Final = [lifecycle.router, decisions.router, hearings.router, endpoints.router]


def create_app(settings: Settings) -> FastAPI:
    return create(settings, title="Complaints", routers=ROUTERS, migrations=folder_of("complaints"))


if __name__ == "__main__":
    serve(create_app)
