"""Who may call what of evidence. An agency sees its own file and no other: the licences of its token are asked before any row."""

from typing import Annotated

from fastapi import Depends, Path
from pydantic import AfterValidator

from kit.auth import Caller, allow
from kit.errors import NotFoundError
from services.agencies.rules import licence_number

Noter = Annotated[Caller, allow("admin", "decider", "demo", "wing")]
Striker = Annotated[Caller, allow("admin", "decider")]
Officer = Annotated[Caller, allow("admin", "decider", "analyst", "auditor")]
LicencePath = Annotated[str, Path(max_length=40), AfterValidator(licence_number)]

_FileReader = Annotated[Caller, allow("agency", "admin", "decider", "analyst", "auditor")]
_Respondent = Annotated[Caller, allow("agency")]


async def _reader_of_file(licence: LicencePath, caller: _FileReader) -> Caller:
    return _own(caller, licence)


async def _own_agency(licence: LicencePath, caller: _Respondent) -> Caller:
    return _own(caller, licence)


def _own(caller: Caller, licence: str) -> Caller:
    """Another's file is as if it were not there."""
    if not caller.has("admin", "decider", "analyst", "auditor") and licence not in caller.licence:
        raise NotFoundError
    return caller


FileReader = Annotated[Caller, Depends(_reader_of_file)]
OwnAgency = Annotated[Caller, Depends(_own_agency)]
