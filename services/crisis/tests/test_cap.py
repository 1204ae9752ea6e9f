from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.crisis import Certainty, MessageStatus, Severity
from kit.errors import MalformedBodyError, ProblemError
from services.crisis.warnings.cap import NAMESPACES, CapInvalidError, Identity, MessageType, parse

Cap = Callable[..., bytes]


def pointers(error: CapInvalidError) -> list[str]:
    return [one["pointer"] for one in error.members["errors"]]


class TestParse:
    def test_reads_identity_kind_and_text(self, cap: Cap) -> None:
        message = parse(cap(identifier="a-1", sender="who@where.test", sent="2026-11-20T22:05:00+06:00", note="first"))
        assert message.identity == Identity("who@where.test", "a-1", datetime(2026, 11, 20, 16, 5, tzinfo=UTC))
        assert (message.type, message.status, message.note) == (MessageType.ALERT, MessageStatus.ACTUAL, "first")
        assert message.infos[0].headline == "Stay indoors, away from windows"
        assert [area.geocodes for area in message.areas] == [(("ISO3166-1", "LB"),)]
        assert message.defects == ()

    def test_keeps_every_language(self, cap: Cap, info: Callable[..., str]) -> None:
        message = parse(cap(infos=info(language="ar-LB", headline="ابقوا في منازلكم") + info(language="bn", headline="ঘরে থাকুন")))
        assert [(one.language, one.headline) for one in message.infos] == [("ar-lb", "ابقوا في منازلكم"), ("bn", "ঘরে থাকুন")]

    def test_language_is_english_where_none_is_given(self, cap: Cap) -> None:
        assert parse(cap(language="")).infos[0].language == "en-us"

    @pytest.mark.parametrize("status", ["Exercise", "Test"])
    def test_a_drill_stays_a_drill(self, cap: Cap, status: str) -> None:
        assert parse(cap(status=status)).status == status.lower()

    def test_a_cancel_needs_no_information(self, cap: Cap) -> None:
        message = parse(cap(msgType="Cancel", infos="", references="a@b.test,x-1,2026-11-01T00:00:00-00:00"))
        assert message.references == {Identity("a@b.test", "x-1", datetime(2026, 11, 1, tzinfo=UTC))}
        assert message.infos == ()

    def test_leaves_out_a_reference_to_itself(self, cap: Cap) -> None:
        sent = "2026-11-20T10:00:00+00:00"
        other = "s@t.test,earlier,2026-11-20T09:00:00+00:00"
        message = parse(cap(msgType="Update", sender="s@t.test", identifier="i", sent=sent, references=f"s@t.test,i,{sent} {other}"))
        assert {one.identifier for one in message.references} == {"earlier"}

    def test_reads_the_geocodes_of_cap_1_0(self, cap: Cap) -> None:
        old = cap(area="<area><areaDesc>Some county</areaDesc><geocode>fips6=006109</geocode></area>", certainty="Very Likely")
        message = parse(old.replace(b"urn:oasis:names:tc:emergency:cap:1.2", b"http://www.incident.com/cap/1.0"))
        assert next(message.areas).geocodes == (("fips6", "006109"),)
        assert message.infos[0].certainty is Certainty.LIKELY

    def test_mends_and_notes_what_makes_a_warning_no_less_of_one(self, cap: Cap) -> None:
        message = parse(cap(severity="Awful", expires="tomorrow", references="no-triple"))
        assert message.infos[0].severity is Severity.UNKNOWN
        assert message.infos[0].expires is None
        assert set(message.defects) == {"severity-unknown", "expires-unreadable", "reference-unreadable"}

    def test_takes_an_encoding_that_is_declared(self, cap: Cap) -> None:
        western = cap(area_name="Usulután").decode().replace("UTF-8", "ISO-8859-1").encode("iso-8859-1")
        assert next(parse(western).areas).description == "Usulután"


