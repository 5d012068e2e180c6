"""Fill the tour in the README with what the commands really say: `make tour`."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
SHOWN = ("beef-prices.txt", "camp-outbreak.txt", "cookie-banners.txt", "parking-fines.txt")
BLOCKS_SHOWN = 9


def main() -> None:
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        for name, told in _outputs(Path(folder)).items():
            block = re.compile(rf"(<!-- tour: {name} -->\n```console\n).*?(```\n)", re.S)
            text = block.sub(lambda found, told=told: found[1] + told + found[2], text)
    readme.write_text(text, encoding="utf-8")


def _outputs(folder: Path) -> dict[str, str]:
    shutil.copytree(ROOT / "examples", folder / "examples")
    (folder / "scrapes").mkdir()
    for name in SHOWN:
        shutil.copy(ROOT / "examples" / name, folder / "scrapes")
    hook = _run(folder, "cleaner hook scrapes/*.txt")
    again = _run(folder, "cleaner hook scrapes/*.txt        # the second time there is nothing to do: exit code 0")
    explained = _run(folder, "cleaner explain examples/beef-prices.txt").splitlines()
    end = next(n for n, line in enumerate(explained) if line.startswith(f"{BLOCKS_SHOWN + 1:4} "))
    return {
        "clean": _run(folder, "cleaner clean examples -o out"),
        "explain": "\n".join(explained[:end]) + "\n   …\n",
        "hook": hook + again + _run(folder, "cleaner restore scrapes"),
    }


def _run(folder: Path, command: str) -> str:
    program = f"{sys.executable} -m cleaner"
    done = subprocess.run(
        command.replace("cleaner", program, 1),
        shell=True,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return f"$ {command}\n{done.stdout}"


if __name__ == "__main__":
    main()
