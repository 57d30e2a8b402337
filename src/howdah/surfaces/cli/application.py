"""The application: one explicit table of commands, their order in the help, and exit codes."""

import errno
import os
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from howdah.surfaces.cli import begin, choose, keep, outlook, read, stages


@dataclass(frozen=True, slots=True)
class Command:
    """One row of the table of commands."""

    name: str
    run: Callable[..., None]
    example: str


@dataclass(frozen=True, slots=True)
class Foreign:
    """A command of another surface, imported when it is asked for.

    Surfaces do not know each other, and the help need not load them. The module's `app_command`
    is a plain function with Typer's annotations.
    """

    name: str
    module: str
    help: str
    example: str


SECTIONS: dict[str, tuple[Command | Foreign | str, ...]] = {
    "Begin": (
        Command("demo", begin.demo, "howdah demo"),
        Command("init", begin.init, "howdah init my-market"),
        Command("warm", begin.warm, "howdah warm"),
    ),
    "Read": (
        Command("radar", read.radar, "howdah radar"),
        Command("hits", read.hits, "howdah hits"),
        Command("show", read.show, "howdah show Doubao"),
        Command("compare", read.compare, "howdah compare Doubao Kimi"),
        Command("rank", read.rank, "howdah rank dau --segment assistants"),
        Command("entry", choose.entry, "howdah entry open-source-ai"),
        Command("features", choose.features, "howdah features model-makers"),
        Command("directions", choose.directions, "howdah directions"),
        Command("split", stages.split, "howdah split 'Simulated advertiser J'"),
        Command("brief", choose.brief, "howdah brief open-source-ai --out brief.html"),
        Command("decisions", choose.decisions, "howdah decisions"),
        Command("trail", read.trail, "howdah trail ae2817dee5"),
        Command("explain", read.explain, "howdah explain Doubao dau --since 2024-12-31"),
        Command("sources", read.sources, "howdah sources --metric dau"),
        Command("metrics", read.metrics, "howdah metrics dau"),
        Foreign(
            "report",
            "howdah.surfaces.reports.command",
            "Write the market's report: one HTML file a language.",
            "howdah report",
        ),
        Foreign(
            "serve",
            "howdah.surfaces.http.command",
            "Serve the app and the HTTP API, to this machine alone.",
            "howdah serve",
        ),
        Command("export", read.export, "howdah export estimates.csv --metric dau"),
    ),
    "Keep": (
        Command("update", keep.update, "howdah update --feed pypi-downloads"),
        Command("feeds", keep.feeds, "howdah feeds"),
        "feed",
        Command("quarantine", keep.quarantine, "howdah quarantine --feed pypi-downloads"),
        Command("review", keep.review, "howdah review"),
        Command("judge", keep.judge, "howdah judge endoflife:consul github:hashicorp/consul same"),
        Command(
            "decide",
            choose.decide,
            'howdah decide assistants --what "Build voice" --owner "head of product" '
            '--expect "dau of Kimi at least 8M by 2030-06-30" --review 2030-03-31',
        ),
        Command("compact", keep.compact, "howdah compact"),
    ),
    "Stages": (
        Command("fuse", stages.fuse, "howdah fuse claims.csv --anchors truth.csv --out fused"),
        Command(
            "audience",
            stages.audience,
            "howdah audience log.parquet --panel panel.csv --strata strata.csv --out audience",
        ),
        Command("health", stages.health, "howdah health feed.csv --out health"),
        Command(
            "extract",
            stages.extract,
            "howdah extract news.txt --published-at 2025-01-09 --entities names.csv "
            "--out claims.jsonl",
        ),
        Command(
            "signals",
            outlook.signals,
            "howdah signals feed.csv --as-of 2024-06-30 --target top:100 --horizon 12 "
            "--out breakouts.csv",
        ),
        Command(
            "backtest",
            outlook.backtest,
            "howdah backtest feed.csv --from 2022-01-01 --to 2023-06-01 --target top:100 "
            "--horizon 12 --out record",
        ),
    ),
}

FEED_COMMANDS = (
    Command("check", keep.check, "howdah feed check feeds/my-feed.toml inbox/july.csv"),
)

FOREIGN = {
    command.name: command
    for section in SECTIONS.values()
    for command in section
    if isinstance(command, Foreign)
}


