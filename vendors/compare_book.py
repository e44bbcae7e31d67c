"""The differences of two editions as a workbook."""

from __future__ import annotations

import pandas as pd

from functional_map.model import FunctionalMap
from interface.language import Texts
from interface.sheets import Book, clean
from vendors.compare import Differences
from vendors.model import Edition


def differences_workbook(
    found: Differences, before: Edition, after: Edition, functional_map: FunctionalMap, t: Texts
) -> bytes:
    """Summary, ratings, plans and prices, products and items, coverage; the ratings that weigh most come first."""
    maker = _Maker(found, before, after, functional_map, t)
    maker.summary()
    maker.ratings()
    maker.facts()
    maker.items()
    maker.coverage()
    return maker.book.close()


class _Maker:
    def __init__(
        self, found: Differences, before: Edition, after: Edition, functional_map: FunctionalMap, t: Texts
    ) -> None:
        self.found, self.before, self.after, self.map, self.t = found, before, after, functional_map, t
        self.book = Book()

    def name(self, product: str) -> str:
        known = self.after.products.get(product) or self.before.products.get(product)
        return known.name if known else product

    def item(self, item: str) -> str:
        return self.map.items[item].label[self.t.language] if item in self.map.items else item

    def summary(self) -> None:
        t, book = self.t, self.book
        sheet = book.sheet(t("diff.summary"), [t("diff.what"), t("diff.count")], [60, 14])
        rows = [(t("diff.title", before=self.before.title[t.language], after=self.after.title[t.language]), None)]
        rows += [(t(f"diff.kind.{kind}"), count) for kind, count in self.found.counts().items()]
        rows += [(t("diff.facts"), len(self.found.facts)), (t("diff.items"), len(self.found.items))]
        rows += [
            (f"{t(f'diff.product.{row.change}')}: {self.name(row.product)}", None)
            for row in self.found.products.itertuples()
        ]
        for line, (words, count) in enumerate(rows, start=1):
            sheet.write_string(line, 0, clean(words), book.text)
            if count is not None:
                sheet.write_number(line, 1, count, book.text)

    def ratings(self) -> None:
        t, book = self.t, self.book
        names = (
            "product",
            "domain",
            "item",
            "change",
            "before",
            "after",
            "basis_before",
            "basis_after",
            "fields",
            "note",
            "weight",
        )
        sheet = book.sheet(
            t("diff.ratings"), [t(f"diff.column.{name}") for name in names], [22, 24, 40, 18, 9, 9, 16, 16, 26, 60, 12]
        )
        for line, row in enumerate(self.found.ratings.itertuples(), start=1):
            domain = self.map.domain_of.get(row.item)
            words = [
                self.name(row.product),
                self.map.domain(domain).label[t.language] if domain else "",
                self.item(row.item),
                t(f"diff.kind.{row.change}"),
            ]
            for column, text in enumerate(words):
                sheet.write_string(line, column, clean(text), book.wrapped if column == 2 else book.text)
            for column, level in ((4, row.before), (5, row.after)):
                book.level(sheet, line, column, None if pd.isna(level) else float(level))
            for column, basis in ((6, row.basis_before), (7, row.basis_after)):
                sheet.write_string(line, column, t(f"basis.{basis}") if basis else t("basis.not-rated"), book.text)
            sheet.write_string(line, 8, clean(row.fields), book.text)
            sheet.write_string(line, 9, clean(row.note), book.wrapped)
            sheet.write_number(line, 10, row.weight, book.share)
        sheet.autofilter(0, 0, max(len(self.found.ratings), 1), len(names) - 1)

    def facts(self) -> None:
        t, book = self.t, self.book
        names = ("product", "table", "entry", "field", "before", "after")
        sheet = book.sheet(t("diff.facts"), [t(f"diff.column.{name}") for name in names], [22, 20, 26, 20, 50, 50])
        for line, row in enumerate(self.found.facts.itertuples(), start=1):
            words = [
                self.name(row.product),
                t(f"table.{row.table}"),
                row.entry,
                t(f"column.{row.field}") if row.field else "",
                row.before,
                row.after,
            ]
            for column, text in enumerate(words):
                sheet.write_string(line, column, clean(text), book.wrapped if column > 3 else book.text)
        sheet.autofilter(0, 0, max(len(self.found.facts), 1), len(names) - 1)

    def items(self) -> None:
        t, book = self.t, self.book
        sheet = book.sheet(
            t("diff.items"), [t(f"diff.column.{name}") for name in ("change", "before", "after")], [20, 50, 50]
        )
        for line, row in enumerate(self.found.items.itertuples(), start=1):
            for column, text in enumerate((t(f"diff.item.{row.change}"), row.before, row.after)):
                sheet.write_string(line, column, clean(text), book.text)

    def coverage(self) -> None:
        t, book = self.t, self.book
        names = ("rated_before", "rated_after", "evidenced_before", "evidenced_after")
        sheet = book.sheet(
            t("diff.coverage"),
            [t("diff.column.product"), *(t(f"diff.column.{name}") for name in names)],
            [24, 16, 16, 18, 18],
        )
        for line, (product, row) in enumerate(self.found.coverage.iterrows(), start=1):
            sheet.write_string(line, 0, clean(self.name(str(product))), book.text)
            for column, name in enumerate(names, start=1):
                sheet.write_number(line, column, int(row[name]), book.text)
