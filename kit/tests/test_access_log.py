import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from kit.access_log import access_log, record_access
from kit.auth import Caller
from kit.ids import new_id
from kit.testing.facts import Side

OFFICER = Caller(subject="s-1", username="officer", client_id="portal", roles=frozenset({"demo", "agent"}))


class TestRecordAccess:
    async def test_notes_who_read_what_for_which_purpose(self, teller: Side) -> None:
        one, other = new_id(), new_id()
        async with teller.sessions.begin() as session:
            await record_access(session, OFFICER, [one, other], record_type="note", purpose="handling", fields={"phone", "name"})
        async with teller.sessions.begin() as session:
            rows = (await session.execute(select(access_log))).all()
        assert {row.record for row in rows} == {one, other}
        row = rows[0]
        assert (row.caller, row.client, row.roles, row.purpose, row.record_type) == ("s-1", "portal", ["agent", "demo"], "handling", "note")
        assert (row.fields, row.trace) == (["name", "phone"], None)

    async def test_notes_the_trace_that_it_belongs_to(self, teller: Side) -> None:
        record = new_id()
        tracer = TracerProvider().get_tracer("test")
        with tracer.start_as_current_span("read") as span:
            async with teller.sessions.begin() as session:
                await record_access(session, OFFICER, [record], record_type="note", purpose="handling", fields=["name"])
        async with teller.sessions.begin() as session:
            noted = await session.scalar(select(access_log.c.trace).where(access_log.c.record == record))
        assert noted == trace.format_trace_id(span.get_span_context().trace_id)

    async def test_nothing_shown_nothing_noted(self, teller: Side) -> None:
        async with teller.sessions.begin() as session:
            await record_access(session, OFFICER, [], record_type="note", purpose="handling", fields=["name"])
            assert await session.scalar(select(func.count()).select_from(access_log)) == 0

    async def test_goes_with_the_read(self, teller: Side) -> None:
        async with teller.sessions() as session:
            await record_access(session, OFFICER, [new_id()], record_type="note", purpose="handling", fields=["name"])
        async with teller.sessions.begin() as session:
            assert await session.scalar(select(func.count()).select_from(access_log)) == 0


class TestRights:
    @pytest.mark.parametrize("change", [update(access_log).values(purpose="other"), delete(access_log)])
    async def test_the_service_cannot_change_what_it_noted(self, teller: Side, change: object) -> None:
        async with teller.sessions.begin() as session:
            await record_access(session, OFFICER, [new_id()], record_type="note", purpose="handling", fields=["name"])
        with pytest.raises(DBAPIError, match="permission denied"):
            async with teller.sessions.begin() as session:
                await session.execute(change)  # type: ignore[call-overload]
