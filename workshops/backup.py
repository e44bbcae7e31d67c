"""Back-ups from the server's terminal: `python -m workshops.backup`, and `python -m workshops.backup restore FILE`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from workshops.store.backup import back_up, restore
from workshops.store.database import Database, StoreError, data_folder, database_url

SENTENCES = {
    "store.problem.backup": "The back-up could not be written: {detail}. Nothing was changed.",
    "store.problem.no_database": "There is no database at {detail}: CRM_DATA names another folder, or nothing was created yet.",
    "store.problem.no_pg_dump": "pg_dump is not installed here (Debian: apt-get install postgresql-client).",
    "store.problem.restore": "The file cannot be restored: {detail}. Nothing was changed.",
    "store.problem.restore_running": "The application is using the database. Stop it, then restore. Nothing was changed.",
    "store.problem.restore_postgresql": "On PostgreSQL, unpack the file and run: pg_restore --clean --if-exists --dbname=DATABASE_URL projects.dump",
}


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; return 0, or 1 with a sentence."""
    parser = argparse.ArgumentParser(prog="python -m workshops.backup", description="Back up and restore everything.")
    parser.add_argument("--to", type=Path, help="folder of the back-ups (default: backups in the data folder)")
    parser.add_argument("--keep", type=int, help="delete all but this many newest back-ups of the folder")
    parser.set_defaults(command="back up")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("restore", help="put a back-up in the place of what is there").add_argument("file", type=Path)
    given = parser.parse_args(arguments)
    folder = given.to or data_folder() / "backups"
    try:
        url = Database(database_url()).url
        if given.command == "restore":
            for path in restore(url, data_folder(), given.file):
                print(f"Kept what was there: {path}")
            print("Restored. Start the application.")
        else:
            print(back_up(url, data_folder(), folder))
            for old in sorted(folder.glob("crm-backup-*.zip"))[: -given.keep] if given.keep else []:
                old.unlink()
    except StoreError as error:
        print(SENTENCES.get(error.reason, error.reason).format(detail=error.detail), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
