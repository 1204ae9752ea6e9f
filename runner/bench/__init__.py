"""`probashi bench NAME`: measures a suite of its own on free ports, and prints one object per figure. Never part of a test's verdict."""

import argparse
import asyncio
import json
from importlib import import_module
from typing import Final

from runner.bench.figures import Figure
from runner.terminal import say

NAMES: Final = ("agencies", "complaints", "crisis", "gateway", "intake", "monitor", "monitor_streams", "reintegration")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--json", action="store_true", help="one JSON object per figure, and nothing else")
    parser.add_argument("--scale", type=float, default=1.0, help="0.01 runs it small: for trying the benchmark itself")


def run(arguments: argparse.Namespace) -> int:
    measure = import_module(f"runner.bench.{arguments.name}").measure
    figures: list[Figure] = asyncio.run(measure(arguments.scale))
    for figure in figures:
        say(json.dumps(figure.as_json()) if arguments.json else f"{figure.name:<18} {figure.value:>10,.1f} {figure.unit}   {figure.detail}")
    return 0
