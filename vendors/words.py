"""Problems and parts of an edition in the reader's language, for pages, workbooks and the terminal alike."""

from __future__ import annotations

from interface.language import Texts
from vendors.problems import Problem


def sentence(problem: Problem, t: Texts) -> str:
    """What is wrong and how to mend it; a column is called by its heading."""
    values = dict(problem.values)
    if "field" in values:
        values["field"] = t(f"column.{values['field']}")
    return t(problem.key, **values)


def cell_place(problem: Problem) -> str:
    """Where it is wrong in a workbook: "pipedrive!K12"; empty where it is about no sheet."""
    return "!".join(filter(None, (problem.sheet, problem.cell)))


def file_place(problem: Problem) -> str:
    """Where it is wrong, for people who edit the files: "pipedrive.yaml: lead-scoring, basis"."""
    entry = problem.entry if problem.table == "ratings" else " ".join(filter(None, (problem.table, problem.entry)))
    return ": ".join(
        filter(None, (problem.product and f"{problem.product}.yaml", ", ".join(filter(None, (entry, problem.field)))))
    )


def file_line(problem: Problem, t: Texts) -> str:
    """Place and sentence as the terminal prints them."""
    place = file_place(problem)
    return t("check.place", where=place, sentence=sentence(problem, t)) if place else sentence(problem, t)
