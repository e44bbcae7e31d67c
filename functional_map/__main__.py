"""`python -m functional_map [year]`: check the map's files; exit 1 and say what to mend where there are problems."""

from __future__ import annotations

import sys

from functional_map.check import check_year
from functional_map.load import load_map, years


def main(arguments: list[str]) -> int:
    chosen = [int(year) for year in arguments if year.isdigit()] or years()
    failed = False
    for year in chosen:
        problems = check_year(year)
        failed = failed or bool(problems)
        for problem in problems:
            print(problem)
        if problems:
            print(f"Map {year}: {len(problems)} problems to mend.")
        else:
            functional_map = load_map(year)
            print(
                f"Map {year}: {len(functional_map.items)} items in {len(functional_map.domains)} domains, no problem."
            )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
