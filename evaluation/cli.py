"""The command `faq-eval`: how good the answers are, measured on labelled questions.

Each subcommand is a module of `evaluation.commands` named like it, with the click command in its
variable `command`; it is imported only when it is called or helped with.
"""

import importlib
import pkgutil

import click

from evaluation import commands


class _Commands(click.Group):
    """A group whose subcommands are the modules of `evaluation.commands`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the subcommands, sorted."""
        modules = pkgutil.iter_modules(commands.__path__)
        return sorted(m.name for m in modules if not m.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the subcommand, None where there is none of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{commands.__name__}.{cmd_name}")
        found: click.Command = module.command
        return found


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Measure how well the help centre answers."""
