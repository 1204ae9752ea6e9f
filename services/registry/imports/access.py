"""Who may call what of imports. Whether both of these roles import, the dated lists say (`roles`)."""

from typing import Annotated

from fastapi import Depends

from kit.auth import Caller, allow
from kit.errors import ForbiddenError
from services.registry.imports.rows.lists import LISTS
from services.registry.imports.rules import may_import


async def _importer(caller: Annotated[Caller, allow("admin", "decider")]) -> Caller:
    if not may_import(caller.roles, LISTS):
        raise ForbiddenError
    return caller


async def _reader(caller: Annotated[Caller, allow("admin", "decider", "auditor")]) -> Caller:
    if "auditor" not in caller.roles and not may_import(caller.roles, LISTS):
        raise ForbiddenError
    return caller


Importer = Annotated[Caller, Depends(_importer)]
ImportReader = Annotated[Caller, Depends(_reader)]
