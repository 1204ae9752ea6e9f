"""What the complaints service is told besides what every service is told: who carries texts, how much an open door takes."""

from typing import Final

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

MEGABYTE: Final = 1_000_000


class Doors(BaseSettings):
    """A channel without its settings is closed: texts for it wait, and its webhook is not found."""

    model_config = SettingsConfigDict(env_prefix="PROBASHI_", frozen=True, extra="ignore")

    sms_url: str = Field(default="", description="Base URL of the company that carries texts.")
    sms_secret: SecretStr | None = Field(default=None, description="Shared with that company: signs requests and webhooks both ways.")
    sms_sender: str = Field(default="16135", description="Sender that a phone shows.")
    whatsapp_url: str = Field(default="https://graph.facebook.com/v25.0", description="WhatsApp Cloud API.")
    whatsapp_number: str = Field(default="", description="Id of our number there.")
    whatsapp_token: SecretStr | None = Field(default=None, description="Access token.")
    whatsapp_app_secret: SecretStr | None = Field(default=None, description="Signs what its webhook brings.")
    whatsapp_verify_token: SecretStr | None = Field(default=None, description="Said once when the webhook is registered.")
    most_per_file: int = Field(default=25 * MEGABYTE, description="Bytes of one file.")
    most_per_complaint: int = Field(default=150 * MEGABYTE, description="Bytes of all files of one complaint.")
    most_files: int = Field(default=30, description="Files of one complaint.")
    most_per_answer: int = Field(default=50 * MEGABYTE, description="Bytes of all papers that an agency adds to one answer.")
    most_files_per_answer: int = Field(default=10, description="Papers of one answer.")
    upload_hours: int = Field(default=72, ge=1, description="How long an upload that broke off may be resumed.")
    reports_per_number: int = Field(
        default=5, ge=1, description="Reports of one number in a day; more are taken and looked at by a person."
    )
    tracking_minutes: int = Field(default=20, ge=1, description="How long a status page stays open.")
