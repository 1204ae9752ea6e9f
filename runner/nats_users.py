"""A step of `probashi up`: writes the configuration of the local NATS server. In a process of its own, for it loads all services."""

import argparse

from runner import nats, topology
from runner.keys import Secrets, write_private
from runner.place import place


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--state")
    parser.add_argument("--port", type=int)
    arguments = parser.parse_args()
    where = place(arguments.state, arguments.port)
    write_private(nats.configuration_file(where), topology.nats_configuration(where, Secrets(where)))


if __name__ == "__main__":
    main()
