"""The `cleaner` command: answers what needs no more at once, and hands the rest to the commands."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line; ends the process with the documented exit code."""
    # numpy's linear algebra is not used: without this it starts a thread for each core.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        from cleaner import __version__

        print(f"cleaner {__version__}")
        return
    if arguments[:1] == ["hook"]:
        from cleaner.commands.hook import run

        run(arguments[1:])
    from cleaner.commands.cli import run as run_commands

    run_commands(arguments)


if __name__ == "__main__":
    main()
