from runner.testing import service_fixture

complaints = service_fixture("complaints")
