"""Reads the data files that lie beside the code, so that they travel with the package."""

from importlib.resources import files

import yaml


def read(name: str) -> object:
    """Content of `<name>.yaml` in this package; not yet validated."""
    text = files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.CSafeLoader)
