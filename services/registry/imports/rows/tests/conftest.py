from runner.testing import service_fixture

registry = service_fixture("registry")
