"""The command line `lgsp`: one table of commands; a user's mistake is one line and an exit code, never a traceback."""

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import typer
from click.exceptions import Abort, ClickException, Exit

from app.commands import act, control, look, rules, run
from vn.errors import CannotConnect, LgspError, Unusable

__all__ = ["main"]

HELP = "A test partner for Vietnamese government systems: mock agencies, an exchange, a Kafka broker. Start with: lgsp demo"
Command = Callable[..., Any]
COMMANDS: dict[str, tuple[Command, ...]] = {
    "Run": (run.demo, run.up, run.broker, run.exchange, run.serve, run.adapter),
    "Act": (act.sample, act.submit, act.pay, act.supplement, act.withdraw, act.decide),
    "Look": (look.trace, look.show, look.journal, look.notices),
    "Rules": (rules.members,),
    "Control": (control.wait, control.clock, control.policy, control.canonical, control.reset),
}
GROUPS = {"Look": {"dead-letters": look.dead_letters}, "Rules": {"contracts": rules.contracts, "access": rules.access}}


def build() -> typer.Typer:
    """The application with all commands, in panels of its help."""
    app = typer.Typer(name="lgsp", help=HELP, no_args_is_help=True, add_completion=False)
    for panel, commands in COMMANDS.items():
        for command in commands:
            app.command(command.__name__.replace("_", "-"), rich_help_panel=panel)(command)
        for name, group in GROUPS.get(panel, {}).items():
            app.add_typer(group, name=name, rich_help_panel=panel)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code."""
    sys.exit(_run(list(sys.argv[1:] if arguments is None else arguments)))


def _run(arguments: list[str]) -> int:
    try:
        result: Any = build()(arguments, standalone_mode=False)
    except Exit as left:
        return left.exit_code
    except (Abort, KeyboardInterrupt):
        return 130
    except ClickException as mistake:
        mistake.show()
        return mistake.exit_code
    except LgspError as error:
        print(f"lgsp: {error}", file=sys.stderr)  # noqa: T201  # the one line for the user
        return error.exit_code if isinstance(error, Unusable) else 1
    except BrokenPipeError:
        os.close(sys.stdout.fileno())  # the reader of our output has left, e.g. `lgsp journal | head`
        return 0
    except ConnectionError as error:
        print(f"lgsp: {error}", file=sys.stderr)  # noqa: T201  # same
        return CannotConnect.exit_code
    return result if isinstance(result, int) else 0
