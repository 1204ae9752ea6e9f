"""The monitor's papers, as the portal uses them."""

from hashlib import sha256
from typing import Final
from urllib.parse import urlencode

import httpx

from services.portal.clients import RefusedError, Services
from services.portal.forms import Form

NAME: Final = "monitor"
_PAPERS: Final = "/v1/framework/papers"
_MOST_NAME: Final = 200


async def brought(services: Services, sent: tuple[Form, str, bytes]) -> Form:
    """The form, with the paper that was chosen in it: it stays there also where the rest is to be mended and sent again.

    Raises `RefusedError` at the question for the file, `AwayError`.
    """
    form, name, content = sent
    if not content:
        return form
    said = urlencode({"name": name[-_MOST_NAME:] or "paper"})
    headers = {"Content-Type": "application/octet-stream", "Idempotency-Key": sha256(form.key.encode() + content).hexdigest()}
    try:
        answer = await services.send("POST", NAME, f"{_PAPERS}?{said}", headers, content=content)
    except RefusedError as error:
        error.errors = [{"pointer": "/paper", "detail": str(error)}]
        raise
    kept = answer.json()
    return Form({**form.values, "paper": [kept["id"]], "paper_name": [kept["name"]]}, key=form.key)


async def content_of(services: Services, paper: str) -> httpx.Response:
    return await services.send("GET", NAME, f"{_PAPERS}/{paper}", {})
