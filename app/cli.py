"""The command line `lgsp`: one table of commands; a user's mistake is one line and an exit code, never a traceback."""

import functools
import os
import sys
from collections.abc import Callable
from typing import Any

import typer

from app.commands import act, broker, control, faults, look, play, rules, run, scenario, topics, waiting
from vn.errors import CannotConnect, LgspError, Unusable

__all__ = ["main"]

HELP = "A test partner for Vietnamese government systems: mock agencies, an exchange, a Kafka broker. Start with: lgsp demo"
Command = Callable[..., Any]
COMMANDS: dict[str, tuple[Command, ...]] = {
    "Run": (run.demo, play.run, run.up, broker.broker, run.exchange, run.serve, run.adapter),
    "Act": (act.sample, act.submit, act.pay, act.supplement, act.withdraw, act.decide),
    "Look": (look.trace, play.why, play.record, look.show, look.journal, look.notices),
    "Rules": (rules.members,),
    "Control": (waiting.wait, control.clock, control.policy, control.canonical, control.reset),
}
GROUPS = {
    "Run": {"scenario": scenario.scenario},
    "Look": {"dead-letters": look.dead_letters},
    "Rules": {"contracts": rules.contracts, "access": rules.access},
    "Control": {"faults": faults.faults, "topics": topics.topics},
}


def build() -> typer.Typer:
    """The application with all commands, in panels of its help."""
    app = typer.Typer(name="lgsp", help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    for panel, commands in COMMANDS.items():
        for command in commands:
            app.command(command.__name__.replace("_", "-"), rich_help_panel=panel)(leaving(command))
        for name, group in GROUPS.get(panel, {}).items():
            for known in group.registered_commands:
                if known.callback and not hasattr(known.callback, "__wrapped__"):  # built before in this process: it leaves already
                    known.callback = leaving(known.callback)
            app.add_typer(group, name=name, rich_help_panel=panel)
    return app


def leaving(command: Command) -> Command:
    """The command with its answer as exit code, and its errors as one line on standard error."""

    @functools.wraps(command)
    def run_and_leave(*arguments: Any, **options: Any) -> None:
        raise typer.Exit(_code(lambda: command(*arguments, **options)))

    return run_and_leave


def _code(command: Callable[[], int | None]) -> int:
    try:
        return command() or 0
    except KeyboardInterrupt:
        return 130
    except LgspError as error:
        typer.echo(f"lgsp: {error}", err=True)
        return error.exit_code if isinstance(error, Unusable) else 1
    except BrokenPipeError:
        os.close(sys.stdout.fileno())  # the reader of our output has left, e.g. `lgsp journal | head`
        return 0
    except ConnectionError as error:
        typer.echo(f"lgsp: {error}", err=True)
        return CannotConnect.exit_code


def main() -> None:
    """Run one command and leave with its exit code."""
    build()()
