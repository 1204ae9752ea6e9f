"""How far a message is trusted: by the way that it came, its sender, and a signature of somebody known beforehand."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree
from pydantic import ValidationError
from signxml.algorithms import CanonicalizationMethod, SignatureConstructionMethod
from signxml.signer import XMLSigner

from runner.testing import Running
from services.crisis.sources import reading, repository
from services.crisis.sources.lists import Plan, Registry, Signing, load
from services.crisis.sources.rules import Policy, Signature, tier_of
from services.crisis.sources.signature import verify
from services.crisis.warnings.service import DIRECTORY

Cap = Callable[..., bytes]
Post = Callable[..., Awaitable[dict[str, Any]]]
ALERTS = "/v1/crisis/alerts"
OFFICIAL = {"sender": "warnings@ncm.gov.sa", "country": "SA"}


@dataclass(frozen=True)
class Signer:
    """Somebody with a key and a certificate: an authority, or anybody who made one this morning."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @classmethod
    def made(cls, name: str, issuer: "Signer | None" = None, *, days: int = 90) -> "Signer":
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        is_ca = issuer is None and name.startswith("ca.")
        by = issuer or cls(key, None)  # type: ignore[arg-type]  # its own issuer
        usage = x509.KeyUsage(not is_ca, False, False, False, False, is_ca, is_ca, False, False)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.certificate.subject if issuer else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.now(UTC) - timedelta(days=1))
            .not_valid_after(datetime.now(UTC) + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key()), critical=False)
        )
        return cls(key, builder.sign(by.key, hashes.SHA256()))

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    def sign(self, raw: bytes, *, reference: str | None = None) -> bytes:
        signer = XMLSigner(SignatureConstructionMethod.enveloped, c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0)
        signed = signer.sign(etree.fromstring(raw), key=self.key, cert=[self.certificate], reference_uri=reference)
        return etree.tostring(signed)


@pytest.fixture(scope="module")
def authority() -> Signer:
    return Signer.made("warnings.ncm.test")


@pytest.fixture(scope="module")
def forger() -> Signer:
    return Signer.made("warnings.ncm.test")


def by(signer: Signer, policy: Policy = Policy.IF_PRESENT) -> Signing:
    return Signing(policy=policy, pinned=(signer.fingerprint,))


class TestTiers:
    @pytest.mark.parametrize(
        ("policy", "signature", "tier"),
        [
            (Policy.IGNORE, Signature.NOT_CHECKED, 1),
            (Policy.IF_PRESENT, Signature.NONE, 1),
            (Policy.IF_PRESENT, Signature.UNSUPPORTED, 1),
            (Policy.IF_PRESENT, Signature.VALID, 2),
            (Policy.IF_PRESENT, Signature.INVALID, 0),
            (Policy.IF_PRESENT, Signature.UNTRUSTED, 0),
            (Policy.REQUIRE, Signature.VALID, 2),
            (Policy.REQUIRE, Signature.NONE, 0),
            (Policy.REQUIRE, Signature.UNSUPPORTED, 0),
        ],
    )
    def test_follow_from_the_signature(self, policy: Policy, signature: Signature, tier: int) -> None:
        assert tier_of(policy, signature, is_bound=True, is_sender_allowed=True) == tier

    def test_are_nothing_without_source_and_sender(self) -> None:
        for policy, signature in product(Policy, Signature):
            assert tier_of(policy, signature, is_bound=False, is_sender_allowed=True) == 0
            assert tier_of(policy, signature, is_bound=True, is_sender_allowed=False) == 0


