"""Texts in the visitor's language: one catalogue per package and language; numbers, dates and money by Babel."""

from __future__ import annotations

import datetime as dt
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml
from babel import Locale, dates, numbers

_YamlLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C loader is ten times faster
LANGUAGES = {"en": "English", "fr": "Français"}
# English with the day before the month, as the product's readers are in Europe
LOCALES = {"en": "en_GB", "fr": "fr_FR"}
ROOT = Path(__file__).parents[1]


class MissingTextError(KeyError):
    """A text id is in no catalogue of its package."""


class Texts:
    """The texts of one package in one language: `texts("shortlist.title", count=3)`."""

    def __init__(self, package: str, language: str) -> None:
        self.package, self.language = package, language
        # the words that every package may use, then its own
        self.catalogue = catalogue("interface", language) | catalogue(package, language)

    def __call__(self, key: str, **values: Any) -> str:
        """The text with its values; `count` chooses the plural form.

        Raises MissingTextError for an unknown id.
        """
        try:
            text = self.catalogue[key]
        except KeyError:
            raise MissingTextError(f"{key} is not in the {self.language} catalogue of {self.package}") from None
        if isinstance(text, dict):
            text = text[_plural(self.language, abs(values.get("count", 0)))]
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        return key in self.catalogue

    def number(self, value: float, digits: int = 0) -> str:
        return number(value, self.language, digits)

    def percent(self, share: float, digits: int = 0) -> str:
        return _percent(round(share, digits + 4), self.language, digits)

    def money(self, amount: float, currency: str) -> str:
        """An amount without cents: costs of years are not known to the cent."""
        return _money(round(amount), currency, self.language)

    def date(self, day: dt.date | dt.datetime) -> str:
        return dates.format_date(day, format="medium", locale=LOCALES[self.language])

    def time(self, moment: dt.datetime) -> str:
        return dates.format_datetime(moment, format="short", locale=LOCALES[self.language])

    def language_name(self, code: str) -> str:
        """The name of a language, as its reader calls it: "German", « allemand »."""
        return Locale.parse(LOCALES[self.language]).languages.get(code, code)

    def country_name(self, code: str) -> str:
        return Locale.parse(LOCALES[self.language]).territories.get(code.upper(), code)

    def list(self, words: list[str]) -> str:
        """one, two and three"""
        from babel.lists import format_list

        return format_list(words, locale=LOCALES[self.language]) if words else ""


@cache
def texts(package: str, language: str) -> Texts:
    """The texts of a package in a language, read once."""
    return Texts(package, language)


@cache
def catalogue(package: str, language: str) -> dict[str, Any]:
    """id -> text, or id -> {one, other} where a number decides; empty where a package has none."""
    folder = ROOT / package / "texts"
    found: dict[str, Any] = {}
    for path in sorted(folder.glob(f"*.{language}.yaml")) + sorted(folder.glob(f"{language}.yaml")):
        found |= flattened(yaml.load(path.read_text(encoding="utf-8"), Loader=_YamlLoader) or {})
    return found


def flattened(tree: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """{a: {b: text}} as {"a.b": text}; plural forms stay together."""
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and set(value) != {"one", "other"}:
            flat |= flattened(value, f"{name}.")
        else:
            flat[name] = value
    return flat


@lru_cache(maxsize=20_000)
def number(value: float, language: str, digits: int = 0) -> str:
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return numbers.format_decimal(round(value, digits) + 0.0, format=pattern, locale=LOCALES[language])


@cache
def number_marks(language: str) -> dict[str, Any]:
    """How charts write numbers in a language: Vega's number locale (d3-format)."""
    locale = LOCALES[language]
    return {
        "decimal": numbers.get_decimal_symbol(locale),
        "thousands": numbers.get_group_symbol(locale),
        "grouping": [3],
        "currency": ["", ""],
        "percent": "%" if language == "en" else "\u00a0%",
    }


@lru_cache(maxsize=20_000)
def _money(amount: float, currency: str, language: str) -> str:
    return numbers.format_currency(
        amount,
        currency,
        locale=LOCALES[language],
        currency_digits=False,
        format="¤#,##0" if language == "en" else "#,##0\u00a0¤",
    )


@lru_cache(maxsize=20_000)
def _percent(share: float, language: str, digits: int) -> str:
    return numbers.format_percent(share, locale=LOCALES[language], format=_percent_pattern(language, digits))


@cache
def _percent_pattern(language: str, digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "") + ("%" if language == "en" else "\u00a0%")


def _plural(language: str, count: float) -> str:
    form = _plural_rule(language)(count)
    return "one" if form == "one" else "other"  # French has a form for millions that reads as "other" here


@cache
def _plural_rule(language: str) -> Any:
    return Locale.parse(LOCALES[language]).plural_form
