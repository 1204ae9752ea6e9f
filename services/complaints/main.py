"""The composition root of the complaints service."""

from fastapi import FastAPI

from kit.app import create_app as create
from kit.migrations import folder_of
from kit.serve import serve
from kit.settings import Settings
from services.complaints.calls import endpoints as calls
from services.complaints.calls import stream, timers
from services.complaints.calls.callbacks import endpoints as callbacks
from services.complaints.calls.shifts import endpoints as shifts
from services.complaints.endpoints import router

# An area's fixed paths stand before `/{reference}`, which would take them for one.
ROUTERS = [shifts.router, callbacks.router, calls.router, router]


def create_app(settings: Settings) -> FastAPI:
    return create(
        settings,
        title="Complaints",
        routers=ROUTERS,
        timers=timers.handlers(settings),
        migrations=folder_of("complaints"),
        resources=stream.listening,
    )


if __name__ == "__main__":
    serve(create_app)
