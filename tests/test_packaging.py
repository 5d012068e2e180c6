"""The wheel, the sdist and the editable install all find their rules, in an environment of their own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROBE = (
    "import sys; sys.path[:0] = [sys.argv[1]]\n"
    "from cleaner.rules.ruleset import builtin_directory\n"
    "print(builtin_directory(), len(list(builtin_directory().glob('*.toml'))))"
)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is packed, so that building leaves nothing in the checkout."""
    copy = tmp_path_factory.mktemp("checkout")
    left_out = shutil.ignore_patterns("__pycache__")
    for name in ("cleaner", "rules", "docs", "examples"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=left_out)
    for name in ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "Makefile"):
        shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def wheel(checkout: Path) -> Path:
    return _built(checkout, checkout)


def _built(source: Path, folder: Path) -> Path:
    """Build a wheel of `source` (a folder or an sdist)."""
    wheels = folder / "wheels"
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(wheels), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and "No matching distribution" in done.stderr:
        pytest.skip("the build backend cannot be installed here")
    assert done.returncode == 0, done.stderr
    (built,) = wheels.glob("*.whl")
    return built


def test_the_wheel_holds_the_rules_the_types_and_no_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    ours = {f"cleaner/_rules/{path.name}" for path in (ROOT / "rules").glob("*.toml")}
    assert ours <= names
    assert {"cleaner/py.typed", "cleaner/templates/explain.html.j2"} <= names
    assert not [name for name in names if name.startswith(("tests/", "rules/", "corpus/"))]


def test_the_wheel_finds_its_rules(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(tmp_path / "site")],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    where, count = done.stdout.split()
    assert Path(where) == tmp_path / "site" / "cleaner" / "_rules"
    assert int(count) == len(list((ROOT / "rules").glob("*.toml")))


def test_the_wheel_names_both_commands(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
    points = archive.read(name).decode()
    assert "cleaner = cleaner.__main__:main" in points
    assert "cleaner-hook = cleaner.commands.hook:run" in points


def test_the_sdist_builds_the_same_wheel(checkout: Path, wheel: Path, tmp_path: Path) -> None:
    build = "import sys; from hatchling.build import build_sdist\nprint(build_sdist(sys.argv[1]))"
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    done = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "hatchling"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("the build backend cannot be installed here")
    made = subprocess.run(
        [python, "-c", build, str(tmp_path)], capture_output=True, text=True, check=True, cwd=checkout
    )
    sdist = tmp_path / made.stdout.strip()
    with tarfile.open(sdist) as archive:
        assert any(name.endswith("/rules/languages.toml") for name in archive.getnames())
    again = _built(sdist, tmp_path)
    assert set(zipfile.ZipFile(again).namelist()) == set(zipfile.ZipFile(wheel).namelist())


def test_the_checkout_finds_the_rules_beside_the_package(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(ROOT)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert Path(done.stdout.split()[0]) == ROOT / "rules"


def test_every_import_is_a_declared_dependency() -> None:
    """What a module imports, at the top or late, is the standard library, ours, or in pyproject.toml."""
    import ast

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    declared = {_module(line) for line in [*project["dependencies"], *extras["fit"]]}
    needed: dict[str, str] = {}
    for path in (ROOT / "cleaner").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            needed |= {name.split(".")[0]: path.name for name in names}
    unknown = {
        name: file for name, file in needed.items() if name not in sys.stdlib_module_names | declared | {"cleaner"}
    }
    assert not unknown


def _module(requirement: str) -> str:
    """The module that a requirement installs."""
    name = requirement.split(">", maxsplit=1)[0].split("[", maxsplit=1)[0].strip()
    return {
        "faust-cchardet": "cchardet",
        "google-re2": "re2",
        "ahocorasick-rs": "ahocorasick_rs",
        "scikit-learn": "sklearn",
    }.get(name, name)


def test_nothing_names_a_registry_or_a_machine() -> None:
    for name in ("pyproject.toml", "Makefile", "README.md", ".ci/run", ".pre-commit-hooks.yaml"):
        text = (ROOT / name).read_text()
        for word in ("index-url", "/home/", "localhost"):
            assert word not in text, (name, word)
