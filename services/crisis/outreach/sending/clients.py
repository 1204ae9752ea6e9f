"""Who carries a message: companies for texts and calls, a server for letters, and for a drill a table and nobody else.

All are one Protocol (`kit.messengers.Messenger`): send with a reference that stays the same, and ask what became of a reference.
"""

import asyncio
import json
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiohttp

from kit.database import Sessions
from kit.messengers import (
    SIGNATURE,
    Messenger,
    NeverSeen,
    NotNowError,
    Rejected,
    Sent,
    SmsGateway,
    UnclearError,
    WhatsApp,
    asked,
    judged,
    signature,
)
from services.crisis.outreach.rules import CARRIED, Channel
from services.crisis.outreach.sending import repository
from services.crisis.outreach.settings import Carriers

SMTP_DEADLINE_S: Final = 10
_PERMANENT: Final = 500


@dataclass(frozen=True, slots=True)
class VoiceGateway:
    """A company that calls and reads a text aloud: `POST {url}/calls`, `GET {url}/calls/{our reference}`, signed as texts are."""

    http: aiohttp.ClientSession
    url: str
    secret: str
    sender: str

    async def send(self, to: str, text: str, reference: UUID) -> Sent | Rejected:
        body = json.dumps({"to": to, "from": self.sender, "say": text, "client_reference": str(reference)}, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(reference), SIGNATURE: signature(self.secret, body)}
        return judged(await asked(self.http, "POST", f"{self.url}/calls", headers, body))

    async def outcome(self, reference: UUID) -> Sent | Rejected | NeverSeen:
        headers = {SIGNATURE: signature(self.secret, str(reference).encode())}
        answer = await asked(self.http, "GET", f"{self.url}/calls/{reference}", headers)
        return NeverSeen() if answer.status == HTTPStatus.NOT_FOUND else judged(answer)


@dataclass(frozen=True, slots=True)
class Mail:
    """A server for letters. SMTP cannot be asked for an outcome: what broke off behind DATA stays unknown, and another way is taken."""

    url: str
    sender: str
    subject: str

    async def send(self, to: str, text: str, reference: UUID) -> Sent | Rejected:
        return await asyncio.to_thread(self._send, to, text, reference)

    async def outcome(self, reference: UUID) -> Sent | Rejected | NeverSeen:
        raise UnclearError(str(reference))

    def _send(self, to: str, text: str, reference: UUID) -> Sent | Rejected:
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = self.sender, to, self.subject
        letter["Message-ID"] = f"<{reference}@{self.sender.rpartition('@')[2]}>"
        letter.set_content(text)
        try:
            server = self._server()
            server.send_message(letter)
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            if code >= _PERMANENT:
                return Rejected(f"smtp_{code}")
            raise NotNowError(f"smtp_{code}") from error
        except smtplib.SMTPResponseException as error:
            if error.smtp_code >= _PERMANENT:
                return Rejected(f"smtp_{error.smtp_code}")
            raise NotNowError(f"smtp_{error.smtp_code}") from error
        except (smtplib.SMTPServerDisconnected, TimeoutError) as error:
            raise UnclearError(type(error).__name__) from error
        except OSError as error:
            raise NotNowError(type(error).__name__) from error
        with suppress(smtplib.SMTPException, OSError):
            server.quit()  # it has the letter: a farewell that fails changes nothing
        return Sent(str(letter["Message-ID"]))

    def _server(self) -> smtplib.SMTP:
        """Nothing is said in clear to a server that is not this machine's own."""
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port or 587
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SMTP_DEADLINE_S, context=ssl.create_default_context())
        else:
            server = smtplib.SMTP(host, port, timeout=SMTP_DEADLINE_S)
            if host not in {"127.0.0.1", "localhost"}:
                server.starttls(context=ssl.create_default_context())
        if parts.username and parts.password:
            server.login(unquote(parts.username), unquote(parts.password))
        return server


@dataclass(frozen=True, slots=True)
class Recorder:
    """The one provider of a drill: it writes down what would have gone, without an address. It holds no credential and no connection."""

    sessions: Sessions
    channel: str

    async def send(self, to: str, text: str, reference: UUID) -> Sent | Rejected:  # noqa: ARG002 - no address is written down
        row = {"recipient_id": reference, "is_drill": True, "channel": self.channel, "body": text, "recorded_at": datetime.now(UTC)}
        async with self.sessions.begin() as session:
            await repository.record_drill(session, [row])
        return Sent(f"drill-{reference}")

    async def outcome(self, reference: UUID) -> Sent | Rejected | NeverSeen:
        async with self.sessions.begin() as session:
            return Sent(f"drill-{reference}") if await repository.list_drilled(session, [reference]) else NeverSeen()


def messengers(known: Carriers, http: aiohttp.ClientSession, subject: str) -> Mapping[str, Messenger]:
    """Those that are configured, by channel. A household's texts go by the company for texts."""
    found: dict[str, Messenger] = {}
    if known.sms_url and known.sms_secret:
        texts = SmsGateway(http, known.sms_url, known.sms_secret.get_secret_value(), known.sms_sender)
        found |= {Channel.SMS: texts, Channel.HOME: texts}
    if known.whatsapp_number and known.whatsapp_token:
        found[Channel.WHATSAPP] = WhatsApp(http, known.whatsapp_url, known.whatsapp_number, known.whatsapp_token.get_secret_value())
    if known.voice_url and known.voice_secret:
        found[Channel.VOICE] = VoiceGateway(http, known.voice_url, known.voice_secret.get_secret_value(), known.sms_sender)
    if known.smtp_url and known.mail_from:
        found[Channel.EMAIL] = Mail(known.smtp_url.get_secret_value(), known.mail_from, subject)
    return found


def recorders(sessions: Sessions) -> Mapping[str, Messenger]:
    """Of a drill, for every channel; made from nothing that knows a company."""
    return {channel: Recorder(sessions, channel) for channel in CARRIED}
