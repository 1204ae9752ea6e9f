"""What becomes of programs while the identity provider is away. Only the local one is stopped here: partners does the same with either."""

from contextlib import AsyncExitStack

from deploy.accounts import Accounts
from deploy.testing import LocalCommand
from deploy.tests.programs import ANY, AT, good, world_of
from kit.testing.tokens import TokenIssuer
from runner.testing import Engines, own_engines

# Partners may run on the shared ones at the same time.
engines, start_service = own_engines()


class TestAway:
    async def test_nothing_is_half_made_and_a_suspension_is_not_lost(
        self, local_command: LocalCommand, accounts: Accounts, engines: Engines, tokens: TokenIssuer
    ) -> None:
        async with AsyncExitStack() as stack:
            with local_command.running() as provider:
                world = await stack.enter_async_context(world_of(provider, accounts, engines, tokens))
                name, other = await world.program(), await world.program()
                made = await good(await world.credential(name), 201)
                await good(await world.by_secret(made))
            away = await world.credential(other)
            assert (away.status_code, away.json()["type"]) == (503, "urn:probashi:problem:identity-provider-away")
            assert "পরিচয়-সেবা" in (await world.credential(other, language="bn")).json()["title"]
            assert await world.of(other) == []
            await good(await world.ask("PUT", f"{AT}/clients/{name}", body={"state": "paused"}, headers=ANY))
            (seen,) = await world.of(name)
            assert (seen["wanted"], seen["done"], seen["is_current"]) == ("disabled", "enabled", False)
            with local_command.running():
                await world.until_followed(name, "disabled")
                assert (await world.by_secret(made)).status_code == 401
                await good(await world.by_secret(await good(await world.credential(other), 201)))
                await good(await world.ask("PUT", f"{AT}/clients/{name}", body={"state": "active"}, headers=ANY))
                await world.until_followed(name, "enabled")
                await good(await world.by_secret(made))
