"""Data files in YAML: their plain values, and a sentence with file, line and mend for what cannot be read.

The values are taken from the parser's events as they come. Building PyYAML's tree of nodes first takes four times
as long, and reading the map and an edition is most of what a start of the application waits for.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser is ten times faster
_scalars = yaml.SafeLoader("")


def read_yaml(path: Path, problems: list[str]) -> dict[str, Any] | None:
    """The mapping that a YAML file holds, or None with a sentence added to `problems`."""
    text = read_text(path, problems)
    return None if text is None else parse_yaml(text, path.name, problems)


def read_text(path: Path, problems: list[str]) -> str | None:
    """What stands in a file, or None with a sentence added to `problems`."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        problems.append(f"{path.name}: the file is missing; restore it from the last version")
    except UnicodeDecodeError:
        problems.append(f"{path.name}: not UTF-8 text; save the file as UTF-8")
    return None


def parse_yaml(text: str, file: str, problems: list[str]) -> dict[str, Any] | None:
    """The mapping that the text of a YAML file holds, or None with a sentence added to `problems`."""
    try:
        raw = _document(text)
    except RecursionError:
        problems.append(f"{file}: lists stand in lists too deeply; compare with another file of its kind")
        return None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        problems.append(f"{file}:{where} not valid YAML ({getattr(error, 'problem', None) or error}); mend the line")
        return None
    if not isinstance(raw, dict):
        problems.append(f"{file}: holds no entries; it must be a mapping of names to values")
        return None
    return raw


def _document(text: str) -> Any:
    """The values of a text with one document; None for an empty one."""
    parser = _Parser(text)
    try:
        parser.get_event()  # the start of the text
        if parser.check_event(yaml.StreamEndEvent):
            return None
        parser.get_event()  # the start of the document
        value = _value(parser.get_event(), parser)
        parser.get_event()  # its end
        if not parser.check_event(yaml.StreamEndEvent):
            raise _mistake(parser.get_event(), "a second document starts with ---; a file holds one")
        return value
    finally:
        parser.dispose()


def _value(event: yaml.Event, parser: yaml.SafeLoader) -> Any:
    kind = type(event)
    if kind is yaml.ScalarEvent:
        return _word(event)
    if kind is yaml.AliasEvent:
        raise _mistake(event, f"*{event.anchor} stands for a value written elsewhere; write the value itself")
    if not event.implicit:
        raise _mistake(event, f"{event.tag} is not a kind of value here; leave it out")
    return _mapping(parser) if kind is yaml.MappingStartEvent else _list(parser)


def _mapping(parser: yaml.SafeLoader) -> dict[Any, Any]:
    values: dict[Any, Any] = {}
    while type(event := parser.get_event()) is not yaml.MappingEndEvent:
        if type(event) is not yaml.ScalarEvent:
            raise _mistake(event, "a list or a mapping cannot be the name of a value; write a word before the colon")
        name = _word(event)
        if name in values:  # YAML lets the later one silently replace the earlier; data files must not
            raise _mistake(event, f'"{event.value}" is written twice')
        values[name] = _value(parser.get_event(), parser)
    return values


def _list(parser: yaml.SafeLoader) -> list[Any]:
    values = []
    while type(event := parser.get_event()) is not yaml.SequenceEndEvent:
        values.append(_value(event, parser))
    return values


def _word(event: yaml.ScalarEvent) -> Any:
    """A text between quotes as it is; a bare word as the number, date, truth or text that it is."""
    bare, quoted = event.implicit
    if quoted and not bare:
        return event.value
    try:
        return _read_as(event.value, None if bare else event.tag)
    except yaml.constructor.ConstructorError as error:
        raise _mistake(event, error.problem) from None
    except ValueError as error:  # 2026-13-01
        raise _mistake(event, f"{event.value}: {error}") from None


@lru_cache(maxsize=2**14)  # the same few words stand in every line
def _read_as(word: str, tag: str | None) -> Any:
    tag = tag or _scalars.resolve(yaml.ScalarNode, word, (True, False))
    return _scalars.construct_document(yaml.ScalarNode(tag, word))


def _mistake(event: yaml.Event, problem: str) -> yaml.YAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
