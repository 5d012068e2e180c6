"""Who may import whom: what cleans knows nothing of files, and nothing knows the commands."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "cleaner"

# From the ground up. A room (a folder, or a module beside them) may import from rooms of lower layers alone.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("__init__", "model", "faults", "disk_cache"),
    ("facts", "policy", "cleaned"),
    ("parse",),
    ("rules",),
    ("weigh",),
    ("decide",),
    ("sites",),
    ("pipeline",),
    ("fitting",),
    ("workbench",),
    ("files",),
    ("importers",),
    ("commands",),
    ("__main__",),
)
LEVEL = {room: level for level, layer in enumerate(LAYERS) for room in layer}
MAY_PRINT = {"commands", "importers", "faults", "__main__"}

# Among the commands: what a batch is made of, before those who start one.
COMMAND_LAYERS: tuple[tuple[str, ...], ...] = (
    ("limits",),
    ("config",),
    ("job", "explain", "workers"),
    ("report",),
    ("deliver",),
    ("batch",),
    ("clean", "learn", "restore", "hook"),
    ("rules",),
    ("cli",),
)
COMMAND_LEVEL = {name: level for level, layer in enumerate(COMMAND_LAYERS) for name in layer}

MODULES = {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in sorted(PACKAGE.rglob("*.py"))}


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
            name = node.module.removeprefix("cleaner").removeprefix(".")
            if node.module.split(".")[0] == "cleaner":
                found |= {f"{name}.{alias.name}".strip(".") for alias in node.names} & MODULES.keys() or {name}
    return found - {""}


def _room(module: str) -> str:
    return module.split(".", maxsplit=1)[0]


def test_every_room_has_its_layer() -> None:
    assert {_room(module) for module in MODULES} == LEVEL.keys()
    assert {module.split(".")[1] for module in MODULES if module.startswith("commands.")} == {
        "__init__",
        *COMMAND_LEVEL,
    }


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_down(module: str) -> None:
    room = _room(module)
    for imported in _imports(MODULES[module], late=True):
        other = _room(imported)
        lower = LEVEL[other] < LEVEL[room] or other == room
        assert lower or (module, other) == ("__init__", "pipeline"), f"{module} imports {imported}"


@pytest.mark.parametrize("name", COMMAND_LEVEL)
def test_among_commands_imports_go_down(name: str) -> None:
    for imported in _imports(PACKAGE / "commands" / f"{name}.py", late=True):
        if imported.startswith("commands."):
            assert COMMAND_LEVEL[imported.split(".")[1]] < COMMAND_LEVEL[name], f"{name} imports {imported}"


def test_there_are_no_circles() -> None:
    graph = {module: _imports(path, late=False) for module, path in MODULES.items()}
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, f"{' -> '.join((*path, module))}"
        if module not in done:
            for imported in sorted(graph.get(module, ())):
                visit(imported, (*path, module))
            done.add(module)

    for module in MODULES:
        visit(module, ())


@pytest.mark.parametrize("module", [module for module in MODULES if _room(module) not in MAY_PRINT])
def test_what_cleans_prints_nothing(module: str) -> None:
    tree = ast.parse(MODULES[module].read_text())
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "print"]
    assert not calls


def test_no_room_is_called_utils() -> None:
    names = {part for module in MODULES for part in module.split(".")}
    assert not {"utils", "helpers", "manager", "common", "misc"} & names
