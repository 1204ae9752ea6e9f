"""Files that no record names, and photos of consents that are long withdrawn, go; what a record names stays."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from kit.crypto import Keyring
from kit.files import Folder
from runner.testing import Running, make_owner_engine
from services.reintegration.consents.lists import KEPT
from services.reintegration.consents.service import sweep_files
from services.reintegration.tests.test_casework import photographed
from services.reintegration.tests.test_endpoints import URL, demo, register

LATER = timedelta(days=KEPT.orphan_days, minutes=1)
CRASH = """
create function crash() returns trigger language plpgsql as $$ begin raise exception 'no room on the disk'; end $$;
create constraint trigger crash after insert on consent_photo deferrable initially deferred for each row execute function crash()
"""


@pytest.fixture
def files(reintegration: Running) -> Folder:
    place, keys = reintegration.settings.files, reintegration.settings.keyring
    assert place is not None
    assert keys is not None
    for path in place.glob("??/*"):
        path.unlink()
    return Folder(place, Keyring.load(keys, service="reintegration"))


@asynccontextmanager
async def failing_commits(running: Running) -> AsyncIterator[None]:
    """Each photo is written to the disk, and the transaction that names it fails when it commits."""
    async with make_owner_engine(running) as owner:
        async with owner.begin() as connection:
            for statement in CRASH.split("$$;"):
                await connection.execute(text(statement if statement.startswith("\ncreate constraint") else f"{statement}$$"))
        try:
            yield
        finally:
            async with owner.begin() as connection:
                await connection.execute(text("drop function crash() cascade"))


async def thumbprint(client: httpx.AsyncClient) -> tuple[str, dict[str, Any]]:
    who = (await register(client, phone=None, documents=[]))["reference"]
    given = {"purpose": "services", "granted": True, "way": "thumbprint"}
    return who, (await client.post(f"{URL}/{who}/consents", json=given)).json()


async def ids(files: Folder) -> list[Any]:
    return await files.ids(datetime.now(UTC) + timedelta(days=1))


class TestOrphans:
    async def test_of_a_transaction_that_failed_go_after_their_time_and_what_is_named_stays(
        self, reintegration: Running, files: Folder
    ) -> None:
        client, now = demo(reintegration), datetime.now(UTC)
        who, consent = await thumbprint(client)
        place = f"{URL}/{who}/consents/{consent['id']}/photo"
        async with failing_commits(reintegration):
            assert (await client.put(place, content=photographed())).status_code == 500
        assert (len(await ids(files)), await reintegration.count("consent_photo")) == (1, 0)
        assert (await client.put(place, content=photographed())).status_code == 200
        assert await sweep_files(reintegration.sessions, files, now) == 0, "an upload that is about to be named is left alone"
        assert await sweep_files(reintegration.sessions, files, now + LATER) == 1
        (row,) = await reintegration.rows("consent_photo")
        assert await ids(files) == [row.file_id]
        assert (await client.get(place)).headers["content-type"] == "image/jpeg"

    async def test_nothing_goes_where_the_database_does_not_answer(self, reintegration: Running, files: Folder) -> None:
        client = demo(reintegration)
        who, consent = await thumbprint(client)
        await client.put(f"{URL}/{who}/consents/{consent['id']}/photo", content=photographed())
        async with make_owner_engine(reintegration) as owner:
            async with owner.begin() as connection:
                await connection.execute(text("alter table consent_photo rename to consent_photo_away"))
            try:
                with pytest.raises(Exception, match="consent_photo"):
                    await sweep_files(reintegration.sessions, files, datetime.now(UTC) + LATER)
            finally:
                async with owner.begin() as connection:
                    await connection.execute(text("alter table consent_photo_away rename to consent_photo"))
        assert len(await ids(files)) == 1


class TestWithdrawn:
    async def test_the_photo_goes_when_its_time_is_over_and_that_there_was_one_stays(self, reintegration: Running, files: Folder) -> None:
        client, now = demo(reintegration), datetime.now(UTC)
        who, consent = await thumbprint(client)
        place = f"{URL}/{who}/consents/{consent['id']}/photo"
        await client.put(place, content=photographed())
        assert await sweep_files(reintegration.sessions, files, now + timedelta(days=KEPT.withdrawn_photo_days + 1)) == 0, "in force"
        assert (await client.post(f"{URL}/{who}/consents/{consent['id']}/withdraw")).status_code == 200
        assert await sweep_files(reintegration.sessions, files, now + LATER) == 0, "withdrawn today"
        assert (await client.get(place)).status_code == 200
        assert await sweep_files(reintegration.sessions, files, now + timedelta(days=KEPT.withdrawn_photo_days + 1)) == 1
        assert (await client.get(place)).status_code == 404
        (listed,) = (await client.get(f"{URL}/{who}/consents")).json()["items"]
        assert (listed["has_photo"], listed["granted"]) == (False, True)
        assert (await client.put(place, content=photographed("red"))).status_code == 409
        (row,) = await reintegration.rows("consent_photo")
        assert row.removed_at is not None
        async with reintegration.sessions() as session:
            may = [
                await session.scalar(text(f"select has_column_privilege('consent_photo', '{name}', 'update')"))
                for name in ("file_id", "removed_at")
            ]
        assert may == [False, True]
