"""The composition root of partners."""

from fastapi import FastAPI

from kit.app import create_app as create
from kit.migrations import folder_of
from kit.serve import serve
from kit.settings import Settings
from services.partners.endpoints import router


def create_app(settings: Settings) -> FastAPI:
    return create(settings, title="Partners", routers=[router], migrations=folder_of("partners"))


if __name__ == "__main__":
    serve(create_app)
