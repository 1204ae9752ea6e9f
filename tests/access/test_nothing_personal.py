"""What a person tells stands nowhere in clear: not in a log, not on the bus, not in a database file, also where it was refused."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx

from runner.demo import _api
from runner.suite import Suite

NAME, NAME_BN, PHONE, OTHER_PHONE, PAPER, WORDS = (
    "Zqxwvut Nomuna",
    "জকখগঘঙ নমুনা",
    "01798765431",
    "+966507654321",
    "ZQ7654321XW",
    "zqwords-said",
)
SECRETS: Final = tuple(
    value.encode() for value in ("Zqxwvut", "জকখগঘঙ", PHONE.removeprefix("0"), OTHER_PHONE.removeprefix("+"), PAPER, WORDS, "Zqwrong")
)
COMPLAINT: Final[dict[str, Any]] = {
    "channel": "phone",
    "category": "unpaid_wages",
    "country": "SA",
    "reporter": {"name": NAME, "phone": PHONE, "relation": "family"},
    "victim": {"name": NAME_BN, "phone": OTHER_PHONE},
    "narrative": f"{WORDS} {NAME_BN}",
    "safe_contact": {"note": f"{WORDS} {PHONE}"},
}
RETURNEE: Final[dict[str, Any]] = {
    "name": NAME,
    "name_bn": NAME_BN,
    "phone": PHONE,
    "sex": "female",
    "age_band": "25_34",
    "district": "BD-08",
    "country": "SA",
    "returned_on": "2026-01-02",
}


async def _first(http: httpx.AsyncClient, path: str) -> str:
    return str((await http.get(path)).json()["items"][0]["code"])


async def _tell(suite: Suite) -> tuple[str, str]:
    """The references of a complaint and of a returnee; and many ways to say the same wrongly."""
    base = suite.place.public_url
    async with _api(suite.place) as api, httpx.AsyncClient(base_url=base, timeout=240) as http:
        complaint = COMPLAINT | {"category": await _first(http, "/v1/complaints/categories")}
        paper = {"kind": await _first(http, "/v1/returnees/document-kinds"), "number": PAPER}
        returnee = RETURNEE | {"return_reason": await _first(http, "/v1/returnees/reasons"), "documents": [paper]}
        lodged = await api.post("/v1/complaints", "agent", complaint, key=str(uuid4()))
        registered = await api.post("/v1/returnees", "demo-cumilla", returnee, key=str(uuid4()))
        http.headers["Authorization"] = f"Bearer {await api.token('demo-cumilla')}"
        for asked in ({"phone": PHONE}, {"document": PAPER}, {"phone": NAME}):
            await http.post("/v1/returnees/search", json=asked)
        for path, right in (("/v1/complaints", complaint), ("/v1/returnees", returnee)):
            for fault in ({"Zqwrong": 1}, {"country": "Zqwrong"}, {"district": NAME}, {"sex": ["Zqwrong"]}):
                assert (await http.post(path, json=right | fault)).status_code == 422
            broken = await http.post(path, content=f'{{"name": "{NAME}'.encode(), headers={"Content-Type": "application/json"})
            assert broken.status_code == 400
        await http.get("/v1/agencies", params={"query": "Zqwrong"})
        await http.get(f"/complaints/{PHONE}")
    return lodged["reference"], registered["reference"]


def _files(suite: Suite) -> Iterator[tuple[Path, bytes]]:
    """Logs, keys, the bus, and PostgreSQL's files: its log of writes holds each value that was committed."""
    for path in suite.place.state.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with suppress(FileNotFoundError):  # PostgreSQL takes its files away as it goes
                yield path.relative_to(suite.place.state), path.read_bytes()


async def test_nothing_that_a_person_tells_lies_in_clear(whole: Suite) -> None:
    references = await _tell(whole)
    found: set[tuple[str, str]] = set()
    seen = dict.fromkeys(references, False)
    for path, content in _files(whole):
        found |= {(str(path), secret.decode()) for secret in SECRETS if secret in content}
        seen = {reference: known or reference.encode() in content for reference, known in seen.items()}
    assert all(seen.values()), "what is not secret was not found either: the test looks in the wrong place"
    assert found == set()
