"""The response grid: a workbook in which a vendor says, function by function, what the product does; and back.

One grid is for one product: its plans and modules are in the drop-downs, and the answers find their way home.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import openpyxl

from exports.delivery import Delivery
from functional_map.workbook_guard import refuse
from interface.sheets import Book, clean
from interface.theme import LIGHT
from vendors.model import UNITS, Product
from workshops.model import CURRENCIES, LONGEST_NAME, LONGEST_NOTE, ProjectError, ProjectRating

KIND, FORMAT = "crm-response-grid", 1
KEY_SHEET, LIST_SHEET = "_grid", "_lists"
ANSWERS, PRICES = 1, 2  # places of the sheets after the first
# columns of the answers
ID, DOMAIN, FUNCTION, LEVELS, MUST, LEVEL, PLAN, COMMENT = range(8)
FIRST_ROW = 1
# columns of the prices
LINE, PRICE_PLAN, AMOUNT, UNIT, CURRENCY, MINIMUM, PRICE_COMMENT = range(7)
MORE_PRICES = 8  # empty lines for what the grid does not foresee
WHO_ROWS = ("company", "name", "mail")
MOST_AMOUNT = 1e9
Problems = list[tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Answer:
    """What a vendor says of one function."""

    item_id: str
    level: int
    plan_id: str = ""
    add_on_id: str = ""
    comment: str = ""


@dataclass(frozen=True)
class PriceLine:
    """A line of the vendor's prices."""

    line: str
    amount: float
    unit: str
    currency: str
    minimum: int | None = None
    comment: str = ""


@dataclass(frozen=True)
class Answers:
    """A grid that came back."""

    product_id: str
    who: str
    answers: tuple[Answer, ...]
    prices: tuple[PriceLine, ...]
    asked: int  # functions that the grid asked about

    def ratings(self, today: dt.date, versions: dict[str, int]) -> list[ProjectRating]:
        """The answers as ratings of the project, declared by who filled in the grid."""
        return [
            ProjectRating(
                self.product_id,
                one.item_id,
                one.level,
                "declared",
                self.who,
                today,
                plan_id=one.plan_id,
                add_on_id=one.add_on_id,
                note=one.comment,
                version=versions.get(one.item_id, 0),
            )
            for one in self.answers
        ]


def response_grid(delivery: Delivery, product_id: str) -> bytes:
    """The grid for one product: what is asked, in five sentences each; never at which level it is asked."""
    return _Grid(delivery, delivery.assessment.edition.products[product_id]).made()


def asked_items(delivery: Delivery) -> list[str]:
    """The functions that a grid asks about: those with a level above 0, in the order of the map."""
    asked = delivery.assessment.project.asked()
    return [item for item in delivery.assessment.domains.index if asked.get(item, 0) > 0]


