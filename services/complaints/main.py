"""The composition root of the complaints service."""

from fastapi import FastAPI

from kit.app import create_app as create
from kit.migrations import folder_of
from kit.serve import serve
from kit.settings import Settings
from services.complaints.consumers import SUBSCRIPTIONS
from services.complaints.endpoints import router
from services.complaints.redress.endpoints import router as redress
from services.complaints.redress.tasks.service import TIMERS as REMINDERS


def create_app(settings: Settings) -> FastAPI:
    return create(
        settings,
        title="Complaints",
        routers=[redress, router],  # an area's fixed paths before the root's, which takes any word for a reference
        subscriptions=SUBSCRIPTIONS,
        timers={**REMINDERS},
        migrations=folder_of("complaints"),
    )


if __name__ == "__main__":
    serve(create_app)
