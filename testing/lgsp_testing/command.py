"""`lgsp-testing prune`: remove containers that test runs left behind that are gone."""

import argparse
import sys

import docker
import docker.errors

from lgsp_testing.labels import LABEL, why_kept

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Remove what processes of this host have left that are gone, and say what is kept; exit code 11 where no engine answers."""
    parser = argparse.ArgumentParser(prog="lgsp-testing", description="lgsp-sim in a container, for tests.")
    parser.add_argument("command", choices=["prune"], help="remove every container of a test run on this host that is gone")
    parser.add_argument("--all", action="store_true", help="those of runs that go on, and of other hosts at this engine, too")
    given = parser.parse_args(arguments)
    try:
        found = docker.from_env().containers.list(all=True, filters={"label": LABEL}, ignore_removed=True)
    except docker.errors.DockerException as error:
        sys.stderr.write(f"lgsp-testing: no Docker engine answers: {error}; is it running? DOCKER_HOST says where\n")
        return 11
    for each in found:
        if (kept := why_kept(each.labels)) and not given.all:
            sys.stdout.write(f"kept {each.name}: {kept}; --all removes it\n")
            continue
        try:
            each.remove(force=True, v=True)
        except docker.errors.NotFound:  # its own run was quicker
            continue
        sys.stdout.write(f"removed {each.name}\n")
    return 0
