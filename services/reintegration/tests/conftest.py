from runner.testing import service_fixture

reintegration = service_fixture("reintegration")
registry = service_fixture("registry")
