from runner.testing import APP_OPTIONS, service_fixture
from services.partners.hooks.settings import Sending

# Tests send themselves, when they want it.
APP_OPTIONS["partners"] = {"sending": Sending(send_hooks=False)}
partners = service_fixture("partners")