class HowdahGroup(TyperGroup):
    """The commands by section; errors made on purpose become a message and an exit code."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - Typer's own type
        """Keep the arguments as given, for messages."""
        ctx.meta["howdah.args"] = list(args)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - Typer's own type
        """Names in the order of the table."""
        return [
            entry if isinstance(entry, str) else entry.name
            for section in SECTIONS.values()
            for entry in section
        ]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - Typer's own type
        """A command of the table; one of another surface is imported now."""
        if cmd_name in FOREIGN:
            return imported(FOREIGN[cmd_name])
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - Typer's own type
        """Write the commands under the titles of their sections."""
        reach = max(len(name) for name in self.list_commands(ctx))
        for title, entries in SECTIONS.items():
            rows = []
            for entry in entries:
                if isinstance(entry, Foreign):
                    rows.append((entry.name.ljust(reach), entry.help))
                    continue
                name = entry if isinstance(entry, str) else entry.name
                command = super().get_command(ctx, name)
                assert command is not None, name
                rows.append((name.ljust(reach), command.get_short_help_str(limit=100)))
            with formatter.section(title):
                formatter.write_dl(rows)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - Typer's own type
        """Run a command; an error becomes one message on stderr and its exit code."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:
            if _is_typers_own(error) or ctx.params.get("traceback"):
                raise
            raise typer.Exit(_report(error, ctx.meta["howdah.args"])) from None


def _is_typers_own(error: Exception) -> bool:
    # Wrong usage, and a reader of the pipe who has gone: Typer ends both as it should.
    is_closed_pipe = isinstance(error, OSError) and error.errno == errno.EPIPE
    return is_closed_pipe or hasattr(error, "format_message")


def _report(error: Exception, args: list[str]) -> int:
    """Tell an error on stderr; returns the exit code."""
    from howdah.core.errors import HowdahError  # noqa: PLC0415 - not for --help

    is_known = isinstance(error, HowdahError)
    message = str(error)
    if not is_known:
        again = shlex.join(["howdah", "--traceback", *args])
        message = (
            f"Unexpected {type(error).__name__}: {message or 'no message'}. See where: {again}"
        )
    code = error.exit_code if isinstance(error, HowdahError) else 1
    if "--json" in args:
        import json  # noqa: PLC0415 - not for --help

        problem = {"type": type(error).__name__, "message": message, "exit_code": code}
        for key, value in vars(error).items() if is_known else ():
            if isinstance(value, (str, int, float, tuple)) and key not in problem:
                problem[key] = value
        sys.stderr.write(json.dumps({"error": problem}, default=str) + "\n")
        return code
    from howdah.surfaces.cli.screen import clean  # noqa: PLC0415 - not for --help

    sys.stderr.write(f"Error: {clean(message)}\n")
    return code


def imported(command: Foreign) -> Any:  # noqa: ANN401 - Typer's own type
    """A command of another surface, ready to run."""
    function = import_module(command.module).app_command
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(command.name, epilog=f"Example: {command.example}")(function)
    return typer.main.get_command(alone)


def _show_version(value: bool) -> None:
    if value:
        from importlib.metadata import version  # noqa: PLC0415 - not for --help

        sys.stdout.write(f"howdah {version('howdah')}\n")
        raise typer.Exit


def _options(
    traceback: Annotated[
        bool, typer.Option("--traceback", help="Show where an unexpected error came from.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """See a market from high up: every feed, one honest number, what changed and how sure.

    Begin with `howdah demo`: it builds the example market in ./howdah-demo and shows its radar.
    """


def _build() -> typer.Typer:
    # Plain help: it costs half the time of the decorated one, and pipes and pages well.
    made = typer.Typer(
        cls=HowdahGroup,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    made.callback()(_options)
    one_feed = typer.Typer(help="Work on one feed.", no_args_is_help=True, rich_markup_mode=None)
    for section in SECTIONS.values():
        for entry in section:
            if isinstance(entry, Command):
                _add(made, entry)
    for entry in FEED_COMMANDS:
        _add(one_feed, entry)
    made.add_typer(one_feed, name="feed")
    return made


def _add(to: typer.Typer, command: Command) -> None:
    to.command(command.name, epilog=f"Example: {command.example}")(command.run)


app = _build()


def main() -> None:
    """Entry point of the command ``howdah``."""
    encoding = (sys.stdout.encoding or "").lower()
    if not encoding.startswith("utf"):
        # A terminal that cannot write Chinese shows '?' instead of ending the command.
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    # Threads of compiled loops would wait for each other wide awake, on cores that others need.
    # Read when the first such loop runs; whoever has set it has chosen.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    app(prog_name="howdah")
