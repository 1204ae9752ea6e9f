"""Files that the browser keeps: built by `build.mjs` under names that hold their hash, served with a year of cache and compressed."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response

from kit.auth import public
from kit.errors import NotFoundError

BUILT: Final = Path(__file__).parent / "static" / "built"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
router = APIRouter(dependencies=[public()])


@cache
def manifest() -> dict[str, str]:
    """Plain name → built name. Raises `RuntimeError` where the build was never run."""
    try:
        known: dict[str, str] = json.loads((BUILT / "manifest.json").read_text())
    except FileNotFoundError:
        raise RuntimeError("The portal's style sheet is not built. Run: npm ci && npm run build") from None
    return known


def asset(name: str) -> str:
    return f"/assets/{manifest()[name]}"


@cache
def _content(name: str, *, compressed: bool) -> bytes | None:
    path = BUILT / (f"{name}.gz" if compressed else name)
    return path.read_bytes() if name in manifest().values() and path.exists() else None


def worker(version: str, *, pages: Sequence[str], files: Sequence[str]) -> Response:
    """The portal's one service worker; its scope is the folder that it is asked from. Asked for again each time, by machines alone."""
    script = (BUILT / manifest()["field-sw.js"]).read_text("utf-8")
    told = {"version": version, "pages": [*pages], "files": [*files]}
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in told.items())
    return Response(head + script, headers={"Cache-Control": "no-cache"}, media_type="text/javascript; charset=utf-8")


@router.get("/assets/{name}", include_in_schema=False)
async def read_asset(name: str, request: Request) -> Response:
    wants_compressed = "gzip" in request.headers.get("accept-encoding", "")
    compressed = _content(name, compressed=True) if wants_compressed else None
    content = compressed or _content(name, compressed=False)
    if content is None:
        raise NotFoundError
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if compressed:
        headers["Content-Encoding"] = "gzip"
    return Response(content, headers=headers, media_type=_TYPES[Path(name).suffix])
