"""The shortlist as a workbook: summary, requirements, scores by domain, gaps and cost, as on the screen."""

from __future__ import annotations

import datetime as dt

from interface.language import Texts
from interface.marks import basis_words, verdict_words
from interface.sheets import Book, clean
from scoring.gates import GATES
from workshops.assess import Assessment
from workshops.reasons import exclusions
from workshops.words import Words

MOST_COMPARED = 8


def shortlist_workbook(assessment: Assessment, t: Texts, today: dt.date) -> bytes:
    """Requirements, ranking, scores by domain, gaps and cost of a project.

    Raises NothingAskedError while nothing is asked.
    """
    maker = _Maker(assessment, t)
    maker.summary(today)
    maker.requirements()
    maker.domains()
    maker.gaps()
    maker.costs()
    return maker.book.close()


class _Maker:
    def __init__(self, assessment: Assessment, t: Texts) -> None:
        self.a, self.t, self.words, self.book = assessment, t, Words(assessment, t), Book()
        self.result = assessment.shortlist
        self.compared = list(self.result.rows.index[:MOST_COMPARED])

    def name(self, offer: str) -> str:
        return self.a.offer_name(str(offer))

    def summary(self, today: dt.date) -> None:
        t, book, project = self.t, self.book, self.a.project
        heads = [
            t("book.rank"),
            t("shortlist.offer"),
            t("shortlist.fit"),
            t("book.cautious"),
            t("book.generous"),
            t("shortlist.documented"),
            t("shortlist.cost"),
            t("book.cost_low"),
            t("book.cost_high"),
            t("shortlist.ergonomics"),
            t("book.top", top=3),
            t("shortlist.verdict"),
            t("book.reasons"),
        ]
        sheet = book.sheet(t("book.sheet.summary"), heads, [6, 34, 8, 9, 9, 11, 14, 14, 14, 11, 10, 14, 70])
        verdicts = self.a.gates.verdict_of(self.a.offers.table.index)
        order = ("pass", "likely pass", "likely fail", "fail")
        for line, (offer, row) in enumerate(self.result.rows.iterrows(), start=1):
            if row["listed"]:
                sheet.write_number(line, 0, line, book.text)
            sheet.write_string(line, 1, clean(self.name(str(offer))), book.bold if row["listed"] else book.text)
            for column, value, look in (
                (2, row["fit"] * 100, book.score),
                (3, row["low"] * 100, book.score),
                (4, row["high"] * 100, book.score),
                (5, row["documented"], book.share),
                (6, row["cost"], book.money),
                (7, row["cost_low"], book.money),
                (8, row["cost_high"], book.money),
                (9, row["ergonomics"], book.score),
            ):
                sheet.write_number(line, column, value, look)
            if row["gates_passed"]:
                sheet.write_number(line, 10, row["probability"], book.share)
            worst = max((verdicts.loc[offer, gate] for gate in GATES), key=order.index)
            sheet.write_string(line, 11, verdict_words(worst, t), book.text)
            sheet.write_string(
                line,
                12,
                clean(" ".join(self.words.reason(key, values) for key, values in exclusions(self.a, str(offer)))),
                book.wrapped,
            )
        settings = project.settings
        notes = [
            t(
                "book.about",
                project=project.name,
                client=project.client or "–",
                edition=project.edition_id,
                date=t.date(today),
            ),
            t(
                "shortlist.constants",
                probability=t.percent(settings.probability),
                least=settings.at_least,
                most=settings.at_most,
                policy=t(f"shortlist.policy_{settings.policy}"),
                samples=t.number(len(self.a.robustness.weights)),
            ),
            t(
                "compare.cost_note",
                years=project.context.years,
                rate=t.percent(project.context.discount_rate, 1),
                currency=project.context.currency,
                date=t.date(self.a.edition.rates.date),
            ),
        ]
        for line, note in enumerate(notes, start=len(self.result.rows) + 3):
            sheet.write_string(line, 1, clean(note), book.text)

    def requirements(self) -> None:
        t, book, project = self.t, self.book, self.a.project
        heads = [
            t("requirements.domain"),
            t("requirements.item"),
            t("requirements.level"),
            t("requirements.sentence"),
            t("requirements.must_have"),
            t("requirements.note"),
            t("requirements.owner"),
            t("requirements.status"),
        ]
        sheet = book.sheet(t("book.sheet.requirements"), heads, [26, 36, 7, 60, 12, 50, 18, 14])
        line = 0
        for item_id, domain in self.a.domains.items():
            expectation = project.expectation(str(item_id))
            if expectation.level is None and not expectation.note:
                continue
            line += 1
            sheet.write_string(line, 0, clean(self.words.domain(domain)), book.text)
            sheet.write_string(line, 1, clean(self.words.item(str(item_id))), book.wrapped)
            if expectation.level is not None:
                book.level(sheet, line, 2, expectation.level)
                if item_id in self.a.map.items:
                    sheet.write_string(
                        line, 3, self.a.map.level_text(str(item_id), expectation.level, t.language), book.wrapped
                    )
            sheet.write_string(line, 4, t("yes") if expectation.must_have else "", book.bold)
            sheet.write_string(line, 5, clean(expectation.note), book.wrapped)
            sheet.write_string(line, 6, clean(expectation.owner), book.text)
            sheet.write_string(line, 7, t(f"status.{expectation.status}"), book.text)
        sheet.autofilter(0, 0, max(line, 1), len(heads) - 1)

    def domains(self) -> None:
        t, book, fit = self.t, self.book, self.a.fit
        heads = [
            t("requirements.domain"),
            t("context.share"),
            t("book.points"),
            *(self.name(offer) for offer in self.compared),
        ]
        sheet = book.sheet(t("book.sheet.domains"), heads, [34, 9, 9, *[16] * len(self.compared)])
        for line, domain in enumerate(fit.domain_fit.columns, start=1):
            sheet.write_string(line, 0, clean(self.words.domain(domain)), book.text)
            sheet.write_number(line, 1, fit.weights[domain], book.share)
            sheet.write_number(line, 2, fit.asked_by_domain[domain], book.text)
            for column, offer in enumerate(self.compared, start=3):
                sheet.write_number(line, column, fit.domain_fit.at[offer, domain] * 100, book.score)
        last = len(fit.domain_fit.columns) + 1
        sheet.write_string(last, 0, t("shortlist.fit"), book.bold)
        for column, offer in enumerate(self.compared, start=3):
            sheet.write_number(last, column, fit.scores[offer] * 100, book.score)

    def gaps(self) -> None:
        t, book, fit, offers = self.t, self.book, self.a.fit, self.a.offers
        heads = [t("requirements.domain"), t("requirements.item"), t("compare.asked")]
        for offer in self.compared:
            heads += [self.name(offer), t("book.known")]
        sheet = book.sheet(t("book.sheet.gaps"), heads, [26, 36, 9, *[11, 15] * len(self.compared)])
        sheet.freeze_panes(1, 3)
        for line, (item, asked) in enumerate(fit.asked.items(), start=1):
            sheet.write_string(line, 0, clean(self.words.domain(fit.domains[item])), book.text)
            sheet.write_string(line, 1, clean(self.words.item(str(item))), book.wrapped)
            book.level(sheet, line, 2, asked)
            for place, offer in enumerate(self.compared):
                rating = self.a.edition.products[offers.products[offer]].ratings.get(str(item))
                level, gap = offers.central.at[offer, item], fit.gaps.at[offer, item]
                column = 3 + 2 * place
                if rating is None:
                    book.level(sheet, line, column, None)
                else:
                    look = book.gap_more if gap >= 2 else book.gap_one if gap >= 1 else book.levels[int(level)]
                    sheet.write_number(line, column, level, look)
                sheet.write_string(line, column + 1, basis_words(rating.basis if rating else None, t), book.text)
        sheet.autofilter(0, 0, max(len(fit.asked), 1), len(heads) - 1)

    def costs(self) -> None:
        t, book = self.t, self.book
        heads = [
            t("shortlist.offer"),
            t("book.line"),
            t("book.timing"),
            t("book.each_low"),
            t("book.each_likely"),
            t("book.each_high"),
            t("book.present"),
            t("book.origin"),
            t("book.known"),
        ]
        sheet = book.sheet(t("book.sheet.cost"), heads, [34, 24, 12, 14, 14, 14, 16, 60, 16])
        lines = self.a.cost.present_values
        each = self.a.cost.lines
        line = 0
        for offer in self.compared:
            for place in lines.index[lines["offer"] == offer]:
                line += 1
                sheet.write_string(line, 0, clean(self.name(str(offer))), book.text)
                sheet.write_string(line, 1, t(f"cost.{lines.at[place, 'line']}"), book.text)
                sheet.write_string(line, 2, t(f"timing.{lines.at[place, 'timing']}"), book.text)
                for column, end in enumerate(("low", "likely", "high"), start=3):
                    sheet.write_number(line, column, each.at[place, end], book.money)
                sheet.write_number(line, 6, lines.at[place, "likely"], book.money)
                sheet.write_string(
                    line,
                    7,
                    clean(
                        self.words.origin(lines.at[place, "origin"], lines.at[place, "line"], lines.at[place, "detail"])
                    ),
                    book.wrapped,
                )
                sheet.write_string(line, 8, basis_words(lines.at[place, "basis"], t), book.text)
            line += 1
            sheet.write_string(line, 1, t("cost.total"), book.bold)
            sheet.write_number(line, 6, self.a.cost.totals.at[offer, "likely"], book.total)
