"""The fixtures of every test in the tree."""

pytest_plugins = ["kit.testing.plugin", "runner.testing"]
