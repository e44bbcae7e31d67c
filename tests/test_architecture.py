"""The floors of the house: who may import whom, and where Streamlit and SQL may appear."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("interface", "scoring", "functional_map", "vendors", "workshops", "exports")
# a folder may import itself and these; the interface is for what is shown only
MAY_IMPORT = {
    "interface": set(),
    "scoring": set(),
    "functional_map": {"interface"},
    "vendors": {"functional_map", "interface"},
    "workshops": {"vendors", "functional_map", "scoring", "interface"},
    "exports": {"workshops", "vendors", "functional_map", "scoring", "interface"},
}
FILES = [path.relative_to(ROOT) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
# plain modules that put results into words
SHOWN = {
    "workshops/words.py",
    "vendors/words.py",
    "vendors/spreadsheet.py",
    "vendors/spreadsheet_in.py",
    "vendors/compare_book.py",
    "vendors/__main__.py",
}


def imported(path: Path) -> set[str]:
    """Every module that a file imports, at whatever depth."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            found.add(node.module or "")
    return found


def is_page(path: Path) -> bool:
    return path.stem.endswith(("_page", "_widgets"))


@pytest.mark.parametrize("path", FILES, ids=str)
def test_imports_follow_the_arrows(path):
    package = path.parts[0]
    ours = {module.split(".")[0] for module in imported(path)} & set(PACKAGES)

    assert ours <= MAY_IMPORT[package] | {package}


@pytest.mark.parametrize("path", FILES, ids=str)
def test_streamlit_appears_only_in_pages_and_their_widgets(path):
    uses_streamlit = any(module.split(".")[0] == "streamlit" for module in imported(path))

    assert not uses_streamlit or is_page(path)


@pytest.mark.parametrize("path", [path for path in FILES if path.parts[0] not in ("interface", "exports")], ids=str)
def test_domain_modules_do_not_know_the_interface(path):
    uses_interface = any(module.split(".")[0] == "interface" for module in imported(path))

    assert not uses_interface or is_page(path) or path.as_posix() in SHOWN


@pytest.mark.parametrize("path", FILES, ids=str)
def test_sql_appears_only_in_the_store(path):
    uses_sql = any(module.split(".")[0] in ("sqlalchemy", "alembic", "sqlite3", "psycopg") for module in imported(path))

    assert not uses_sql or path.parts[:2] in (("workshops", "store"), ("workshops", "migrations"))


def test_pages_are_imported_by_nobody():
    pages = {".".join(path.with_suffix("").parts) for path in FILES if path.stem.endswith("_page")}

    assert not [path for path in FILES if imported(path) & pages]


def test_no_arrow_runs_in_a_circle_inside_a_package():
    """A module stands above all that it imports: following imports never leads back."""
    graph = {".".join(path.with_suffix("").parts): imported(path) for path in FILES}

    def reaches_itself(start: str) -> bool:
        seen, waiting = set(), list(graph[start])
        while waiting:
            module = waiting.pop()
            if module == start:
                return True
            if module in graph and module not in seen:
                seen.add(module)
                waiting += graph[module]
        return False

    assert not [module for module in graph if reaches_itself(module)]


def test_start_up_keeps_reruns_fast():
    """The two halves of the five-fold: the collector is off after runs, and what is loaded is frozen."""
    import tomllib

    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))

    assert config["runner"]["postScriptGC"] is False
    assert "gc.freeze()" in (ROOT / "app.py").read_text(encoding="utf-8")