class TestSignature:
    def test_of_a_pinned_certificate_is_valid(self, cap: Cap, authority: Signer) -> None:
        assert verify(authority.sign(cap()), by(authority), None, datetime.now(UTC)) is Signature.VALID

    def test_made_before_the_sender_indented_is_valid_too(self, cap: Cap, authority: Signer) -> None:
        plain = authority.sign(cap().replace(b"\n", b""))
        indented = plain.replace(b"<sender>", b"\n  <sender>").replace(b"<status>", b"\n  <status>")
        assert verify(indented, by(authority), None, datetime.now(UTC)) is Signature.VALID

    def test_of_a_self_signed_forgery_is_refused(self, cap: Cap, authority: Signer, forger: Signer) -> None:
        """The one ready-made package for CAP says that this is valid: it believes the certificate in the message."""
        assert verify(forger.sign(cap()), by(authority), None, datetime.now(UTC)) is Signature.UNTRUSTED

    def test_of_a_forgery_that_carries_the_real_certificate_is_refused(self, cap: Cap, authority: Signer, forger: Signer) -> None:
        mixed = Signer(forger.key, authority.certificate)
        assert verify(mixed.sign(cap()), by(authority), None, datetime.now(UTC)) is Signature.INVALID

    def test_does_not_hold_what_was_changed(self, cap: Cap, authority: Signer) -> None:
        changed = authority.sign(cap(severity="Minor")).replace(b"Minor", b"Extreme")
        assert verify(changed, by(authority), None, datetime.now(UTC)) is Signature.INVALID

    def test_over_a_part_vouches_for_nothing_else(self, cap: Cap, authority: Signer) -> None:
        """A real message, signed as a part, wrapped in another."""
        part = cap().replace(b"<info>", b'<info Id="a">')
        signed = authority.sign(part, reference="#a")
        assert verify(signed, by(authority), None, datetime.now(UTC)) is Signature.INVALID

    def test_of_a_certificate_that_had_expired_is_not_believed(self, cap: Cap, authority: Signer) -> None:
        assert verify(authority.sign(cap()), by(authority), None, datetime.now(UTC) + timedelta(days=200)) is Signature.UNTRUSTED

    def test_by_sha_1_says_nothing(self, cap: Cap, authority: Signer) -> None:
        old = authority.sign(cap()).replace(b"2001/04/xmldsig-more#rsa-sha256", b"2000/09/xmldsig#rsa-sha1")
        assert verify(old, by(authority), None, datetime.now(UTC)) is Signature.UNSUPPORTED

    def test_twice_says_nothing(self, cap: Cap, authority: Signer) -> None:
        signed = authority.sign(cap())
        one = signed[signed.index(b"<ds:Signature ") : signed.index(b"</ds:Signature>") + len(b"</ds:Signature>")]
        assert verify(signed.replace(b"</alert>", one + b"</alert>"), by(authority), None, datetime.now(UTC)) is Signature.UNSUPPORTED

    @pytest.mark.parametrize("rubbish", [b"", b"!!!!", b"AAAA"])
    def test_with_a_certificate_of_rubbish_is_not_believed(self, cap: Cap, authority: Signer, rubbish: bytes) -> None:
        signed = authority.sign(cap())
        begin, end = signed.index(b"<ds:X509Certificate>") + 20, signed.index(b"</ds:X509Certificate>")
        assert verify(signed[:begin] + rubbish + signed[end:], by(authority), None, datetime.now(UTC)) is Signature.UNTRUSTED

    def test_of_a_certificate_that_our_own_authority_issued_is_valid(self, cap: Cap, forger: Signer, tmp_path: Path) -> None:
        root = Signer.made("ca.ncm.test")
        file = tmp_path / "ca.pem"
        file.write_bytes(root.certificate.public_bytes(Encoding.PEM))
        signing = Signing(policy=Policy.IF_PRESENT, ca="ca.pem")
        assert verify(Signer.made("warnings.ncm.test", root).sign(cap()), signing, file, datetime.now(UTC)) is Signature.VALID
        assert verify(forger.sign(cap()), signing, file, datetime.now(UTC)) is Signature.UNTRUSTED


