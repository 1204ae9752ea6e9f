"""The address of a correction."""

from functools import partial

from fastapi import APIRouter, Response

from services.complaints.lifecycle.access import WorkerDesk, post
from services.complaints.lifecycle.corrections import service
from services.complaints.lifecycle.corrections.schemas import CorrectionIn
from services.complaints.lifecycle.rules import Action

router = APIRouter(prefix="/v1/complaints/{reference}", tags=["complaints: procedure"])


@post(router, Action.CORRECT)
async def correct(desk: WorkerDesk, asked: CorrectionIn) -> Response:
    """Somebody found who it is about, or that it is about something else."""
    return await desk.act(Action.CORRECT, partial(service.correct, asked=asked))
