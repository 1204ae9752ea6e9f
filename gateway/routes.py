"""Where a path leads. One table, longest prefix first; what no row names below `/v1` and `/auth` does not exist.

A path is either in its one canonical form or refused: nothing is repaired, so that no service reads another path than was judged here.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final
from urllib.parse import unquote_to_bytes

JSON_BODY: Final = 1024 * 1024
CAP_BODY: Final = 2 * 1024 * 1024
# One part of a file of many persons, which itself may have some hundred megabytes.
PART_BODY: Final = 8 * 1024 * 1024
SPREADSHEET_BODY: Final = 5 * 1024 * 1024
PHOTO_BODY: Final = 5 * 1024 * 1024
FORM_BODY: Final = 1024 * 1024
FILE_FORM_BODY: Final = 6 * 1024 * 1024
SIGN_IN_BODY: Final = 64 * 1024


class Credentials(Enum):
    """What proves the caller on a route: a token that is verified here, or a cookie that only its service can read."""

    TOKEN = "token"  # noqa: S105 - a word, no secret
    COOKIE = "cookie"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Route:
    """`service` is None for a prefix that is closed to everybody."""

    prefix: str
    service: str | None
    credentials: Credentials = Credentials.TOKEN
    max_body: int = JSON_BODY

    def covers(self, path: str) -> bool:
        return path.startswith(self.prefix) and (len(path) == len(self.prefix) or self.prefix == "/" or path[len(self.prefix)] == "/")


TABLE: Final = tuple(
    sorted(
        (
            Route("/v1/complaints", "complaints"),
            Route("/v1/agencies", "agencies", max_body=SPREADSHEET_BODY),
            Route("/v1/returnees", "reintegration", max_body=PHOTO_BODY),
            Route("/v1/crisis", "crisis"),
            Route("/v1/crisis/alerts", "crisis", max_body=CAP_BODY),
            Route("/v1/framework", "monitor"),
            Route("/v1/framework/papers", "monitor", max_body=PHOTO_BODY),
            Route("/v1/nationals", "registry"),
            Route("/v1/nationals/imports", "registry", max_body=PART_BODY),
            Route("/v1/partners", "partners"),
            Route("/v1", None),
            # Of Keycloak only our realm and what its pages are drawn with. Its administration, its other realms, its figures, its welcome
            # page, and the door at which clients register themselves are reached from inside only.
            Route("/auth", None),
            Route("/auth/realms/probashi", "identity", Credentials.PROVIDER, SIGN_IN_BODY),
            Route("/auth/realms/probashi/clients-registrations", None),
            Route("/auth/resources", "identity", Credentials.PROVIDER, SIGN_IN_BODY),
            Route("/", "portal", Credentials.COOKIE, FORM_BODY),
            Route("/agencies", "portal", Credentials.COOKIE, FILE_FORM_BODY),
            Route("/returnees", "portal", Credentials.COOKIE, FILE_FORM_BODY),
            Route("/nationals/imports", "portal", Credentials.COOKIE, FILE_FORM_BODY),
            Route("/framework", "portal", Credentials.COOKIE, FILE_FORM_BODY),
        ),
        key=lambda route: -len(route.prefix),
    )
)

# Backslash, encoded separators and controls, doubled encoding, dot segments and `;` parameters: each is read differently by some server.
_REFUSED: Final = re.compile(
    rb"//|/\.{1,2}(?:/|$)|%(?![0-9A-Fa-f]{2})|%(?:2[eEfF]|5[cC]|25|7[fF]|[01][0-9A-Fa-f])|[^A-Za-z0-9\-._~!$&'()*+,=:@%/]"
)
MAX_PATH: Final = 2048


def is_canonical(raw_path: bytes) -> bool:
    """Whether the path, as sent, has one reading only: for every server behind this one the same."""
    if not raw_path.startswith(b"/") or len(raw_path) > MAX_PATH or _REFUSED.search(raw_path):
        return False
    return b"%" not in raw_path or _is_utf8(unquote_to_bytes(raw_path))


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode()
    except UnicodeDecodeError:
        return False
    return True


def find_route(path: str, table: tuple[Route, ...] = TABLE) -> Route | None:
    """The row of the longest prefix that covers a canonical path; None where that row is closed."""
    route = next((row for row in table if row.covers(path)), None)
    return None if route is None or route.service is None else route
