"""Lead."""

from interface.page_widgets import header, page_texts

t = page_texts("workshops")
header("Lead")
