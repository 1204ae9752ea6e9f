"""Signs a demo account in as a browser would, without one: authorization code with PKCE through the provider's own form.

Works with the local provider and with Keycloak: it reads the page that it is shown, and knows no path but discovery's.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx
from lxml import html

REALM_PATH: Final = "/auth/realms/probashi"
REDIRECT: Final = "http://127.0.0.1/callback"
MOST_STEPS: Final = 8
DEADLINE_SECONDS: Final = 15.0


class SignInRefusedError(Exception):
    """The provider gave no token: its own words are the message."""


@dataclass(frozen=True, slots=True)
class Tokens:
    access: str
    identity: str
    refresh: str | None


class Provider:
    """An OpenID provider reached at `base_url`, which need not be the address that it gives itself."""

    def __init__(self, http: httpx.AsyncClient, base_url: str) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._public_origin = ""

    async def endpoints(self) -> dict[str, str]:
        answer = await self._http.get(f"{self._base_url}{REALM_PATH}/.well-known/openid-configuration")
        answer.raise_for_status()
        document: dict[str, object] = answer.json()
        self._public_origin = _origin(str(document["issuer"]))
        return {name: self.reached(str(document[name])) for name in ("authorization_endpoint", "token_endpoint")}

    def reached(self, url: str) -> str:
        """Give the same address at the host where the provider is really reached."""
        return self._base_url + url.removeprefix(self._public_origin) if url.startswith(f"{self._public_origin}/") else url

    def _keep_cookies(self) -> None:
        # A browser sends Secure cookies to its own machine without TLS, and Keycloak counts on that; httpx does not.
        if urlsplit(self._base_url).hostname in {"127.0.0.1", "localhost"}:
            for cookie in self._http.cookies.jar:
                cookie.secure = False

    async def walk(self, answer: httpx.Response) -> httpx.Response | str:
        """Follow redirects to the next page, or to the redirect address, whose query is returned."""
        for _ in range(MOST_STEPS):
            self._keep_cookies()
            if not answer.is_redirect:
                return answer
            target = urljoin(str(answer.request.url), answer.headers["location"])
            if target.startswith(f"{REDIRECT}?"):
                return urlsplit(target).query
            answer = await self._http.get(self.reached(target))
        raise SignInRefusedError("the provider redirects without an end")

    async def sign_in(self, page: httpx.Response, account: str, password: str) -> str:
        """Fill the form of the page; gives the query of the redirect address."""
        action, fields = _login_form(page)
        answer = await self._http.post(self.reached(action), data=fields | {"username": account, "password": password})
        outcome = await self.walk(answer)
        if isinstance(outcome, httpx.Response):
            raise SignInRefusedError(_said(outcome))
        return outcome


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _login_form(page: httpx.Response) -> tuple[str, dict[str, str]]:
    here = str(page.request.url)
    for form in html.fromstring(page.content).iter("form"):
        fields = {field.get("name", ""): field.get("value", "") for field in form.iter("input", "button")}
        if "password" in fields:
            return urljoin(here, form.get("action", "")), {name: value for name, value in fields.items() if name and value}
    raise SignInRefusedError(_said(page))


def _said(page: httpx.Response) -> str:
    marked = (mark for mark in html.fromstring(page.content).iter() if _is_refusal(mark.get("role"), mark.get("id")))
    said = " ".join(" ".join(str(part) for part in mark.itertext()) for mark in marked)
    return " ".join(said.split()) or f"the provider answered {page.status_code} without a form to sign in"


def _is_refusal(role: str | None, name: str | None) -> bool:
    """Our own pages mark a refusal as an alert; Keycloak names it by the field."""
    return role == "alert" or (name or "").startswith("input-error")


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _code(query: str, state: str) -> str:
    answer = parse_qs(query)
    if answer.get("state") != [state] or "code" not in answer:
        raise SignInRefusedError(answer.get("error", ["the answer is not to our question"])[0])
    return answer["code"][0]


async def sign_in(base_url: str, account: str, password: str, *, client_id: str = "cli") -> Tokens:
    """Raise `SignInRefusedError` where the provider refuses, `httpx.HTTPError` where it is not reached."""
    async with httpx.AsyncClient(timeout=DEADLINE_SECONDS) as http:
        provider = Provider(http, base_url)
        endpoints = await provider.endpoints()
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
        asked = {
            "client_id": client_id,
            "redirect_uri": REDIRECT,
            "response_type": "code",
            "scope": "openid",
            "state": state,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
        }
        page = await provider.walk(await http.get(f"{endpoints['authorization_endpoint']}?{urlencode(asked)}"))
        if isinstance(page, str):
            raise SignInRefusedError(parse_qs(page).get("error", ["somebody is signed in already"])[0])
        code = _code(await provider.sign_in(page, account, password), state)
        form = {
            "grant_type": "authorization_code",
            "client_id": client_id,
            "code": code,
            "redirect_uri": REDIRECT,
            "code_verifier": verifier,
        }
        return await redeem(http, endpoints["token_endpoint"], form)


async def redeem(http: httpx.AsyncClient, token_endpoint: str, form: dict[str, str]) -> Tokens:
    """Raise `SignInRefusedError` where the token endpoint refuses the code or the refresh token."""
    answer = await http.post(token_endpoint, data=form)
    body = answer.json()
    if answer.is_error:
        raise SignInRefusedError(f"{body.get('error')}: {body.get('error_description')}")
    return Tokens(access=body["access_token"], identity=body["id_token"], refresh=body.get("refresh_token"))


async def access_token(base_url: str, account: str, password: str) -> str:
    """Give a token of five minutes for a demo account; `base_url` is the public one or the provider's own."""
    return (await sign_in(base_url, account, password)).access
