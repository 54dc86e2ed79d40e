"""The command line's commands, their arguments and their exit codes."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from grader.cli import bench, doctor, grade, lint, mutants, replay, submit, validate
from grader.cli.workshop import WrongUsageError
from grader.mutants.proposing import MOST

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="GradeTape's engine."
)
WRONG_USAGE = 2


@app.command("grade")
def grade_command(
    slug: Annotated[str, typer.Argument(help="A challenge, such as custom-layer.")],
    files: Annotated[list[Path], typer.Argument(help="Python files to grade, in this order.")],
    samples: Annotated[bool, typer.Option("--samples", help="Run the sample cases only.")] = False,
    seed: Annotated[int | None, typer.Option(min=0, max=(1 << 63) - 1, help="The seed of all random inputs.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a file, a line each.")] = False,
) -> None:
    """Grade files in real jails.

    Exit code 0 when every file was graded, 2 for wrong usage, 3 when the platform failed.
    """
    raise typer.Exit(grade.run(slug, files, samples_only=samples, seed=seed, as_json=json))


@app.command("lint")
def lint_command(
    challenge: Annotated[str, typer.Argument(help="A challenge, such as custom-layer, or a folder with one.")],
    json: Annotated[bool, typer.Option("--json", help="One JSON object a problem, a line each.")] = False,
) -> None:
    """Read a challenge's files and name what is wrong with them, at its line. Nothing of them is run.

    Exit code 0 without errors (warnings may be left), 1 with some, 2 for wrong usage.
    """
    raise typer.Exit(lint.run(challenge, as_json=json))


@app.command("submit")
def submit_command(
    slug: Annotated[str, typer.Argument(help="A challenge, such as custom-layer.")],
    file: Annotated[Path, typer.Argument(help="The Python file to send.")],
    server: Annotated[str, typer.Option(envvar="GRADETAPE_SERVER", help="Where GradeTape runs: http(s)://host.")],
    token: Annotated[
        str, typer.Option(envvar="GRADETAPE_TOKEN", help="An API token of your account; better in the variable.")
    ] = "",
    samples: Annotated[bool, typer.Option("--samples", help="Run the sample cases only.")] = False,
    json: Annotated[bool, typer.Option("--json", help="The result as one JSON object in one line.")] = False,
) -> None:
    """Send a file to a GradeTape server and watch it being graded there.

    Exit code 0 when it was graded, 1 when it was cancelled, 2 for wrong usage, 3 when the platform failed or can't be
    reached. Ctrl-C cancels it.
    """
    wish = submit.Wish(slug=slug, file=file, samples_only=samples, as_json=json)
    raise typer.Exit(submit.run(submit.Server(server, token), wish))


@app.command("validate")
def validate_command(
    slugs: Annotated[list[str] | None, typer.Argument(help="Challenges; all of them when none is named.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a challenge, a line each.")] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Two seeds, and the first case that a wrong solution names.")
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="Also what is unchanged since it was proven.")] = False,
    record: Annotated[bool, typer.Option("--record", help="Write challenges/records/ and the table in docs/.")] = False,
) -> None:
    """Prove that challenges are sound. Exit code 0 when all are, 1 when one is not."""
    wish = validate.Wish(as_json=json, quick=quick, again=again, record=record)
    raise typer.Exit(validate.run(slugs or [], wish))


@app.command("mutants")
def mutants_command(
    slug: Annotated[str, typer.Argument(help="A challenge, such as custom-layer.")],
    most: Annotated[int, typer.Option(min=1, max=1000, help="At most so many mutants.")] = MOST,
    seed: Annotated[int | None, typer.Option(min=0, max=(1 << 63) - 1, help="The seed of all random inputs.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object in one line.")] = False,
) -> None:
    """Make likely mistakes in the reference, one at a time, and name those that no case catches.

    Exit code 0 when all are caught, 1 when one is not, 2 for wrong usage, 3 when the platform failed.
    """
    raise typer.Exit(mutants.run(slug, most=most, seed=seed, as_json=json))


@app.command("replay")
def replay_command(
    bundles: Annotated[list[Path], typer.Argument(help="Bundles that a GradeTape server made, in this order.")],
    json: Annotated[bool, typer.Option("--json", help="One JSON object a bundle, a line each.")] = False,
) -> None:
    """Grade bundles again in real jails, and say whether verdict, score and every case come out the same.

    Exit code 0 when all agree, 1 when one differs, 2 for wrong usage or a broken bundle, 3 when the platform failed.
    """
    raise typer.Exit(replay.run(bundles, as_json=json))


@app.command("doctor")
def doctor_command() -> None:
    """Prove this host's jails by hostile probes. Exit code 0 when every promise holds, 1 when one does not."""
    raise typer.Exit(doctor.run())


@app.command("bench")
def bench_command(
    json: Annotated[bool, typer.Option("--json", help="The figures as one JSON object.")] = False,
) -> None:
    """Measure what grading adds to the probes' own work, as ratios in one run."""
    raise typer.Exit(bench.run(as_json=json))


def main() -> None:
    """Run the command line; wrong usage is said in one line."""
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s: %(message)s")
    try:
        app()
    except WrongUsageError as error:
        typer.echo(f"grader: {error}", err=True)
        raise SystemExit(WRONG_USAGE) from None
