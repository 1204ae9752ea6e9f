"""The open page on agencies, over the real agencies service."""

from uuid import uuid4

import httpx
import pytest

from deploy.accounts import ACCOUNTS_FILE, Accounts
from runner.identity import access_token
from runner.suite import Suite
from services.portal.tests.conftest import Browser


@pytest.fixture(scope="session")
async def _register(suite: Suite) -> None:
    password = Accounts.model_validate_json(ACCOUNTS_FILE.read_text("utf-8")).demo_password
    token = await access_token(suite.place.public_url, "admin", password)
    agencies = [
        {
            "licence": "RL-0001",
            "name_en": "Shapla (fictional)",
            "name_bn": "শাপলা (কাল্পনিক)",
            "valid_until": "2099-01-01",
            "district": "BD-13",
        },
        {"licence": "RL-0003", "name_en": "Padma (fictional)", "status": "suspended", "valid_until": "2099-01-01", "district": "BD-60"},
    ]
    async with httpx.AsyncClient(base_url=suite.place.public_url, timeout=10) as http:
        for one in agencies:
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
            answer = await http.post("/v1/agencies", json=one, headers=headers)
            assert answer.status_code == 201, answer.text


@pytest.mark.usefixtures("_register")
class TestSearch:
    @pytest.mark.parametrize("query", ["RL-0001", "rl 1", "আরএল নং ০০০১", "শাপলা", "shapla"])
    async def test_needs_no_sign_in_and_takes_what_people_type(self, browser: Browser, query: str) -> None:
        await browser.open(f"/agencies?query={query}")
        assert "Licensed" in browser.words
        assert "Shapla" in browser.words

    async def test_licensed_or_not_comes_first(self, browser: Browser) -> None:
        await browser.open("/agencies/RL-0003")
        assert browser.words.strip().startswith("Check another agency Licence suspended: may not recruit")

    async def test_an_agency_that_is_not_there_is_a_warning(self, bangla: Browser) -> None:
        await bangla.open("/agencies?query=RL-9999")
        assert "কাউকে টাকা দেবেন না" in bangla.words

    async def test_so_is_a_number_that_nobody_holds(self, bangla: Browser) -> None:
        await bangla.open("/agencies/RL-9999")
        assert bangla.answer.status_code == 404
        assert "কাউকে টাকা দেবেন না" in bangla.words