class _Grid:
    def __init__(self, delivery: Delivery, product: Product) -> None:
        self.delivery, self.product = delivery, product
        self.a, self.t, self.words = delivery.assessment, delivery.t, delivery.words
        self.book = Book()
        self.line = self.book.made(text_wrap=True, bottom=1, bottom_color=LIGHT.line)
        self.strong = self.book.made(text_wrap=True, bold=True, bottom=1, bottom_color=LIGHT.line)
        self.unlocked = self.book.made(**_INPUT, locked=False, text_wrap=True)
        self.unlocked_centred = self.book.made(**_INPUT, locked=False, align="center")
        self.unlocked_number = self.book.made(**_INPUT, locked=False, num_format="#,##0.##")

    def made(self) -> bytes:
        self.first()
        self.answers()
        self.prices()
        self.lists()
        self.keys()
        return self.book.close()

    def sheet(self, name: str, widths: list[float], heads: list[str]) -> Any:
        sheet = self.book.sheet(self.t(f"rfp.sheet.{name}"), heads, widths)
        sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True, "sort": False})
        self.book.foot(sheet, self.delivery.about)
        return sheet

    def first(self) -> None:
        """What the grid is, how to answer, and who answers."""
        t, book, language = self.t, self.book, self.t.language
        sheet = self.sheet("first", [28, 100], [t("rfp.title"), clean(self.product.name)])
        sheet.set_row(0, 24)
        row = 2
        for label, text in (
            (t("rfp.from"), self.delivery.about),
            (t("rfp.users"), t("context.users", count=self.a.project.context.users)),
            (t("rfp.how"), t("rfp.how_text")),
            (t("rfp.level"), t("rfp.level_text")),
            (t("rfp.plan"), t("rfp.plan_text")),
            (t("rfp.must"), t("rfp.must_text")),
        ):
            sheet.write_string(row, 0, label, book.bold)
            sheet.write_string(row, 1, clean(text), book.wrapped)
            sheet.set_row(row, 15 * max(1, -(-len(text) // 105)))
            row += 1
        row += 1
        sheet.write_string(row, 0, t("rfp.scale"), book.bold)
        for level in range(5):
            sheet.write_string(row, 1, f"{level}  {self.a.map.vocabulary.as_rating[level][language]}", book.wrapped)
            row += 1
        row += 1
        self.who_row = row
        for place, name in enumerate(WHO_ROWS):
            sheet.write_string(row + place, 0, t(f"rfp.who.{name}"), book.bold)
            sheet.write_blank(row + place, 1, None, self.unlocked)

    def answers(self) -> None:
        t, book = self.t, self.book
        heads = [t(f"rfp.column.{name}") for name in _ANSWER_HEADS]
        sheet = self.sheet("answers", [4, 22, 44, 62, 14, 9, 26, 50], heads)
        sheet.set_column(ID, ID, 4, None, {"hidden": True})
        sheet.freeze_panes(FIRST_ROW, LEVELS)
        must_haves, row = self.a.project.must_haves(), FIRST_ROW
        for item in asked_items(self.delivery):
            label, definition, levels = self.words.item(item), *self._what(item)
            sheet.write_string(row, ID, item, book.text)
            sheet.write_string(row, DOMAIN, clean(self.words.domain(self.a.domains[item])), self.line)
            sheet.write_string(row, FUNCTION, clean(f"{label}\n{definition}".strip()), self.line)
            sheet.write_string(row, LEVELS, clean(levels), self.line)
            self.book.put(sheet, row, MUST, t("requirements.must_have") if item in must_haves else None, self.strong)
            for column, look in ((LEVEL, self.unlocked_centred), (PLAN, self.unlocked), (COMMENT, self.unlocked)):
                sheet.write_blank(row, column, None, look)
            lines = sum(-(-len(line) // 76) for line in levels.splitlines())
            sheet.set_row(row, min(13.8 * max(lines, 1 + -(-len(definition) // 48), 1), 400))
            row += 1
        last = max(row - 1, FIRST_ROW)
        sheet.data_validation(
            FIRST_ROW,
            LEVEL,
            last,
            LEVEL,
            {"validate": "list", "source": [0, 1, 2, 3, 4], "error_message": t("rfp.level_error")},
        )
        sheet.data_validation(
            FIRST_ROW,
            PLAN,
            last,
            PLAN,
            {"validate": "list", "source": f"={LIST_SHEET}!$A$1:$A${len(self.choices())}"},
        )
        sheet.autofilter(0, 0, last, COMMENT)

    def _what(self, item: str) -> tuple[str, str]:
        """What a function is for, and its five levels as a product offers them."""
        language, vocabulary = self.t.language, self.a.map.vocabulary
        known = self.a.map.items.get(item)
        if known is None:
            own = next(one for one in self.a.project.own_items if one.id == item)
            return own.definition, "\n".join(f"{level}  {vocabulary.as_rating[level][language]}" for level in range(5))
        levels = [vocabulary.as_rating[0], *(known.levels[level] for level in range(1, 5))]
        return known.definition[language], "\n".join(
            f"{level}  {sentence[language]}" for level, sentence in enumerate(levels)
        )

    def choices(self) -> list[str]:
        """What a function may need: nothing, a plan, or a module."""
        return [self.t("rfp.every_plan"), *plan_names(self.product), *module_names(self.product, self.t("rfp.module"))]

    def prices(self) -> None:
        t, book = self.t, self.book
        heads = [t(f"rfp.price.{name}") for name in _PRICE_HEADS]
        sheet = self.sheet("prices", [36, 26, 14, 22, 10, 14, 60], heads)
        lines = [(t("cost.licences"), name) for name in plan_names(self.product)]
        lines += [(t("cost.add-ons"), clean(one.name)) for one in self.product.add_ons]
        lines += [
            (t(f"cost.{name}"), "") for name in ("implementation", "migration", "integration", "training", "support")
        ]
        lines += [("", "")] * MORE_PRICES
        for row, (line, name) in enumerate(lines, start=1):
            look = book.text if line else self.unlocked
            book.put(sheet, row, LINE, line or None, look)
            book.put(sheet, row, PRICE_PLAN, name or None, book.text if name else self.unlocked)
            for column, cell in (
                (AMOUNT, self.unlocked_number),
                (UNIT, self.unlocked),
                (CURRENCY, self.unlocked_centred),
                (MINIMUM, self.unlocked_number),
                (PRICE_COMMENT, self.unlocked),
            ):
                sheet.write_blank(row, column, None, cell)
        last = len(lines)
        sheet.data_validation(
            1, UNIT, last, UNIT, {"validate": "list", "source": f"={LIST_SHEET}!$B$1:$B${len(UNITS)}"}
        )
        sheet.data_validation(1, CURRENCY, last, CURRENCY, {"validate": "list", "source": list(CURRENCIES)})

    def lists(self) -> None:
        sheet = self.book.book.add_worksheet(LIST_SHEET)
        for row, name in enumerate(self.choices()):
            sheet.write_string(row, 0, name)
        for row, unit in enumerate(unit_names(self.t)):
            sheet.write_string(row, 1, unit)
        sheet.very_hidden()

    def keys(self) -> None:
        """What the application needs to read the grid back, out of sight."""
        sheet = self.book.book.add_worksheet(KEY_SHEET)
        project = self.a.project
        for row, (name, value) in enumerate(
            (
                ("kind", KIND),
                ("format", str(FORMAT)),
                ("project", project.id),
                ("edition", project.edition_id),
                ("product", self.product.id),
                ("language", self.t.language),
                ("who_row", str(self.who_row)),
            )
        ):
            sheet.write_string(row, 0, name)
            sheet.write_string(row, 1, value)
        sheet.very_hidden()


_INPUT = {"bg_color": "#FFF7DC", "border": 1, "border_color": "#D9CFA8"}
_ANSWER_HEADS = ("id", "domain", "function", "levels", "must", "level", "plan", "comment")
_PRICE_HEADS = ("line", "name", "amount", "unit", "currency", "minimum", "comment")


def plan_names(product: Product) -> list[str]:
    return [clean(plan.name) for plan in product.plans]


def module_names(product: Product, word: str) -> list[str]:
    return [f"{word} {clean(one.name)}" for one in product.add_ons]


def unit_names(t: Any) -> list[str]:
    return [t(f"rfp.unit.{unit}") for unit in UNITS]


# and back


def read_answers(content: bytes, delivery: Delivery) -> Answers:
    """The answers of a grid that a vendor filled in.

    Raises ProjectError with every problem at once; nothing of a grid with problems is used.
    """
    if refusal := refuse(content):
        raise ProjectError([(refusal.key, refusal.values)])
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheets = {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}
    except Exception as error:  # whatever a reader makes of a damaged file, the person needs one sentence
        raise ProjectError([("rfp.problem.unreadable", {})]) from error
    return _Reader(sheets, delivery).read()


class _Reader:
    def __init__(self, sheets: dict[str, list[list[Any]]], delivery: Delivery) -> None:
        self.delivery, self.a = delivery, delivery.assessment
        self.problems: Problems = []
        keys = sheets.get(KEY_SHEET) or []
        self.keys = {str(row[0]): str(row[1]) for row in keys if len(row) >= 2}
        self.sheets = [rows for name, rows in sheets.items() if name not in (KEY_SHEET, LIST_SHEET)]
        self.names = [name for name in sheets if name not in (KEY_SHEET, LIST_SHEET)]

    def read(self) -> Answers:
        self._check_keys()
        self.product = self.a.edition.products[self.keys["product"]]
        self.t = type(self.delivery.t)(self.keys["language"])
        who = self._who()
        answers = tuple(self._answers())
        prices = tuple(self._prices())
        if not answers and all(problem == "rfp.problem.who" for problem, _ in self.problems):
            self.problems.append(("rfp.problem.empty", {}))
        if self.problems:
            raise ProjectError(self.problems)
        asked = sum(bool(_text(row, ID)) for row in self.sheets[ANSWERS][FIRST_ROW:])
        return Answers(self.product.id, who, answers, prices, asked)

    def _check_keys(self) -> None:
        """Whether this is a grid of this project, from a version that we read."""
        project = self.a.project
        if self.keys.get("kind") != KIND or len(self.sheets) <= PRICES or not self.keys.get("who_row", "").isdecimal():
            raise ProjectError([("rfp.problem.not_a_grid", {})])
        if self.keys.get("format") != str(FORMAT) or self.keys.get("language") not in ("en", "fr"):
            raise ProjectError([("rfp.problem.version", {})])
        if self.keys.get("project") != project.id:
            raise ProjectError([("rfp.problem.project", {})])
        if self.keys.get("product") not in self.a.edition.products:
            raise ProjectError([("rfp.problem.product", {"product": str(self.keys.get("product"))[:80]})])

    def _who(self) -> str:
        """Who answers: the name and the company, for everybody who reads the rating later."""
        rows, start = self.sheets[0], int(self.keys["who_row"])
        found = [_text(rows[start + place], 1) if start + place < len(rows) else "" for place in range(len(WHO_ROWS))]
        company, name = found[0], found[1]
        if not name:
            self.problems.append(("rfp.problem.who", {"sheet": self.names[0], "cell": f"B{start + 2}"}))
        who = ", ".join(one for one in (name, company) if one)
        if len(who) > LONGEST_NAME:
            self.problems.append(("rfp.problem.long_who", {"most": LONGEST_NAME}))
        return who[:LONGEST_NAME]

    def _answers(self) -> Iterator[Answer]:
        known = {*self.a.map.items, *(item.id for item in self.a.project.own_items)}
        seen: dict[str, int] = {}
        for number, row in enumerate(self.sheets[ANSWERS][FIRST_ROW:], start=FIRST_ROW + 1):
            item, level, plan, comment = (_text(row, column) for column in (ID, LEVEL, PLAN, COMMENT))
            if not (level or plan or comment):
                continue
            where = {"sheet": self.names[ANSWERS], "row": number}
            if item not in known:
                self.problems.append(("rfp.problem.item", where))
                continue
            if item in seen:
                self.problems.append(("rfp.problem.twice", where | {"first": seen[item]}))
                continue
            seen[item] = number
            value = _whole(row[LEVEL])
            if level and value not in range(5):
                self.problems.append(("rfp.problem.level", where | {"value": level[:40]}))
                continue
            if plan and not level:
                self.problems.append(("rfp.problem.no_level", where))
                continue
            if len(comment) > LONGEST_NOTE:
                self.problems.append(("rfp.problem.comment", where | {"most": LONGEST_NOTE}))
            chosen = self._plan(plan, where)
            if level and chosen is not None:
                yield Answer(item, int(value), *chosen, comment=clean(comment))

    def _plan(self, name: str, where: dict[str, Any]) -> tuple[str, str] | None:
        """(plan, module) that a vendor chose; None, with a problem, where neither is known."""
        if not name or name == self.t("rfp.every_plan"):
            return "", ""
        plans = {clean(plan.name): plan.id for plan in self.product.plans}
        modules = dict(
            zip(module_names(self.product, self.t("rfp.module")), (one.id for one in self.product.add_ons), strict=True)
        )
        if name in plans:
            return plans[name], ""
        if name in modules:
            return "", modules[name]
        self.problems.append(("rfp.problem.plan", where | {"value": name[:60], "known": ", ".join([*plans, *modules])}))
        return None

    def _prices(self) -> Iterator[PriceLine]:
        units = dict(zip(unit_names(self.t), UNITS, strict=True))
        for number, row in enumerate(self.sheets[PRICES][1:], start=2):
            line, name, amount, unit, currency, comment = (
                _text(row, column) for column in (LINE, PRICE_PLAN, AMOUNT, UNIT, CURRENCY, PRICE_COMMENT)
            )
            if not amount:
                continue
            where = {"sheet": self.names[PRICES], "row": number}
            value = _number(row[AMOUNT])
            if value is None or not 0 <= value <= MOST_AMOUNT:
                self.problems.append(("rfp.problem.amount", where | {"value": amount[:40]}))
                continue
            if unit not in units:
                self.problems.append(("rfp.problem.unit", where | {"known": ", ".join(units)}))
                continue
            if currency not in CURRENCIES:
                self.problems.append(("rfp.problem.currency", where | {"known": ", ".join(CURRENCIES)}))
                continue
            label = " · ".join(one for one in (line, name) if one) or self.t("rfp.other_line")
            minimum = _whole(row[MINIMUM]) if len(row) > MINIMUM else None
            yield PriceLine(clean(label)[:200], value, units[unit], currency, minimum, clean(comment))


def _text(row: list[Any], column: int) -> str:
    value = row[column] if column < len(row) else None
    return "" if value is None else clean(value).strip()


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        found = float(str(value).replace("\u202f", "").replace("\u00a0", "").replace(" ", "").replace(",", "."))
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _whole(value: Any) -> int | None:
    found = _number(value)
    return int(found) if found is not None and found == int(found) else None
