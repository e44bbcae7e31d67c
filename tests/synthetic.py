"""Made-up editions of any size, from a seed: for benchmarks and for tests that must not depend on published ratings."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import yaml

from functional_map.model import FunctionalMap
from vendors.model import CRITERIA

PLANS = (("basic", 20), ("pro", 45), ("top", 90))


def write_edition(
    folder: Path, functional_map: FunctionalMap, *, products: int = 6, seed: int = 1, rated: float = 0.9
) -> Path:
    """Write an edition that passes every check; return its folder."""
    folder.mkdir(parents=True)
    edition = yaml_text(
        {
            "id": folder.name,
            "year": functional_map.year,
            "map": functional_map.year,
            "published": "2026-11-21",
            "title": {"en": "Synthetic", "fr": "Synthétique"},
            "notes": {"en": "Made up.", "fr": "Inventé."},
            "rates": {
                "date": "2026-11-20",
                "source": "made up",
                "per_euro": {"EUR": 1, "USD": 1.1, "GBP": 0.85, "CHF": 0.95},
            },
        }
    )
    (folder / "edition.yaml").write_text(edition, encoding="utf-8")
    for name, text in product_files(tuple(functional_map.items), products, seed, rated).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@cache
def product_files(items: tuple[str, ...], products: int, seed: int, rated: float) -> dict[str, str]:
    """Most tests want the same six products: composed once."""
    chance = random.Random(seed)
    ids = [f"product-{number:02d}" for number in range(products)]
    return {f"{one}.yaml": yaml_text(product(one, items, chance, rated)) for one in ids}


def yaml_text(content: dict) -> str:
    """Dates were written as text; YAML wants them plain."""
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text = yaml.dump(content, Dumper=dumper, allow_unicode=True, sort_keys=False, default_flow_style=None, width=200)
    return text.replace("'2026-11-21'", "2026-11-21").replace("'2026-11-20'", "2026-11-20")


def product(product_id: str, items: tuple[str, ...], chance: random.Random, rated: float) -> dict:
    strength = chance.uniform(1.0, 3.0)
    ratings, not_rated, evidence = {}, [], {}
    for item_id in items:
        if chance.random() > rated:
            not_rated.append(item_id)
            continue
        level = min(4, max(0, round(chance.gauss(strength, 1.0))))
        basis = chance.choice(["documented", "assessed", "assessed"])
        level = min(level, 3) if basis == "documented" else level
        rating = {"rating": level, "basis": basis, "confidence": "medium"}
        rating |= {"sources": ["help"]} if basis == "documented" else {"note": "made up"}
        if level > 1 and chance.random() < 0.3:
            rating |= {"plan": chance.choice(["pro", "top"]), "without": 1}
        ratings[item_id] = rating
        evidence[basis] = evidence.get(basis, 0) + 1
    price = chance.uniform(0.6, 1.6)
    return {
        "id": product_id,
        "name": product_id.replace("-", " ").title(),
        "publisher": "Made up",
        "country": "FR",
        "kind": "mid-market",
        "website": "https://example.com",
        "aliases": [],
        "first_party": ["example.com"],
        "summary": {"en": "A made-up product.", "fr": "Un produit inventé."},
        "for_whom": {"en": "Nobody.", "fr": "Personne."},
        "licence": "proprietary",
        "profile": {
            "deployment": {"values": ["cloud"], "basis": "assessed", "note": "made up"},
            "interface_languages": {"values": ["en", "fr", "de"], "basis": "assessed", "note": "made up"},
        },
        "plans": [
            {
                "id": plan,
                "name": plan.title(),
                "price": {
                    "amount": round(amount * price, 2),
                    "currency": "EUR",
                    "unit": "user-month",
                    "billing": "yearly",
                    "basis": "documented",
                    "source": "help",
                    "dated": "2026-11-20",
                },
            }
            for plan, amount in PLANS
        ],
        "implementation": {
            "days": {
                "small": {"low": 5, "likely": 10, "high": 20},
                "medium": {"low": 15, "likely": 30, "high": 60},
                "large": {"low": 40, "likely": 80, "high": 160},
            },
            "basis": "assessed",
            "reason": "made up",
        },
        "ergonomics": {
            name: {"score": round(chance.uniform(45, 85)), "basis": "assessed", "reason": "made up"}
            for name in CRITERIA
        },
        "evidence": evidence,
        "ratings": ratings,
        "not_rated": not_rated,
        "sources": {
            "help": {
                "kind": "first-party",
                "title": "Help",
                "url": f"https://help.example.com/{product_id}",
                "dated": "2026-11-20",
                "read": "2026-11-21",
            }
        },
    }
