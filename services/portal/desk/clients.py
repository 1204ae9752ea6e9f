"""The complaints service's call centre, as the portal uses it."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID, uuid4

import httpx

from services.portal.clients import Services

NAME = "complaints"
CALLS = "/v1/complaints/calls"
READ_AT_ONCE = 4
Json = dict[str, Any]


async def desk(services: Services) -> Json:
    shown: Json = await services.get(NAME, f"{CALLS}/desk")
    return shown


async def board(services: Services) -> Json:
    shown: Json = await services.get(NAME, f"{CALLS}/board")
    return shown


async def lists(services: Services) -> Json:
    shown: Json = await services.get(NAME, f"{CALLS}/lists")
    return shown


def changes(services: Services) -> AbstractAsyncContextManager[httpx.Response]:
    return services.stream(NAME, f"{CALLS}/stream", {})


async def begin_shift(services: Services, body: Mapping[str, Any], *, key: str) -> None:
    await services.post(NAME, f"{CALLS}/shifts", body, key=key)


async def end_shift(services: Services, *, key: str) -> Json:
    ended: Json = await services.post(NAME, f"{CALLS}/shifts/end", {}, key=key)
    return ended


async def accept(services: Services, handover: UUID, *, key: str) -> None:
    await services.post(NAME, f"{CALLS}/handovers/{handover}/accept", {}, key=key)


async def add_by_hand(services: Services, number: str, *, key: str) -> str:
    added = await services.post(NAME, CALLS, {"number": number}, key=key)
    return str(added["id"])


async def call(services: Services, identity: UUID) -> Json:
    shown: Json = await services.get(NAME, f"{CALLS}/{identity}")
    return shown


async def calls(services: Services, cursor: str) -> tuple[list[Json], str]:
    """A page of the list, and the query string of the page that follows."""
    found = await services.get(NAME, CALLS, **({"cursor": cursor} if cursor else {}), limit="25")
    return found["items"], urlsplit(found["next"] or "").query


async def take(services: Services, identity: UUID, *, key: str) -> None:
    await services.post(NAME, f"{CALLS}/{identity}/take", {}, key=key)


async def save_draft(services: Services, identity: UUID, fields: Mapping[str, list[str]], version: str) -> Json:
    saved: Json = await services.put(NAME, f"{CALLS}/{identity}/draft", {"fields": fields}, version=version)
    return saved


async def finish(services: Services, identity: UUID, body: Mapping[str, Any], *, key: str) -> Json:
    done: Json = await services.post(NAME, f"{CALLS}/{identity}/finish", body, key=key)
    return done


async def likely(services: Services, asked: Mapping[str, str]) -> list[Json]:
    """Open complaints that may be the same.

    That there is one which the agent may not see is not passed on: whoever types names and numbers to find out would learn it.
    """
    found = await services.post(NAME, "/v1/complaints/duplicates/likely", asked, key=str(uuid4()))
    items: list[Json] = found["items"]
    return items


async def categories(services: Services, typed: str) -> list[Json]:
    found = await services.get(NAME, f"{CALLS}/categories", q=typed)
    items: list[Json] = found["items"]
    return items


async def articles(services: Services, typed: str) -> list[Json]:
    found = await services.get(NAME, f"{CALLS}/articles", q=typed)
    items: list[Json] = found["items"]
    return items


async def article(services: Services, code: str) -> Json:
    shown: Json = await services.get(NAME, f"{CALLS}/articles/{quote(code, safe='')}")
    return shown


async def articles_to_read(services: Services, codes: Sequence[str]) -> list[Json]:
    return list(await asyncio.gather(*(article(services, code) for code in codes[:READ_AT_ONCE])))


async def callback(services: Services, identity: UUID) -> Json:
    shown: Json = await services.get(NAME, f"{CALLS}/callbacks/{identity}")
    return shown


async def take_callback(services: Services, identity: UUID, *, key: str) -> None:
    await services.post(NAME, f"{CALLS}/callbacks/{identity}/take", {}, key=key)


async def answer_question(services: Services, identity: UUID, question: UUID, body: Mapping[str, Any], *, key: str) -> None:
    await services.post(NAME, f"{CALLS}/callbacks/{identity}/questions/{question}", body, key=key)


async def note_attempt(services: Services, identity: UUID, body: Mapping[str, Any], *, key: str, version: str) -> None:
    await services.post(NAME, f"{CALLS}/callbacks/{identity}/attempts", body, key=key, version=version)


async def review(services: Services, identity: UUID) -> Json:
    shown: Json = await services.get(NAME, f"{CALLS}/{identity}/review")
    return shown


async def give_review(services: Services, identity: UUID, body: Mapping[str, Any], *, key: str) -> None:
    await services.post(NAME, f"{CALLS}/{identity}/review", body, key=key)


async def answer_review(services: Services, identity: UUID, words: str, *, key: str) -> None:
    await services.post(NAME, f"{CALLS}/{identity}/review/answer", {"words": words}, key=key)
