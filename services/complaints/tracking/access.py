"""How somebody who follows a complaint is known: by the token of their session."""

from typing import Annotated

from fastapi import Header

Token = Annotated[str, Header(alias="Tracking", min_length=20, max_length=200, description="Token of POST /v1/complaints/track.")]
