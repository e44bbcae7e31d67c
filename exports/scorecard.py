"""The scorecard: the whole calculation as a workbook with live formulas. Change a weight, and the ranking follows.

Every formula carries the application's own number as its value, so that a reader without a calculator sees it too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from exports.delivery import Delivery
from exports.scorecard_cost import CostFormulas
from interface.marks import BASIS_SIGNS, basis_words
from interface.sheets import Book, clean
from scoring.cost import annuity_in_advance
from scoring.gates import POLICIES

# which end of an interval decides under each policy (scoring/gates.py): the bad end, the central value, the good end
END_OF_POLICY = {"default": "central", "strict": "bad", "lenient": "good"}
ORDERS = ("central", "cautious")
ENDS = ("low", "central", "high")
FIRST_OFFER = 3  # the column of the first offer on every sheet with one row per item
EVIDENCED_SIGN = BASIS_SIGNS["documented"]


def scorecard(delivery: Delivery) -> bytes:
    """Requirements, ratings, weights, coverage, fit and cost of the best offer of each product, as live formulas.

    Raises NothingAskedError while nothing is asked.
    """
    return _Scorecard(delivery).made()


@dataclass(frozen=True)
class _Column:
    """A column of a sheet: where its values stand, as a formula names them."""

    sheet: str
    column: int
    first: int
    last: int

    def __str__(self) -> str:
        letter = xl_col_to_name(self.column)
        return f"'{self.sheet}'!${letter}${self.first + 1}:${letter}${self.last + 1}"

    def at(self, row: int) -> str:
        return f"'{self.sheet}'!${xl_col_to_name(self.column)}${row + 1}"


class _Scorecard:
    def __init__(self, delivery: Delivery) -> None:
        self.delivery, self.a, self.t, self.words = delivery, delivery.assessment, delivery.t, delivery.words
        self.offers = list(self.a.best.index)  # in the order of the ranking
        self.items, self.domains = list(self.a.domains.index), [one.id for one in self.a.map.domains]
        self.names = {name: self.t(f"scorecard.sheet.{name}") for name in SHEETS}
        self.book = Book()
        self.settings: dict[str, str] = {}  # name -> the cell that holds it
        self.asked = self.a.expectations.reindex(self.items).fillna(0.0)
        self.points = self.a.weights.reindex(self.domains).fillna(0.0)
        domain = self.a.domains.to_numpy()
        self.counted = self.asked.where(self.points.reindex(domain).to_numpy() > 0, 0.0)
        self.sheets = {name: self._sheet(name) for name in SHEETS}

    def made(self) -> bytes:
        self.settings_sheet()
        self.requirements()
        self.weights()
        for name, end in (("ratings", "central"), ("cautious", "low"), ("generous", "high")):
            self.levels(name, getattr(self.a.offers, end))
        self.known()
        self.coverage()
        self.fit()
        self.costs()
        self.offer_sheet()
        self.ranking()
        return self.book.close()

    # columns that formulas of other sheets name

    def item_column(self, sheet: str, column: int) -> _Column:
        return _Column(self.names[sheet], column, 1, len(self.items))

    def domain_column(self, column: int) -> _Column:
        return _Column(self.names["weights"], column, 1, len(self.domains))

    def offer_column(self, name: str) -> _Column:
        return _Column(self.names["offers"], OFFER_COLUMNS.index(name), 1, len(self.offers))

    # sheets

    def _sheet(self, name: str) -> Any:
        t = self.t
        if name in ("ratings", "cautious", "generous", "known", "coverage"):
            heads = [t("requirements.domain"), t("requirements.item"), t("compare.asked")]
            sheet = self.book.sheet(
                self.names[name],
                heads + [self.a.offer_name(offer) for offer in self.offers],
                [24, 36, 9] + [13 if name != "known" else 19] * len(self.offers),
            )
            sheet.freeze_panes(1, FIRST_OFFER)
        else:
            widths = WIDTHS[name]
            heads = (
                [t(f"scorecard.{name}.{column}") for column in COLUMNS[name]] if name in COLUMNS else [""] * len(widths)
            )
            if name == "fit":
                heads = [t("requirements.domain"), t("context.share")]
                heads += [self.a.offer_name(offer) for offer in self.offers]
                widths = [34, 9] + [13] * len(self.offers)
            sheet = self.book.sheet(self.names[name], heads, widths)
        self.book.foot(sheet, self.delivery.about)
        return sheet

    def settings_sheet(self) -> None:
        sheet, t, context = self.sheets["settings"], self.t, self.a.project.context
        row = 0

        def put(name: str, label: str, value: Any, look: Any, formula: str = "") -> None:
            nonlocal row
            row += 1
            sheet.write_string(row, 0, clean(label), self.book.text)
            self.book.put(sheet, row, 1, value, look, formula)
            self.settings[name] = f"'{self.names['settings']}'!$B${row + 1}"

        # the words of the drop-downs, which are read from there
        sheet.set_column(2, 1 + max(len(POLICIES), len(ORDERS)), None, None, {"hidden": True})
        put("budget", t("shortlist.budget", currency=context.currency), context.budget, self.book.input)
        put("ergonomics", t("context.ergonomics"), context.ergonomics, self.book.input)
        for name, words in (
            ("policy", [t(f"shortlist.policy_{one}") for one in POLICIES]),
            ("order_by", [t(f"shortlist.order_by_{one}") for one in ORDERS]),
        ):
            chosen = (list(POLICIES) if name == "policy" else list(ORDERS)).index(
                getattr(self.a.project.settings, name)
            )
            put(name, t(f"shortlist.{name}"), words[chosen], self.book.input)
            for place, word in enumerate(words, start=2):
                sheet.write_string(row, place, clean(word), self.book.faint)
            choices = f"$C${row + 1}:${xl_col_to_name(1 + len(words))}${row + 1}"
            sheet.data_validation(row, 1, row, 1, {"validate": "list", "source": f"={choices}"})
            number = f"=MATCH({self.settings[name]},{choices},0)"
            put(f"{name}_number", t("scorecard.settings.number"), chosen + 1, self.book.text, number)
        first = row + 2
        for team, label in self.a.map.vocabulary.teams.items():
            seats = context.seats.get(team, 0)
            put(f"seats-{team}", t("scorecard.settings.seats", team=label[t.language]), seats, self.book.input)
        put("users", t("scorecard.settings.users"), context.users, self.book.bold, f"=SUM(B{first}:B{row + 1})")
        put("years", t("context.years"), context.years, self.book.input)
        put("discount", t("scorecard.settings.discount"), context.discount_rate, self.book.input_share)
        years, rate = self.settings["years"], self.settings["discount"]
        put(
            "annuity",
            t("scorecard.settings.annuity"),
            annuity_in_advance(context.years, context.discount_rate),
            self.book.exact,
            f"=IF({rate}=0,{years},(1-(1+{rate})^-{years})/(1-1/(1+{rate})))",
        )
        put("day_rate", t("context.costs.day_rate"), context.costs.day_rate, self.book.input)
        put(
            "training",
            t("context.costs.training_days_per_ten_users"),
            context.costs.training_days_per_ten_users,
            self.book.input,
        )
        put("support", t("scorecard.settings.support"), context.costs.support_share, self.book.input_share)
        costs = context.costs
        put("internal_share", t("context.costs.internal_share"), costs.internal_share, self.book.input)
        put("internal_day_rate", t("context.costs.internal_day_rate"), costs.internal_day_rate, self.book.input)
        for currency, per_euro in self.a.edition.rates.per_euro.items():
            put(f"rate-{currency}", t("scorecard.settings.rate", currency=currency), per_euro, self.book.input)

    def requirements(self) -> None:
        sheet, t, project, last = self.sheets["requirements"], self.t, self.a.project, len(self.items)
        must_haves = project.must_haves()
        points = self.domain_column(1)
        domain_names = self.domain_column(0)
        for row, (item, domain) in enumerate(self.a.domains.items(), start=1):
            expectation = project.expectation(item)
            asked = project.asked().get(item)
            sheet.write_string(row, 0, clean(self.words.domain(domain)), self.book.text)
            sheet.write_string(row, 1, clean(self.words.item(item)), self.book.wrapped)
            self.book.put(sheet, row, 2, asked, self.book.input)
            sheet.write_string(row, 3, t("yes") if item in must_haves else "", self.book.input)
            sentences = self._sentences(item)
            cells = f"K{row + 1}:O{row + 1}"
            sheet.write_formula(
                row,
                4,
                f'=IF(C{row + 1}="","",INDEX({cells},1,C{row + 1}+1))',
                self.book.wrapped,
                clean(sentences[asked]) if asked is not None else "",
            )
            sheet.write_string(row, 5, clean(expectation.note), self.book.wrapped)
            sheet.write_string(row, 6, clean(expectation.owner), self.book.text)
            sheet.write_string(row, 7, t(f"status.{expectation.status}"), self.book.text)
            sheet.write_formula(
                row,
                8,
                f"=IF(SUMIF({domain_names},A{row + 1},{points})>0,N(C{row + 1}),0)",
                self.book.centred,
                float(self.counted[item]),
            )
            sheet.write_formula(
                row, 9, f'=IF(D{row + 1}="{t("yes")}",N(C{row + 1}),0)', self.book.centred, must_haves.get(item, 0)
            )
            lines = max(-(-len(sentence) // 58) for sentence in (*sentences, expectation.note[:400]))
            sheet.set_row(row, 14.5 * max(lines, 1))
            for place, sentence in enumerate(sentences):
                sheet.write_string(row, 10 + place, clean(sentence), self.book.muted)
        sheet.data_validation(1, 2, last, 2, {"validate": "list", "source": [0, 1, 2, 3, 4]})
        sheet.data_validation(1, 3, last, 3, {"validate": "list", "source": [t("yes")]})
        sheet.set_column(10, 14, 30, None, {"level": 1, "hidden": True})
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, last, 9)

    def _sentences(self, item: str) -> list[str]:
        """The five levels in words; an own item has the words of the scale."""
        if item in self.a.map.items:
            return [self.a.map.level_text(item, level, self.t.language) for level in range(5)]
        return [self.a.map.vocabulary.as_expectation[level][self.t.language] for level in range(5)]

    def weights(self) -> None:
        sheet, fit = self.sheets["weights"], self.a.fit
        names, counted = self.item_column("requirements", 0), self.item_column("requirements", 8)
        last = len(self.domains) + 1
        for row, domain in enumerate(self.domains, start=1):
            sheet.write_string(row, 0, clean(self.words.domain(domain)), self.book.text)
            sheet.write_number(row, 1, self.points[domain], self.book.input)
            inside = self.counted[(self.a.domains == domain).to_numpy()]
            sheet.write_formula(
                row,
                2,
                f"=SUMPRODUCT(({names}=A{row + 1})*({counted}>0))",
                self.book.centred,
                int((inside > 0).sum()),
            )
            sheet.write_formula(row, 3, f"=SUMIF({names},A{row + 1},{counted})", self.book.centred, float(inside.sum()))
            every, asked = f"$B$2:$B${last}", f"$D$2:$D${last}"
            sheet.write_formula(
                row,
                4,
                f"=IF(D{row + 1}>0,B{row + 1}/SUMPRODUCT({every}*({asked}>0)),0)",
                self.book.share_one,
                float(fit.weights.get(domain, 0.0)),
            )

    def _item_heads(self, sheet: Any, row: int, item: str) -> None:
        sheet.write_string(row, 0, clean(self.words.domain(self.a.domains[item])), self.book.text)
        sheet.write_string(row, 1, clean(self.words.item(item)), self.book.wrapped)
        asked = self.item_column("requirements", 8).at(row)
        sheet.write_formula(row, 2, f"={asked}", self.book.centred, float(self.counted[item]))

    def levels(self, name: str, levels: Any) -> None:
        """What each offer reaches: numbers, the only thing here that is not derived."""
        sheet, rated = self.sheets[name], self.a.offers.rated
        values, known = levels.loc[self.offers, self.items].to_numpy(), rated.loc[self.offers, self.items].to_numpy()
        for row, item in enumerate(self.items, start=1):
            self._item_heads(sheet, row, item)
            for place in range(len(self.offers)):
                value = float(values[place, row - 1])
                look = self.book.levels[int(value)] if known[place, row - 1] else self.book.unknown
                sheet.write_number(row, FIRST_OFFER + place, value, look)

    def known(self) -> None:
        """How each level is known."""
        sheet = self.sheets["known"]
        for row, item in enumerate(self.items, start=1):
            self._item_heads(sheet, row, item)
            for place, offer in enumerate(self.offers):
                known = basis_words(self.a.basis(str(offer), item), self.t)
                sheet.write_string(row, FIRST_OFFER + place, known, self.book.text)

    def coverage(self) -> None:
        """Levels covered: never more than asked."""
        sheet = self.sheets["coverage"]
        central = self.a.offers.central.loc[self.offers, self.items].to_numpy()
        for row, item in enumerate(self.items, start=1):
            self._item_heads(sheet, row, item)
            for place in range(len(self.offers)):
                rating = self.item_column("ratings", FIRST_OFFER + place).at(row)
                value = min(float(central[place, row - 1]), float(self.counted[item]))
                sheet.write_formula(
                    row, FIRST_OFFER + place, f"=MIN({rating},$C{row + 1})", self.book.levels_covered, value
                )
        first, last = xl_rowcol_to_cell(1, FIRST_OFFER), len(self.items)
        cells = (1, FIRST_OFFER, last, FIRST_OFFER + len(self.offers) - 1)
        for criterion, look in (
            ("$C2=0", self.book.faint),
            (f"$C2-{first}>=2", self.book.gap_more),
            (f"$C2-{first}>=1", self.book.gap_one),
        ):
            sheet.conditional_format(
                *cells, {"type": "formula", "criteria": f"={criterion}", "format": look, "stop_if_true": True}
            )

    def fit(self) -> None:
        """Share of the points asked that is covered, by domain, and their weighted sum: likely, cautious, generous."""
        sheet, row = self.sheets["fit"], 0
        names, asked = self.item_column("requirements", 0), self.item_column("requirements", 8)
        self.totals: dict[str, int] = {}
        for end, result in zip(ENDS, (self.a.cautious, self.a.fit, self.a.generous), strict=True):
            row += 1
            sheet.write_string(row, 0, self.t(f"scorecard.fit.{end}"), self.book.bold)
            start = row + 1
            for place, domain in enumerate(self.domains):
                row += 1
                sheet.write_formula(
                    row, 0, f"={self.domain_column(0).at(place + 1)}", self.book.text, clean(self.words.domain(domain))
                )
                share = float(result.weights.get(domain, 0.0))
                sheet.write_formula(row, 1, f"={self.domain_column(4).at(place + 1)}", self.book.share_one, share)
                points = self.domain_column(3).at(place + 1)
                for column, offer in enumerate(self.offers, start=2):
                    covered = self._covered(end, FIRST_OFFER + column - 2, names, f"$A{row + 1}", asked)
                    value = result.domain_fit.at[offer, domain] if domain in result.domain_fit else ""
                    sheet.write_formula(
                        row, column, f'=IF({points}>0,{covered}/{points},"")', self.book.share_one, value
                    )
            row += 1
            self.totals[end] = row
            sheet.write_string(row, 0, self.t("scorecard.fit.total"), self.book.bold)
            for column, offer in enumerate(self.offers, start=2):
                letter = xl_col_to_name(column)
                sheet.write_formula(
                    row,
                    column,
                    f"=SUMPRODUCT($B${start + 1}:$B${row},{letter}${start + 1}:{letter}${row})",
                    self.book.share_total,
                    float(result.scores[offer]),
                )
            row += 1

    def _covered(self, end: str, column: int, names: _Column, domain: str, asked: _Column) -> str:
        if end == "central":
            return f"SUMIF({names},{domain},{self.item_column('coverage', column)})"
        level = self.item_column("cautious" if end == "low" else "generous", column)
        # the smaller of two columns without an array formula: (a + b - |a - b|) / 2
        return f"SUMPRODUCT(({names}={domain})*({level}+{asked}-ABS({level}-{asked}))/2)"

    def costs(self) -> None:
        """Each cost line with its amounts, what multiplies them, and where it comes from."""
        sheet, lines, totals = self.sheets["cost"], self.a.cost.lines, self.a.cost.present_values
        row = 0
        for number, offer in enumerate(self.offers, start=1):
            formulas = CostFormulas(self.a, offer, self.settings)
            for place in lines.index[lines["offer"] == offer]:
                row += 1
                line = lines.loc[place]
                amounts, times, rate = formulas.of(line, row)
                sheet.write_number(row, 0, number, self.book.faint)
                sheet.write_string(row, 1, clean(self.a.offer_name(offer)), self.book.text)
                sheet.write_string(row, 2, self.t(f"cost.{line['line']}"), self.book.text)
                sheet.write_string(row, 3, self.t(f"timing.{line['timing']}"), self.book.text)
                for column, (value, formula) in enumerate((*amounts, times, rate), start=4):
                    self.book.put(sheet, row, column, value, self.book.exact, formula)
                horizon = self.settings["annuity"] if line["timing"] == "yearly" else "1"
                for column, end in enumerate(("low", "likely", "high"), start=9):
                    formula = f"={xl_col_to_name(column - 5)}{row + 1}*$H{row + 1}*$I{row + 1}*{horizon}"
                    self.book.put(sheet, row, column, float(totals.at[place, end]), self.book.money, formula)
                origin = self.words.origin(line["origin"], line["line"], line["detail"])
                sheet.write_string(row, 12, clean(origin), self.book.wrapped)
                sheet.write_string(row, 13, basis_words(line["basis"], self.t), self.book.text)
        self.last_cost = row
        sheet.autofilter(0, 0, max(row, 1), 13)

    def offer_sheet(self) -> None:
        """One row an offer: its numbers, what it misses at each gate, and its rank."""
        sheet, table, t = self.sheets["offers"], self.a.table, self.t
        alphabetical = {offer: place for place, offer in enumerate(sorted(map(str, self.offers)), start=1)}
        gates = self.a.gates
        for row, offer in enumerate(self.offers, start=1):
            line = table.loc[offer]
            missed = {
                gate: int((gates.excluding[gates.excluding["offer"] == offer]["gate"] == gate).sum())
                for gate in ("context", "must-have", "budget", "ergonomics")
            }
            values: dict[str, tuple[Any, Any, Any]] = {
                "number": (row, "", self.book.text),
                "offer": (self.a.offer_name(offer), "", self.book.bold),
                "name_order": (alphabetical[str(offer)], "", self.book.faint),
            }
            column = xl_col_to_name(1 + row)
            for name, end, value in (
                ("fit", "central", "fit"),
                ("cautious", "low", "low"),
                ("generous", "high", "high"),
            ):
                cell = f"='{self.names['fit']}'!{column}{self.totals[end] + 1}*100"
                values[name] = (line[value] * 100, cell, self.book.score)
            values["documented"] = (line["documented"], self._documented(row), self.book.share)
            for name, unit in (("cost_low", "J"), ("cost", "K"), ("cost_high", "L")):
                cost = self.names["cost"]
                last = self.last_cost + 1
                formula = f"=SUMIF('{cost}'!$A$2:$A${last},A{row + 1},'{cost}'!${unit}$2:${unit}${last})"
                values[name] = (line[name], formula, self.book.money)
            for name in ("ergonomics_low", "ergonomics", "ergonomics_high"):
                values[name] = (line[name], "", self.book.score)
            for policy in POLICIES:
                values[f"context_{policy}"] = (self._context_missed(offer, policy), "", self.book.faint)
            for gate in ("context", "must-have", "budget", "ergonomics"):
                values[f"missed_{gate}"] = (missed[gate], self._missed(gate, row), self.book.centred)
            misses = [self._cell(f"missed_{gate}", row) for gate in missed]
            passes = int(not any(missed.values()))
            values["passes"] = (passes, f"=IF({'+'.join(misses)}=0,1,0)", self.book.centred)
            order = self.settings["order_by_number"]
            key = f"=ROUND(IF({order}=2,{self._cell('cautious', row)},{self._cell('fit', row)})/100,9)"
            by = line["low"] if self.a.project.settings.order_by == "cautious" else line["fit"]
            values["key"] = (round(float(by), 9), key, self.book.faint)
            values["rank"] = (row, self._rank(row), self.book.bold)
            shown = self.a.shortlist.rows.loc[offer]
            values["probability"] = (
                (shown["probability"], "", self.book.share) if shown["gates_passed"] else ("", "", self.book.text)
            )
            values["listed"] = (t("yes") if shown["listed"] else "", "", self.book.text)
            for place, name in enumerate(OFFER_COLUMNS):
                value, formula, look = values[name]
                self.book.put(sheet, row, place, value, look, formula)

    def _cell(self, name: str, row: int) -> str:
        return f"${xl_col_to_name(OFFER_COLUMNS.index(name))}{row + 1}"

    def _documented(self, row: int) -> str:
        known = self.item_column("known", FIRST_OFFER + row - 1)
        asked = self.item_column("requirements", 8)
        return f'=IF(SUM({asked})>0,SUMPRODUCT((LEFT({known},1)="{EVIDENCED_SIGN}")*{asked})/SUM({asked}),0)'

    def _context_missed(self, offer: str, policy: str) -> int:
        conditions = self.a.gates.conditions
        mine = conditions[(conditions["offer"] == offer) & (conditions["gate"] == "context")]
        return int(mine["verdict"].isin(POLICIES[policy]).sum())

    def _missed(self, gate: str, row: int) -> str:
        """How many conditions of a gate exclude the offer, under the policy chosen in the settings."""
        by_policy = []
        for policy in POLICIES:
            end = END_OF_POLICY[policy]
            if gate == "context":
                by_policy.append(self._cell(f"context_{policy}", row))
            elif gate == "must-have":
                sheet = {"central": "ratings", "bad": "cautious", "good": "generous"}[end]
                level = self.item_column(sheet, FIRST_OFFER + row - 1)
                asked = self.item_column("requirements", 9)
                by_policy.append(f"SUMPRODUCT(({asked}>0)*(INT({level}+0.5)<{asked}))")
            elif gate == "budget":
                cost = {"central": "cost", "bad": "cost_high", "good": "cost_low"}[end]
                budget = self.settings["budget"]
                by_policy.append(f'IF({budget}="",0,IF({self._cell(cost, row)}-{budget}>0.000000001,1,0))')
            else:
                score = {"central": "ergonomics", "bad": "ergonomics_low", "good": "ergonomics_high"}[end]
                bar = self.settings["ergonomics"]
                by_policy.append(f'IF({bar}="",0,IF({bar}-{self._cell(score, row)}>0.000000001,1,0))')
        return f"=CHOOSE({self.settings['policy_number']},{','.join(by_policy)})"

    def _rank(self, row: int) -> str:
        """Those that pass first, then by fit, then the cheaper, then by name."""
        last = len(self.offers) + 1

        def compared(name: str, sign: str) -> str:
            letter = xl_col_to_name(OFFER_COLUMNS.index(name))
            return f"(${letter}$2:${letter}${last}{sign}${letter}{row + 1})"

        better = f"{compared('cost', '<')}+{compared('cost', '=')}*{compared('name_order', '<')}"
        better = f"{compared('key', '>')}+{compared('key', '=')}*({better})"
        return f"=1+SUMPRODUCT({compared('passes', '>')}+{compared('passes', '=')}*({better}))"

    def ranking(self) -> None:
        """What the workbook says, at the front; it reads everything from the offers by rank."""
        sheet, t, book = self.sheets["ranking"], self.t, self.book
        ranks = self.offer_column("rank")
        for row, offer in enumerate(self.offers, start=1):
            line, shown = self.a.table.loc[offer], self.a.shortlist.rows.loc[offer]
            passes = bool(shown["gates_passed"])
            sheet.write_number(row, 0, row, book.text)
            for column, (name, value, look) in enumerate(
                (
                    ("offer", clean(self.a.offer_name(offer)), book.bold),
                    ("passes", t("yes") if passes else t("no"), book.centred),
                    ("fit", line["fit"] * 100, book.score),
                    ("cautious", line["low"] * 100, book.score),
                    ("generous", line["high"] * 100, book.score),
                    ("documented", line["documented"], book.share),
                    ("cost", line["cost"], book.money),
                    ("cost_low", line["cost_low"], book.money),
                    ("cost_high", line["cost_high"], book.money),
                    ("ergonomics", line["ergonomics"], book.score),
                    ("missed_context", None, book.count),
                    ("missed_must-have", None, book.count),
                    ("missed_budget", None, book.count),
                    ("missed_ergonomics", None, book.count),
                    ("probability", shown["probability"] if passes else "", book.share),
                    ("listed", t("yes") if shown["listed"] else "", book.centred),
                ),
                start=1,
            ):
                found = f"INDEX({self.offer_column(name)},MATCH($A{row + 1},{ranks},0))"
                if name == "passes":
                    found = f'IF({found}=1,"{t("yes")}","{t("no")}")'
                elif name in ("probability", "listed"):  # an empty cell would come back as 0
                    found = f'IF({found}="","",{found})'
                if value is None:
                    gate = name.removeprefix("missed_")
                    excluding = self.a.gates.excluding
                    value = int(((excluding["offer"] == offer) & (excluding["gate"] == gate)).sum())
                sheet.write_formula(row, column, f"={found}", look, value)
        self._notes(sheet, len(self.offers) + 2)
        passes = f'=$C2="{t("no")}"'
        sheet.conditional_format(
            1,
            0,
            len(self.offers),
            len(COLUMNS["ranking"]) - 1,
            {"type": "formula", "criteria": passes, "format": book.faint},
        )
        sheet.activate()

    def _notes(self, sheet: Any, row: int) -> None:
        t, date = self.t, self.t.date(self.delivery.today)
        for text, look in (
            (self.delivery.about, self.book.bold),
            (t("scorecard.how.change"), self.book.text),
            (t("scorecard.how.follows"), self.book.text),
            (t("scorecard.how.fixed", date=date), self.book.text),
            *((one, self.book.text) for one in self.delivery.settings),
        ):
            sheet.write_string(row, 1, clean(text), look)
            row += 1
        sheet.write_string(row, 1, t("scorecard.how.cell"), self.book.input)


SHEETS = (
    "ranking",
    "settings",
    "weights",
    "requirements",
    "coverage",
    "fit",
    "ratings",
    "cautious",
    "generous",
    "known",
    "cost",
    "offers",
)
OFFER_COLUMNS = (
    "number",
    "offer",
    "name_order",
    "fit",
    "cautious",
    "generous",
    "documented",
    "cost_low",
    "cost",
    "cost_high",
    "ergonomics_low",
    "ergonomics",
    "ergonomics_high",
    *(f"context_{policy}" for policy in POLICIES),
    "missed_context",
    "missed_must-have",
    "missed_budget",
    "missed_ergonomics",
    "passes",
    "key",
    "rank",
    "probability",
    "listed",
)
COLUMNS = {
    "ranking": (
        "rank",
        "offer",
        "passes",
        "fit",
        "cautious",
        "generous",
        "documented",
        "cost",
        "cost_low",
        "cost_high",
        "ergonomics",
        "missed_context",
        "missed_must_have",
        "missed_budget",
        "missed_ergonomics",
        "probability",
        "listed",
    ),
    "settings": ("setting", "value"),
    "weights": ("domain", "points", "items", "asked", "share"),
    "requirements": (
        "domain",
        "item",
        "level",
        "must_have",
        "sentence",
        "note",
        "owner",
        "status",
        "counted",
        "must_level",
        *(f"level_{level}" for level in range(5)),
    ),
    "cost": (
        "number",
        "offer",
        "line",
        "timing",
        "low",
        "likely",
        "high",
        "times",
        "rate",
        "total_low",
        "total",
        "total_high",
        "origin",
        "known",
    ),
    "offers": tuple(name.replace("-", "_") for name in OFFER_COLUMNS),
}
WIDTHS = {
    "ranking": [6, 48, 9, 11, 9, 10, 12, 13, 13, 13, 11, 10, 12, 9, 11, 12, 12],
    "settings": [52, 42],
    "weights": [40, 10, 10, 10, 10],
    "requirements": [24, 34, 8, 13, 52, 44, 18, 14, 11, 11, 30, 30, 30, 30, 30],
    "fit": [],
    "cost": [5, 34, 22, 11, 12, 12, 12, 12, 10, 14, 14, 14, 62, 18],
    "offers": [6, 36, 8, *[11] * (len(OFFER_COLUMNS) - 3)],
}
