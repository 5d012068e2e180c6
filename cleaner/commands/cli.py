"""The commands. Each turns its options into values and hands them on; what they do lives elsewhere."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, ParamSpec

import typer

from cleaner import faults
from cleaner.commands import config
from cleaner.commands.job import Job, Mode
from cleaner.faults import Fault, Unusable
from cleaner.files.sources import Form
from cleaner.importers.imported import Format

if TYPE_CHECKING:
    from cleaner.cleaned import Cleaned
    from cleaner.files.record import Restored

P = ParamSpec("P")

app = typer.Typer(
    name="cleaner",
    help="Keep the story of scraped news pages and texts, and drop the noise around it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
rules_app = typer.Typer(help="Look at rules, prove them, and propose new ones.", no_args_is_help=True)
app.add_typer(rules_app, name="rules")


class Kind(StrEnum):
    """What a source may be."""

    HTML = "html"
    TEXT = "text"


class SummaryForm(StrEnum):
    """What a summary may look like."""

    TEXT = "text"
    JSON = "json"


def run(arguments: Sequence[str]) -> NoReturn:
    """Run the command line and end the process with its exit code."""
    app(list(arguments), prog_name="cleaner")
    raise SystemExit(faults.DONE)


def command(function: Callable[P, int]) -> Callable[P, None]:
    """Make a function that returns an exit code into a command; a user's mistake becomes one line."""

    @functools.wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            code = function(*args, **kwargs)
            sys.stdout.flush()
        except Unusable as fault:
            typer.echo(f"cleaner: {fault}", err=True)
            code = faults.UNUSABLE
        except Fault as fault:
            typer.echo(f"cleaner: {fault}", err=True)
            code = faults.FAILED
        except KeyboardInterrupt:
            typer.echo("cleaner: interrupted; what was written is whole, run again for the rest", err=True)
            code = faults.INTERRUPTED
        except BrokenPipeError:
            # The reader has seen enough. Without this, Python complains once more when it closes stdout.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = faults.DONE
        raise typer.Exit(code)

    return guarded


Paths = Annotated[list[str], typer.Argument(metavar="PATH", help="Files and folders; - is the standard input.")]
Policy = Annotated[str | None, typer.Option(help="The policy: what becomes of each class.")]
Overrides = Annotated[
    list[str], typer.Option("--set", metavar="CLASS=CHOICE", help="keep, drop or metadata, for one class.")
]
Rules = Annotated[list[str], typer.Option(metavar="DIR", help="A folder of your own rules.")]
KindOption = Annotated[Kind | None, typer.Option(help="What the input is, if its name does not say.")]
Url = Annotated[str | None, typer.Option(help="The address that it was scraped from.")]
Site = Annotated[str | None, typer.Option(metavar="DOMAIN", help="The site, for its own rules.")]
Include = Annotated[list[str], typer.Option(metavar="GLOB", help="Take these from folders only.")]
Exclude = Annotated[list[str], typer.Option(metavar="GLOB", help="Leave these out.")]
Record = Annotated[str | None, typer.Option(metavar="DIR", help="The folder of the record of removals.")]


@app.callback(invoke_without_command=True)
def options(
    version: Annotated[bool, typer.Option("--version", "-V", help="Print the version.")] = False,
) -> None:
    """Keep the story of scraped news pages and texts, and drop the noise around it."""
    if version:
        from cleaner import __version__

        typer.echo(f"cleaner {__version__}")
        raise typer.Exit


