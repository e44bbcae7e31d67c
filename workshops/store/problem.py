"""What can be wrong with the database as a whole."""


class StoreError(RuntimeError):
    """The database cannot be used; `reason` is the id of a sentence that says why and what to do."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"{reason}: {detail}" if detail else reason)