class TestBinding:
    """The role `service` says who calls; that an authority speaks rests on the source that the client is bound to."""

    @pytest.mark.parametrize("client", ["", "svc-complaints", "cti", "partner-other"])
    async def test_another_client_is_nobodys_voice(self, crisis: Running, cap: Cap, post: Post, client: str) -> None:
        alert = await post(crisis.client("service", sub="0f-other", azp=client), cap(**OFFICIAL))
        detail, decision = await seen(crisis, alert["id"])
        assert (detail["trust_tier"], detail["source"]) == (0, None)
        assert (decision["outcome"], decision["inputs"]["origin"], decision["reasons"]) == ("waits", "unregistered", ["not-official"])

    async def test_a_bound_client_speaks_for_its_authority(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(crisis.client("service", azp="partner-cap"), cap(**OFFICIAL))
        detail, decision = await seen(crisis, alert["id"])
        assert (detail["trust_tier"], detail["source"], detail["signature"]) == (1, "partner-demo", "not-checked")
        assert (decision["outcome"], decision["inputs"]["trust_tier"]) == ("window", 1)

    async def test_and_for_no_other(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(crisis.client("service", azp="partner-cap"), cap(sender="duty@met.gov.kw", country="KW"))
        detail, decision = await seen(crisis, alert["id"])
        assert (detail["trust_tier"], decision["outcome"]) == (0, "waits")

    async def test_an_officer_with_that_client_is_an_officer(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(crisis.client("supervisor", "service", azp="partner-cap"), cap(**OFFICIAL))
        detail, decision = await seen(crisis, alert["id"])
        assert (detail["trust_tier"], decision["inputs"]["origin"]) == (0, "officer")

    async def test_two_officers_make_the_third_tier(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(crisis.client("supervisor", sub="one"), cap(**OFFICIAL))
        other = crisis.client("supervisor", sub="two")
        answer = await other.post(f"{ALERTS}/{alert['id']}/decision/release", headers={"If-Match": '"1"'})
        assert answer.status_code == 201
        assert (await seen(crisis, alert["id"]))[0]["trust_tier"] == 3

    async def test_what_an_officer_pasted_first_becomes_official_when_the_authority_brings_it(
        self, crisis: Running, cap: Cap, post: Post
    ) -> None:
        raw = cap(**OFFICIAL)
        alert = await post(crisis.client("supervisor", sub="one"), raw)
        assert (await seen(crisis, alert["id"]))[1]["outcome"] == "waits"
        again = await post(crisis.client("service", azp="partner-cap"), raw)
        assert again["id"] == alert["id"]
        detail, decision = await seen(crisis, alert["id"])
        assert (detail["trust_tier"], decision["outcome"], decision["version"], decision["reasons"]) == (1, "window", 2, [])

    async def test_what_was_held_back_stays_so(self, crisis: Running, cap: Cap, post: Post) -> None:
        raw = cap(**OFFICIAL)
        alert = await post(crisis.client("supervisor", sub="one"), raw)
        answer = await crisis.client("supervisor", sub="two").post(
            f"{ALERTS}/{alert['id']}/decision/withholding", headers={"If-Match": '"1"'}
        )
        assert answer.status_code == 201
        await post(crisis.client("service", azp="partner-cap"), raw)
        assert (await seen(crisis, alert["id"]))[1]["outcome"] == "withheld"

    def test_illustrative_rows_speak_for_nobody_in_production(self) -> None:
        assert load(DIRECTORY.sources, "local").bound_to("partner-cap") is not None
        assert load(DIRECTORY.sources, "production").bound_to("partner-cap") is None


class TestSigned:
    """A source whose signature is required, read as a feed is."""

    @pytest.fixture
    def registry(self, authority: Signer) -> Registry:
        known = load(DIRECTORY.sources, "test")
        row = known.by_code["partner-demo"].model_copy(update={"signature": by(authority, Policy.REQUIRE)})
        return replace(known, plan=known.plan.model_copy(update={"sources": (row,)}))

    @pytest.mark.parametrize(("who", "tier", "outcome"), [("authority", 2, "window"), ("forger", 0, "waits"), (None, 0, "waits")])
    async def test_only_what_the_authority_signed_goes_out_by_itself(
        self, crisis: Running, cap: Cap, registry: Registry, request: pytest.FixtureRequest, who: str | None, tier: int, outcome: str
    ) -> None:
        raw = cap(**OFFICIAL)
        raw = request.getfixturevalue(who).sign(raw) if who else raw
        source = registry.by_code["partner-demo"]
        kept, _ = await reading.keep(crisis.sessions, source, reading.Brought(raw, "application/cap+xml", [], "feed"), "test")
        await reading.read_kept(crisis.sessions, registry, source, kept)
        async with crisis.sessions() as session:
            row = await repository.locked(session, kept)
        assert row.state == "taken", row.problem_en
        detail, decision = await seen(crisis, str(row.alert_id))
        assert (detail["trust_tier"], decision["outcome"]) == (tier, outcome)


class TestData:
    def test_a_policy_that_compares_with_nothing_stops_the_service(self) -> None:
        with pytest.raises(ValidationError, match="compared with pinned"):
            Signing(policy=Policy.REQUIRE)

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"url": "http://met.gov.kw/x"}, "https"),
            ({"authority": None}, "whose it is"),
            ({"url": None}, "whose it is"),
        ],
    )
    def test_a_feed_that_is_not_whole_stops_the_service(self, change: dict[str, Any], said: str) -> None:
        plan = load(DIRECTORY.sources, "test").plan.model_dump()
        row = next(one for one in plan["sources"] if one["code"] == "kw-met-en")
        row.update(change)
        with pytest.raises(ValidationError, match=said):
            Plan.model_validate(plan)


async def seen(crisis: Running, alert: str) -> tuple[dict[str, Any], dict[str, Any]]:
    client: httpx.AsyncClient = crisis.client("supervisor", sub="reader")
    detail, decision = await client.get(f"{ALERTS}/{alert}"), await client.get(f"{ALERTS}/{alert}/decision")
    assert (detail.status_code, decision.status_code) == (200, 200), (detail.text, decision.text)
    return detail.json(), decision.json()
