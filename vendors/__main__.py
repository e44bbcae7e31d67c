"""`python -m vendors`: check, export, compare and describe editions from a terminal.

python -m vendors                          check the newest edition that comes with the application
python -m vendors --product pipedrive      check one product of it
python -m vendors check renewal.xlsx       check a renewal workbook against the draft, or the newest edition
python -m vendors export -o renewal.xlsx   write the renewal workbook (--products a,b for some of them)
python -m vendors diff 2026 2027           what changed between two editions (-o FILE.xlsx for all of it; "draft" is one)
python -m vendors report                   coverage, domains, telling items, near products, stale prices
python -m vendors priors                   write the priors of the newest edition from its evidenced ratings
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path

from functional_map.changes import item_changes
from functional_map.load import load_map
from functional_map.load import years as map_years
from interface.language import LANGUAGES, Texts, texts
from vendors.check import check_folder, check_product
from vendors.compare import differences
from vendors.compare_book import differences_workbook
from vendors.draft import current_draft
from vendors.entries import all_entries
from vendors.load import FOLDER, load_edition, read_edition, read_product, shipped_editions
from vendors.model import Edition
from vendors.notes import missing_french, read_french, translated_products
from vendors.publish import editions, newest_edition
from vendors.report import report
from vendors.spreadsheet import Stamp, edition_workbook
from vendors.spreadsheet_in import read_workbook
from vendors.tables import prior_levels
from vendors.words import cell_place, file_line, sentence
from vendors.write import priors_text, write_text

COMMANDS = ("check", "export", "diff", "report", "priors")
MOST_LINES = 12


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0].startswith("--product") or arguments[0].startswith("--edition"):
        arguments = ["check", *arguments]
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except BrokenPipeError:  # the reader of our output went away
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m vendors", description="Check, export, compare and describe editions."
    )
    commands = parser.add_subparsers(required=True, metavar="{" + ",".join(COMMANDS) + "}")
    for name, run in (
        ("check", _check),
        ("export", _export),
        ("diff", _diff),
        ("report", _report),
        ("priors", _priors),
    ):
        command = commands.add_parser(name, help=(run.__doc__ or "").splitlines()[0])
        command.set_defaults(run=run)
        command.add_argument("--language", choices=list(LANGUAGES), default="en")
        if name == "diff":
            command.add_argument("before")
            command.add_argument("after")
        else:
            command.add_argument("--edition", help="id of an edition; the newest unless said")
        if name == "check":
            command.add_argument("workbook", nargs="?", type=Path)
            command.add_argument("--product", help="check one product only")
        if name == "export":
            command.add_argument("--products", default="", help="ids between commas; all unless said")
        if name in ("export", "diff"):
            command.add_argument("-o", "--output", type=Path, required=name == "export")
    return parser


# commands


def _check(options: argparse.Namespace) -> int:
    """Check an edition's files, one product, or a workbook; exit 1 where there is something to mend."""
    t = texts("vendors", options.language)
    if options.workbook:
        return _check_workbook(options.workbook, t)
    folder = FOLDER / (options.edition or max(shipped_editions(), default=str(map_years()[-1])))
    if options.product:
        return _check_product(folder / f"{options.product}.yaml", t)
    if not (folder / "edition.yaml").exists():
        folder = editions().get(options.edition, folder)
    problems = check_folder(folder)
    unread: list[str] = []
    for product in translated_products():
        read_french(product, unread)
    for line in (*(file_line(problem, t) for problem in problems), *unread):
        print(line)
    edition, _ = read_edition(folder)
    count = len(edition.products) if edition else 0
    print(f"Edition {folder.name}: {count} products, {_counted(len(problems) + len(unread))}.")
    return int(bool(problems or unread))


def _check_product(path: Path, t: Texts) -> int:
    product, unread = read_product(path)
    problems = []
    if product is not None:
        problems = check_product(product, load_map(map_years()[-1]), dt.date.today())
    for line in (*unread, *(file_line(problem, t) for problem in problems)):
        print(line)
    if product is not None:
        print(f"{path.name}: rests on {dict(product.rests_on)}, {len(product.not_rated)} not rated.")
    print(f"{path.name}: {_counted(len(unread) + len(problems))}.")
    return int(bool(unread or problems))


def _check_workbook(path: Path, t: Texts) -> int:
    draft = current_draft()
    edition = draft.edition if draft else load_edition(editions()[newest_edition()])
    try:
        content = path.read_bytes()
    except OSError as error:
        print(f"{path}: cannot be read ({error.strerror}).")
        return 1
    reading = read_workbook(content, load_map(edition.map_year), list(edition.products))
    for problem in (*reading.problems, *reading.notices):
        print(": ".join(filter(None, (cell_place(problem), sentence(problem, t)))))
    rows = sum(len(found) for found in reading.entries.values())
    print(f"{path.name}: {rows} lines, {_counted(len(reading.problems))}.")
    return int(bool(reading.problems))