class TestRefusals:
    """Each says what to mend in both languages, and none costs more than a moment."""

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"\0",
            b"no xml",
            b"<alert>",
            b"<?xml version='1.0'?>",
            "<?xml version='1.0' encoding='utf-16'?><alert/>".encode("utf-16"),
            b"<?xml version='1.0' encoding='utf-7'?><alert/>",
            b"<alert>\xff\xfe</alert>",
            "<alert>\ud800</alert>".encode("utf-8", "surrogatepass"),
            b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><alert>&b;</alert>',
            b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><alert>&x;</alert>',
            b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><alert/>',
            b"<alert>&never-declared;</alert>",
            b"<a>" * 200_000,
            b"<alert>" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</alert>",
        ],
    )
    def test_what_is_no_xml_that_we_read(self, raw: bytes) -> None:
        with pytest.raises(MalformedBodyError) as refused:
            parse(raw)
        assert refused.value.detail is not None
        assert refused.value.detail.bn != refused.value.detail.en
        assert "passwd" not in refused.value.detail.en

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"identifier": None}, "/alert/identifier"),
            ({"sender": None}, "/alert/sender"),
            ({"sender": "x" * 256}, "/alert/sender"),
            ({"sent": None}, "/alert/sent"),
            ({"sent": "2026-11-20T10:00:00"}, "/alert/sent"),
            ({"sent": "2026-13-40T10:00:00+00:00"}, "/alert/sent"),
            ({"sent": "0001-01-01T00:00:00+14:00"}, "/alert/sent"),
            ({"sent": "9999-12-31T23:59:59-14:00"}, "/alert/sent"),
            ({"status": "Draft"}, "/alert/status"),
            ({"status": "System"}, "/alert/status"),
            ({"msgType": "Ack"}, "/alert/msgType"),
            ({"msgType": "Cancel"}, "/alert/references"),
            ({"infos": ""}, "/alert/info"),
            ({"references": "a,b,2026-11-20T10:00:00Z " * 201}, "/alert/references"),
        ],
    )
    def test_what_is_no_usable_warning(self, cap: Cap, change: dict[str, str | None], pointer: str) -> None:
        with pytest.raises(CapInvalidError) as refused:
            parse(cap(**change))
        assert pointers(refused.value) == [pointer]
        assert f"<{pointer.removeprefix('/alert/')}>" in str(refused.value)

    def test_names_all_faults_at_once(self, cap: Cap) -> None:
        with pytest.raises(CapInvalidError) as refused:
            parse(cap(sender=None, sent=None, infos=""))
        assert set(pointers(refused.value)) == {"/alert/sender", "/alert/sent", "/alert/info"}

    @pytest.mark.parametrize("raw", [b"<alert/>", b"<feed xmlns='http://www.w3.org/2005/Atom'/>", b"<alert xmlns='urn:other'/>"])
    def test_another_root(self, raw: bytes) -> None:
        with pytest.raises(CapInvalidError) as refused:
            parse(raw)
        assert "urn:oasis:names:tc:emergency:cap:1.2" in str(refused.value)

    @pytest.mark.parametrize("filler", ["<info/>", "<x/>"])
    def test_more_elements_than_a_warning_has(self, filler: str) -> None:
        with pytest.raises(CapInvalidError):
            parse(f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">{filler * 100_000}</alert>'.encode())

    @given(st.binary(max_size=300))
    def test_any_bytes_are_read_or_refused(self, raw: bytes) -> None:
        with pytest.raises(ProblemError):
            parse(b"<alert>" + raw)

    @given(
        namespace=st.sampled_from(sorted(NAMESPACES)),
        parts=st.lists(st.sampled_from(["<info>", "</info>", "<area>", "</area>", "<sent>2", "</sent>"])),
    )
    def test_any_order_of_elements_is_read_or_refused(self, namespace: str, parts: list[str]) -> None:
        with pytest.raises(ProblemError):
            parse(f'<alert xmlns="{namespace}">{"".join(parts)}</alert>'.encode())
