"""The composition root of partners."""

from fastapi import FastAPI

from kit.app import create_app as create
from kit.migrations import folder_of
from kit.serve import serve
from kit.settings import Settings
from services.partners.consumers import SUBSCRIPTIONS
from services.partners.endpoints import router
from services.partners.feed import endpoints as feed


def create_app(settings: Settings) -> FastAPI:
    return create(settings, title="Partners", routers=[feed.router, router], subscriptions=SUBSCRIPTIONS, migrations=folder_of("partners"))


if __name__ == "__main__":
    serve(create_app)