def _export(options: argparse.Namespace) -> int:
    """Write the renewal workbook of the draft, or of an edition where none is in preparation."""
    draft, t, today = current_draft(), texts("vendors", options.language), dt.date.today()
    chosen = [one.strip() for one in options.products.split(",") if one.strip()]
    if draft and not options.edition:
        edition, before, stamp = draft.as_of(today), draft.last_year, draft.stamp(today)
    else:
        edition = before = _edition(options.edition or newest_edition())
        stamp = Stamp(edition.id, 0, edition.id, today)
    content = edition_workbook(
        edition, all_entries(edition), all_entries(before), load_map(edition.map_year), t, stamp, products=chosen
    )
    options.output.write_bytes(content)
    print(f"{options.output}: {len(chosen) or len(edition.products)} products, {len(content) / 2**20:.1f} MiB.")
    return 0


def _diff(options: argparse.Namespace) -> int:
    """What changed between two editions."""
    t = texts("vendors", options.language)
    before, after = _edition(options.before), _edition(options.after)
    functional_map = load_map(after.map_year)
    found = differences(before, after, item_changes(load_map(before.map_year), functional_map))
    if options.output:
        options.output.write_bytes(differences_workbook(found, before, after, functional_map, t))
    for row in found.products.itertuples():
        print(f"{t(f'diff.product.{row.change}')}: {row.product}")
    for row in found.items.itertuples():
        print(f"{t(f'diff.item.{row.change}')}: {row.before or '-'} -> {row.after or '-'}")
    for kind, count in found.counts().items():
        if count:
            print(f"{t(f'diff.kind.{kind}')}: {count}")
    for row in found.ratings.head(MOST_LINES).itertuples():
        levels = " -> ".join(
            "?" if level != level or level is None else f"{level:g}" for level in (row.before, row.after)
        )
        print(f"  [{row.product}] {row.item} {levels} ({row.basis_before or '?'} -> {row.basis_after or '?'})")
    for row in found.prices.head(MOST_LINES).itertuples():
        print(f"  [{row.product or 'edition'}] {row.entry} {row.field}: {row.before or '-'} -> {row.after or '-'}")
    print(f"{before.id} -> {after.id}: {len(found.ratings)} ratings and {len(found.facts)} other facts changed.")
    return 0


def _report(options: argparse.Namespace) -> int:
    """How good an edition is."""
    edition = _edition(options.edition or newest_edition())
    found = report(edition, load_map(edition.map_year), dt.date.today())
    shares = found.coverage.assign(
        rated=found.coverage["rated"].round(2), evidenced=found.coverage["evidenced"].round(2)
    )
    _print("What the ratings rest on", shares)
    _print("Mean level by domain", found.domains.round(2).T)
    _print("Items that tell products apart most", found.items.head(MOST_LINES).round(2))
    _print("Items that tell products apart least", found.items.dropna().tail(MOST_LINES).round(2))
    _print("Products nearest to each other (mean difference in levels)", found.nearest.head(MOST_LINES).round(2))
    _print("Prices without an amount or a date, or older than a year", found.prices)
    _print("Texts without French", missing_french(edition))
    return 0


def _priors(options: argparse.Namespace) -> int:
    """Write the priors of an edition that comes with the application from its evidenced ratings."""
    folder = FOLDER / (options.edition or max(shipped_editions()))
    edition, problems = read_edition(folder)
    if edition is None or problems:
        print("\n".join(problems))
        return 1
    functional_map = load_map(edition.map_year)
    priors = prior_levels(edition, list(functional_map.items))
    write_text(folder / "priors.yaml", priors_text(priors.to_dict(), functional_map))
    print(
        f"{folder / 'priors.yaml'}: {len(priors)} priors from {len(edition.products)} products, mean {priors.mean():.2f}."
    )
    return 0


# words


def _edition(name: str) -> Edition:
    """An edition by its id, or the draft; ends with a sentence where there is none."""
    draft = current_draft()
    if name == "draft" and draft:
        return draft.edition
    known = editions()
    if name not in known:
        sys.exit(f'There is no edition "{name}"; there is {", ".join(known)}{", draft" if draft else ""}.')
    return load_edition(known[name])


def _counted(problems: int) -> str:
    return f"{problems or 'no'} problem{'s' if problems != 1 else ''}"


def _print(title: str, table: object) -> None:
    print(f"\n{title}\n{'-' * len(title)}\n{table.to_string()}")  # type: ignore[attr-defined]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