@app.command()
@command
def clean(
    paths: Paths,
    output: Annotated[str | None, typer.Option("--output", "-o", metavar="DIR", help="Where stories go.")] = None,
    form: Annotated[Form, typer.Option("--format", help="The form of a story.")] = Form.TEXT,
    in_place: Annotated[bool, typer.Option("--in-place", help="Write stories over their texts.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Only report; exit code 1 where there is noise.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Only show what would change.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only report; exit code 0.")] = False,
    include: Include = [],
    exclude: Exclude = [],
    policy: Policy = None,
    overrides: Overrides = [],
    rules: Rules = [],
    kind: KindOption = None,
    url: Url = None,
    site: Site = None,
    record: Record = None,
    no_record: Annotated[bool, typer.Option("--no-record", help="Keep no record of removals (-o only).")] = False,
    jobs: Annotated[int | None, typer.Option("--jobs", "-j", min=1, help="Worker processes.")] = None,
    timeout: Annotated[float, typer.Option(min=0.001, help="Seconds for a document, and for each MB 1 more.")] = 5.0,
    memory: Annotated[int, typer.Option(min=1, help="Megabytes that one document may need.")] = 500,
    summary: Annotated[SummaryForm, typer.Option(help="The form of the closing summary.")] = SummaryForm.TEXT,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Tell of failures only.")] = False,
) -> int:
    """Clean files and folders: write each story to -o DIR, or over its text with --in-place."""
    from cleaner.commands.clean import Request, Told, run
    from cleaner.commands.limits import Limits
    from cleaner.files.sources import Selection

    settings = config.merged(config.load(os.getcwd()), policy, overrides, rules)
    return run(
        Request(
            paths=paths,
            settings=settings,
            form=form,
            output=output,
            report=_report_mode({Mode.DIFF: diff, Mode.CHECK: check, Mode.DRY_RUN: dry_run, Mode.IN_PLACE: in_place}),
            fail_on_noise=check,
            selection=Selection(tuple(include), tuple(exclude), settings.ignore, settings.home),
            kind=kind.value if kind else None,
            url=url,
            site=site,
            record="" if no_record else record,
            jobs=jobs or settings.jobs or _cores(),
            limits=Limits(seconds=timeout, memory=memory * 1_000_000),
            told=Told(_summary_form(summary, quiet), lines=not quiet),
        )
    )


def _report_mode(asked: dict[Mode, bool]) -> Mode | None:
    """The first of the modes that is asked for: what only reports comes before what writes."""
    return next((mode for mode, wanted in asked.items() if wanted), None)


def _summary_form(form: SummaryForm, quiet: bool) -> str:
    return "none" if quiet and form is SummaryForm.TEXT else form.value


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@app.command()
@command
def explain(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A page or text; - is the standard input.")],
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    html: Annotated[bool, typer.Option("--html", help="As a page.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Show all of each block's text.")] = False,
    policy: Policy = None,
    overrides: Overrides = [],
    rules: Rules = [],
    kind: KindOption = None,
    url: Url = None,
    site: Site = None,
) -> int:
    """Tell of each block what it was taken for, whether it stays, and why."""
    from cleaner.commands.explain import FEW_LINES, as_page, print_explanation

    settings = config.merged(config.load(os.getcwd()), policy, overrides, rules)
    cleaned = _cleaned(file, Job(settings, Mode.PRINT, kind=kind.value if kind else None, url=url, site=site))
    if json:
        from cleaner.files.formats import encoded, explanation

        sys.stdout.buffer.write(encoded(explanation(cleaned, file)) + b"\n")
    elif html:
        sys.stdout.write(as_page(cleaned, file))
    else:
        print_explanation(cleaned, file, sys.stdout, None if full else FEW_LINES)
    return faults.DONE


def _cleaned(file: str, job: Job) -> Cleaned:
    from cleaner.commands.deliver import Processor, decoded, read
    from cleaner.commands.limits import Limits, memory_limit
    from cleaner.files.sources import Source

    processor = Processor(job)
    source = Source(os.path.abspath(file), file) if file != "-" else Source("-", "-")
    try:
        with memory_limit(Limits().memory):
            document = read(source, job.kind) if file != "-" else decoded(source, sys.stdin.buffer.read(), job.kind)
            return processor.clean(document)
    except MemoryError:
        raise Fault(file, "needs more memory than one document may", "split it") from None


@app.command()
@command
def restore(
    paths: Annotated[list[str], typer.Argument(metavar="PATH", help="Cleaned files, or folders of them.")],
    record: Record = None,
    force: Annotated[bool, typer.Option("--force", help="Also where a file was changed since.")] = False,
) -> int:
    """Give cleaned files their original bytes back."""
    from cleaner.commands.restore import run

    return run(paths, os.path.abspath(record) if record else None, _restorer(force))


def _restorer(force: bool) -> Callable[[str, str | None], Restored]:
    from cleaner.files import record

    return record.restore_over if force else record.restore


@app.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@command
def hook(arguments: Annotated[list[str], typer.Argument(metavar="FILE")] = []) -> int:
    """Rewrite noisy texts in place, for pre-commit; exit code 1 when one was changed."""
    from cleaner.commands.hook import main

    return main(arguments)


@app.command(name="eval")
@command
def evaluate(
    gold: Annotated[list[str], typer.Argument(metavar="GOLD", help="Labelled files, or folders of them.")],
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    policy: Policy = None,
    overrides: Overrides = [],
    rules: Rules = [],
) -> int:
    """Measure how well labelled documents are cleaned."""
    from cleaner.fitting.evaluate import evaluate as measure

    settings = config.merged(config.load(os.getcwd()), policy, overrides, rules)
    report = measure(gold, config.build_cleaner(settings))
    typer.echo(report.to_json() if json else report.render())
    return faults.DONE


