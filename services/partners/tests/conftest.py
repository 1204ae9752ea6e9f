from runner.testing import service_fixture

partners = service_fixture("partners")
