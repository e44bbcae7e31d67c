"""`python -m vendors [year]`: check an edition's files; exit 1 and say what to mend where there are problems.

python -m vendors                     check every shipped edition
python -m vendors --product pipedrive check one product of the newest edition
python -m vendors priors              write the priors of the newest edition from its evidenced ratings
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path

from functional_map.load import FOLDER as MAPS
from functional_map.load import read_map
from functional_map.load import years as map_years
from vendors.check import check_folder, check_product
from vendors.load import FOLDER, read_edition, read_product, shipped_editions


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m vendors", description="Check and maintain the rated products.")
    parser.add_argument("command", nargs="?", default="check", choices=["check", "priors"])
    parser.add_argument("--product", help="check one product only")
    parser.add_argument("--edition", help="id of an edition; the newest unless said")
    options = parser.parse_args(arguments)
    folder = FOLDER / (options.edition or _newest())
    if options.product:
        return _check_product(folder / f"{options.product}.yaml")
    return _check(folder)


def _newest() -> str:
    editions = shipped_editions()
    return list(editions)[-1] if editions else max(p.name for p in FOLDER.iterdir() if p.name.isdigit())


def _check(folder: Path) -> int:
    problems = check_folder(folder)
    for problem in problems:
        print(problem)
    edition, _ = read_edition(folder)
    count = len(edition.products) if edition else 0
    print(
        f"Edition {folder.name}: {count} products, {len(problems) or 'no'} problem{'s' if len(problems) != 1 else ''}."
    )
    return int(bool(problems))


def _check_product(path: Path) -> int:
    product, problems = read_product(path)
    functional_map, _ = read_map(MAPS / str(map_years()[-1]))
    if product is not None:
        problems += check_product(product, functional_map, dt.date.today())
    for problem in problems:
        print(problem)
    if product is not None:
        print(f"{path.name}: rests on {dict(product.rests_on)}, {len(product.not_rated)} not rated.")
    print(f"{path.name}: {len(problems) or 'no'} problem{'s' if len(problems) != 1 else ''}.")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
