"""What a browser opens: by the example of the RFC, and by a receiver that shares nothing with what seals."""

import jwt
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import derive_private_key, generate_private_key
from pydantic import ValidationError

from kit.boxes import CURVE, public_bytes
from kit.testing.push_service import opened
from kit.web_push import MOST_CONTENT, Subscription, Vapid, packed, sealed, unpacked

# RFC 8291, appendix A.
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
RECEIVER = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
ENDPOINT = "https://push.example/one/123"


class TestSealing:
    def test_is_that_of_the_rfc(self) -> None:
        to = Subscription(endpoint=ENDPOINT, p256dh=PUBLIC, auth=AUTH)
        key = derive_private_key(int.from_bytes(unpacked(SENDER)), CURVE)
        made = sealed(to, b"When I grow up, I want to be a watermelon", ephemeral=key, salt=unpacked(SALT), padding=False)
        assert packed(made) == BODY

    def test_the_receiver_of_our_tests_opens_the_example_of_the_rfc(self) -> None:
        key = derive_private_key(int.from_bytes(unpacked(RECEIVER)), CURVE)
        assert opened(key, unpacked(AUTH), unpacked(BODY)) == b"When I grow up, I want to be a watermelon"

    @pytest.mark.parametrize("content", [b"", "বিপদ".encode(), b"x" * MOST_CONTENT])
    def test_is_opened_by_its_browser_alone_and_tells_no_length(self, content: bytes) -> None:
        browser = generate_private_key(CURVE)
        to = Subscription(endpoint=ENDPOINT, p256dh=packed(public_bytes(browser)), auth=AUTH)
        made = sealed(to, content)
        assert opened(browser, unpacked(AUTH), made) == content
        assert len(made) == len(sealed(to, b"short"))
        with pytest.raises(InvalidTag):
            opened(generate_private_key(CURVE), unpacked(AUTH), made)

    @pytest.mark.parametrize(
        "wrong", [{"p256dh": "AAAA"}, {"p256dh": PUBLIC[:-4] + "AAAA"}, {"p256dh": "বিপদ"}, {"auth": "AAAA"}, {"auth": "!"}]
    )
    def test_refuses_what_no_browser_made(self, wrong: dict[str, str]) -> None:
        with pytest.raises(ValidationError):
            Subscription.model_validate({"endpoint": ENDPOINT, "p256dh": PUBLIC, "auth": AUTH} | wrong)


class TestWhoSends:
    def test_is_signed_for_the_origin_alone_and_kept(self) -> None:
        vapid = Vapid.of(SENDER, "mailto:duty@example.org")
        said = vapid.header(ENDPOINT)
        token, _, key = said.removeprefix("vapid t=").partition(", k=")
        claims = jwt.decode(token, vapid.key.public_key(), algorithms=["ES256"], audience="https://push.example")
        assert (claims["sub"], key) == ("mailto:duty@example.org", packed(public_bytes(vapid.key)))
        assert vapid.header("https://push.example/another") == said
        assert vapid.header("https://other.example/one") != said

    def test_shows_no_key(self) -> None:
        assert SENDER not in repr(Vapid.of(SENDER, "mailto:duty@example.org"))
