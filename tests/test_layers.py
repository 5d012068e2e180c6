"""Who may import whom: what cleans knows nothing of files, and nothing knows the commands."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "cleaner"

# From the ground up. A module may import those of lower layers, and of its own layer where that is no circle.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("__init__", "model", "policy", "faults", "limits"),
    ("read", "cleaned", "sources", "write"),
    ("config",),
    ("record", "rewrite", "formats", "explain"),
    ("job",),
    ("deliver", "report", "workers"),
    ("batch",),
    ("clean_command", "learn_command", "restore_command", "rules_command", "rule_import", "hook"),
    ("cli",),
    ("__main__",),
)
EDGE = {name for layer in LAYERS for name in layer} - {
    "__init__",
    "model",
    "policy",
    "read",
    "cleaned",
    "faults",
}
"""The modules that read and write files and talk to people: nothing that cleans may know them."""
MAY_DO_IO = EDGE | {"faults"}


def _imports(path: Path, *, late: bool) -> set[str]:
    """The modules of ours that a file imports: at the top, or with `late` anywhere, but for type checking."""
    tree = ast.parse(path.read_text())
    nodes = ast.walk(tree) if late else iter(tree.body)
    typing_only = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for child in ast.walk(node)
    }
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module and id(node) not in typing_only:
            if node.module == "cleaner":
                found |= {alias.name for alias in node.names if (PACKAGE / f"{alias.name}.py").exists()}
            elif node.module.startswith("cleaner."):
                found.add(node.module.split(".")[1])
    return found


MODULES = sorted(path.stem for path in PACKAGE.glob("*.py"))
LEVEL = {name: level for level, layer in enumerate(LAYERS) for name in layer}


@pytest.mark.parametrize("name", [name for name in MODULES if name in LEVEL])
def test_imports_go_down(name: str) -> None:
    for imported in _imports(PACKAGE / f"{name}.py", late=True):
        if imported in LEVEL:
            assert LEVEL[imported] <= LEVEL[name], f"{name} imports {imported}"


@pytest.mark.parametrize("name", [name for name in MODULES if name not in LEVEL or name in ("read", "cleaned")])
def test_what_cleans_knows_nothing_of_files_and_commands(name: str) -> None:
    assert not _imports(PACKAGE / f"{name}.py", late=True) & EDGE


def test_there_are_no_circles() -> None:
    graph = {name: _imports(PACKAGE / f"{name}.py", late=False) for name in MODULES}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, f"{' -> '.join((*path, name))}"
        if name not in done:
            for imported in sorted(graph.get(name, ())):
                visit(imported, (*path, name))
            done.add(name)

    for name in MODULES:
        visit(name, ())


@pytest.mark.parametrize("name", [name for name in MODULES if name not in MAY_DO_IO])
def test_what_cleans_prints_nothing(name: str) -> None:
    tree = ast.parse((PACKAGE / f"{name}.py").read_text())
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "print"]
    assert not calls


def test_no_room_is_called_utils() -> None:
    assert not {"utils", "helpers", "manager", "common", "misc"} & set(MODULES)
