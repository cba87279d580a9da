"""`lgsp-testing prune`: remove containers that test runs left behind that are gone."""

import argparse
import sys

import docker
import docker.errors

from lgsp_testing.container import LABEL

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Remove every container that carries our label; exit code 11 where no engine answers."""
    parser = argparse.ArgumentParser(prog="lgsp-testing", description="lgsp-sim in a container, for tests.")
    parser.add_argument("command", choices=["prune"], help="remove every container that an LgspContainer started, running or not")
    parser.parse_args(arguments)
    try:
        client = docker.from_env()
        found = client.containers.list(all=True, filters={"label": LABEL})
    except docker.errors.DockerException as error:
        sys.stderr.write(f"lgsp-testing: no Docker engine answers: {error}; is it running? DOCKER_HOST says where\n")
        return 11
    for each in found:
        each.remove(force=True, v=True)
        sys.stdout.write(f"removed {each.name}\n")
    return 0