@app.command()
@command
def fit(
    gold: Annotated[list[str], typer.Argument(metavar="GOLD", help="Labelled pages and texts.")],
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="The scorecard to write.")],
    stories: Annotated[list[str], typer.Option(metavar="GOLD", help="More stories, to make tails of.")] = [],
    lines: Annotated[list[str], typer.Option(metavar="FILE", help="Lines of noise and of stories, for --words.")] = [],
    folds: Annotated[bool, typer.Option("--folds", help="Five cards for pages, each without a fold of sites.")] = False,
    words: Annotated[bool, typer.Option("--words", help="What words are worth, instead of a scorecard.")] = False,
) -> int:
    """Fit a scorecard to labelled documents; with --folds five of them, into the folder that -o names."""
    try:
        from cleaner.fitting.fit import fit_folds, fit_scorecard, fit_words

        paths = [Path(path) for path in gold]
        if words:
            fit_words(paths, Path(output), [Path(path) for path in stories], [Path(path) for path in lines])
        elif folds:
            Path(output).mkdir(parents=True, exist_ok=True)
            fit_folds(paths, Path(output))
        else:
            fit_scorecard(paths, Path(output), [Path(path) for path in stories])
    except ModuleNotFoundError as error:
        raise Unusable("", f"fitting needs {error.name}", "install it with: pip install 'cleaner[fit]'") from None
    except OSError as error:
        raise faults.of_system(str(error.filename), error) from None
    return faults.DONE


@app.command()
@command
def learn(
    paths: Paths,
    sites: Annotated[str | None, typer.Option(metavar="FILE", help="The site memory to write.")] = None,
    site: Site = None,
    include: Include = [],
    exclude: Exclude = [],
) -> int:
    """Remember the lines that recur on sites, for cleaning their pages and texts."""
    from cleaner.commands.learn import Request, run

    return run(Request(paths, config.load(os.getcwd()), site, tuple(include), tuple(exclude)), sites)


@rules_app.command(name="list")
@command
def list_rules(rules: Rules = []) -> int:
    """List the rules that are in force: id, class, action and reason."""
    from cleaner.commands.rules import list_rules as run

    return run(_layers(rules))


@rules_app.command(name="show")
@command
def show_rule(identifier: Annotated[str, typer.Argument(metavar="ID")], rules: Rules = []) -> int:
    """Show one rule as its file has it."""
    from cleaner.commands.rules import show_rule as run

    return run(identifier, _layers(rules))


@rules_app.command(name="path")
@command
def rules_path(rules: Rules = []) -> int:
    """Print the folders that rules are read from, in order."""
    from cleaner.commands.rules import print_paths as run

    return run(_layers(rules))


@rules_app.command(name="test")
@command
def prove_rules(
    files: Annotated[
        list[str], typer.Argument(metavar="[FILE]", help="Rule files and folders of them; all if none.")
    ] = [],
    rules: Rules = [],
    corpus: Annotated[
        str | None, typer.Option(metavar="DIR", help="Labelled documents; else those of a checkout.")
    ] = None,
) -> int:
    """Prove rules: each against its own examples, and all of them on labelled documents."""
    from cleaner.commands.rules import prove_rules as run

    return run(files, _layers(rules), corpus)


@rules_app.command(name="import")
@command
def import_rules(
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE", help="Files, folders of them, tar archives.")],
    output: Annotated[str, typer.Option("--output", "-o", metavar="DIR", help="The rules folder to write.")],
    form: Annotated[Format | None, typer.Option("--format", help="What they are, if the text does not tell.")] = None,
    report: Annotated[str | None, typer.Option(metavar="FILE", help="Where to list what is not carried.")] = None,
) -> int:
    """Turn site files of Full-Text RSS and cosmetic filters of advert blockers into rules."""
    from cleaner.importers.collection import import_rules as run

    return run(sources, output, form, report)


@rules_app.command(name="suggest")
@command
def suggest_rules(
    paths: Paths,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="The rule file to write.")
    ] = None,
    site: Site = None,
    include: Include = [],
    exclude: Exclude = [],
    rules: Rules = [],
) -> int:
    """Propose rules for noise that no rule names yet, from the lines that recur in scrapes."""
    from cleaner.commands.learn import Request
    from cleaner.commands.rules import suggest_rules as run

    settings = config.merged(config.load(os.getcwd()), None, [], rules)
    return run(Request(paths, settings, site, tuple(include), tuple(exclude)), output)


def _layers(rules: list[str]) -> tuple[str, ...]:
    return config.merged(config.load(os.getcwd()), None, [], rules).rules
