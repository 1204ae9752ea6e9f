"""Who carries messages of outreach. What complaints are answered by has the same names: one company, one account."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Carriers(BaseSettings):
    """A channel without its settings is closed: what is meant for it goes the next way. A drill is given none of this."""

    model_config = SettingsConfigDict(env_prefix="PROBASHI_", frozen=True, extra="ignore")

    sms_url: str = Field(default="", description="Base URL of the company that carries texts.")
    sms_secret: SecretStr | None = Field(default=None, description="Shared with that company: signs requests and webhooks both ways.")
    sms_sender: str = Field(default="16135", description="Sender that a phone shows.")
    sms_parts_per_second: float | None = Field(
        default=None,
        ge=0,
        description="Parts of texts a second that this company has agreed to; 0 is unlimited; unset, as the dated list says.",
    )
    whatsapp_url: str = Field(default="https://graph.facebook.com/v25.0", description="WhatsApp Cloud API.")
    whatsapp_number: str = Field(default="", description="Id of our number there.")
    whatsapp_token: SecretStr | None = Field(default=None, description="Access token.")
    whatsapp_app_secret: SecretStr | None = Field(default=None, description="Signs what its webhook brings.")
    whatsapp_verify_token: SecretStr | None = Field(default=None, description="Said once when the webhook is registered.")
    recording_bytes: int = Field(
        default=16_000_000, ge=1, description="Largest voice note or picture that is fetched; WhatsApp takes no larger."
    )
    recording_seconds: float = Field(default=60, gt=0, description="How long it may take to come, before it is tried again later.")
    voice_url: str = Field(default="", description="Base URL of the company that calls and reads a text aloud.")
    voice_secret: SecretStr | None = Field(default=None, description="Shared with that company.")
    push_key: SecretStr | None = Field(default=None, description="Signs notifications of browsers (VAPID): 32 bytes, base64url.")
    push_contact: str = Field(
        default="", description="How a push service reaches us, `mailto:…` or `https://…`; the suite's address unless set."
    )
    smtp_url: SecretStr | None = Field(default=None, description="`smtp://user:password@host:587`, or `smtps://…:465`.")
    mail_from: str = Field(default="", description="Sender of letters.")
