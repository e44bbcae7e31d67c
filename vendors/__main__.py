"""`python -m vendors`: check, compare and maintain editions from a terminal; `python -m vendors --help` says how."""

from __future__ import annotations

import sys

from vendors.terminal import main

sys.exit(main(sys.argv[1:]))
