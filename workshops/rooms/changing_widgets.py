"""Changes of expectations from a page: written at once, said where they cannot be, taken back with one click."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import streamlit as st

from interface.page_widgets import page_texts
from workshops.access import Person
from workshops.model import Project, ProjectError
from workshops.rooms.leading import Step, rebased
from workshops.session_widgets import database
from workshops.store.projects import StaleError, save_expectations
from workshops.store.votes import settle

MOST_STEPS = 50


class Changes:
    """What one visitor changed in a project, on whichever page; the last step can be taken back, then the one before."""

    def __init__(self, project: Project, by: Person, known: Iterable[str], name: Callable[[str], str]) -> None:
        self.project, self.by, self.known, self.name = project, by, list(known), name
        self.key = f"changes_{project.id}"

    @property
    def steps(self) -> list[Step]:
        return st.session_state.get(self.key, [])

    def write(
        self,
        changes: Mapping[str, Mapping[str, object]],
        label: str,
        *,
        workshop_id: str = "",
        settles: Iterable[str] = (),
    ) -> None:
        """Write a change as it was made on this screen; an item that somebody changed since is refused, with a sentence.

        settles  items on which the room agreed by it, for the first time
        """
        versions = {item: self.project.expectation(item).version for item in changes}
        try:
            change = save_expectations(database(), self.by, self.project.id, self.known, changes, versions=versions)
        except ProjectError as error:
            self._say(
                [
                    (key, values | ({"item": self.name(values["item"])} if values.get("item") in self.known else {}))
                    for key, values in error.problems
                ]
            )
            return
        except StaleError as error:
            self._say([("expectation.problem.stale", {"item": self.name(error.item_id)})])
            return
        newly = tuple(settles)
        if newly:
            settle(database(), self.by, workshop_id, newly)
        if change.before or newly:
            st.session_state[self.key] = [*self.steps, Step(change, newly, label, workshop_id)][-MOST_STEPS:]

    def undo(self) -> None:
        """Take the last step back, unless somebody changed the same meanwhile."""
        *earlier, step = self.steps
        st.session_state[self.key] = earlier
        try:
            written = save_expectations(
                database(), self.by, self.project.id, self.known, step.change.before, versions=step.change.versions
            )
        except StaleError as error:
            self._say([("expectation.problem.stale", {"item": self.name(error.item_id)})])
            return
        if step.settled:
            settle(database(), self.by, step.workshop_id, step.settled, settled=False)
        st.session_state[self.key] = rebased(earlier, step.change, written)
        st.toast(step.label, icon=":material/undo:")

    def undo_button(self, key: str) -> None:
        t = page_texts("workshops")
        st.button(
            t("lead.undo"), key=key, icon=":material/undo:", shortcut="U", disabled=not self.steps, on_click=self.undo
        )

    def problems(self) -> list[tuple[str, dict]]:
        """What could not be written, said once."""
        return st.session_state.pop(f"{self.key}_problems", [])

    def _say(self, problems: list[tuple[str, dict]]) -> None:
        st.session_state[f"{self.key}_problems"] = problems
