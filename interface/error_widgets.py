"""What a visitor sees when something goes wrong: a sentence, never a traceback or a path; the log has the rest."""

from __future__ import annotations

import errno
import logging
import secrets

import streamlit as st
from streamlit.runtime import fragment
from streamlit.runtime.scriptrunner import exec_code

from interface.page_widgets import page_texts, show_problems

log = logging.getLogger("crm_selection")

# what a file system refuses -> the sentence for it
REFUSALS = {
    errno.ENOSPC: "error.disk_full",
    errno.EDQUOT: "error.disk_full",
    errno.EROFS: "error.read_only",
    errno.EACCES: "error.read_only",
    errno.EPERM: "error.read_only",
}


def speak_in_sentences() -> None:
    """Let every error of a page, a fragment or a callback end in `explain`.

    A `try` in app.py cannot do that: Streamlit runs callbacks before the script and fragments without it. Its own hook
    for errors needs another way to start the application (`st.App`), so the two places that call it are replaced; the
    release is pinned, and tests hold each of the three cases.
    """
    for module in (exec_code, fragment):
        if not hasattr(module, "handle_user_script_exception"):
            raise RuntimeError(f"{module.__name__} has changed: interface/error_widgets.py must follow")
        module.handle_user_script_exception = lambda error, _=None: explain(error)


def explain(error: Exception) -> None:
    """Say what went wrong and how to go on.

    An error that carries `reason` (the id of a sentence of the interface) or `problems` speaks for itself; any other
    gets a reference that stands in the log beside its traceback.
    """
    t = page_texts(getattr(error, "texts", "interface"))
    if problems := getattr(error, "problems", None):
        show_problems(problems, t)
    elif (reason := _reason(error)) and t.has(reason):
        log.warning("%s: %s", type(error).__name__, error)
        st.error(t(reason), icon=":material/error:")
    else:
        reference = secrets.token_hex(4)
        log.error("Reference %s", reference, exc_info=error)
        st.error(t("error.unexpected", reference=reference), icon=":material/error:")
    st.button(t("error.again"), key=f"error_again_{secrets.token_hex(4)}", icon=":material/refresh:")


def _reason(error: Exception) -> str | None:
    if isinstance(error, OSError) and error.errno in REFUSALS:
        return REFUSALS[error.errno]
    return getattr(error, "reason", None)
