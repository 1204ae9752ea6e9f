from runner.testing import service_fixture

reintegration = service_fixture("reintegration")
