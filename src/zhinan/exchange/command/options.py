"""The commands and their options, with help in Chinese."""

from . import deadline
from . import reading
from . import trail
from . import writing
from .terminal import text
from argparse import ArgumentParser
from argparse import SUPPRESS
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import os


#: Commands of other rooms: each entry point takes what adds one, see below.
MORE = "zhinan.commands"
FORMATS = ("auto", "jsonl", "xlsx", "json", "zip")
EXPORTS = ("xlsx", "json", "zip", "national-xlsx", "national-json")


def home() -> str:
    """The project that this command belongs to."""
    return os.environ.get("ZHINAN_HOME") or str(Path.cwd())


def parser() -> ArgumentParser:
    """The parser of the whole command line."""
    main = ArgumentParser(prog="zhinan", description=text("help_main"))
    main.add_argument("--home", default=home(), help=text("help_home"))
    main.add_argument("--site", default="", help=text("help_site"))
    main.add_argument("--user", default="admin", help=text("help_user"))
    main.add_argument("--json", action="store_true", help=text("help_json"))
    commands = main.add_subparsers(
        title=text("help_commands"), metavar="", required=True, dest="command"
    )

    def command(name: str, run: Any, key: str) -> ArgumentParser:
        made = commands.add_parser(name, help=text(key), description=text(key))
        made.set_defaults(run=run)
        return made

    new = command("import-matters", writing.import_matters, "help_import")
    new.add_argument("file", help=text("help_import_file"))
    new.add_argument(
        "--format", choices=FORMATS, default="auto", help=text("help_format")
    )
    new.add_argument("--mapping", default="guangdong", help=text("help_mapping"))
    new.add_argument("--preview", action="store_true", help=text("help_preview"))
    new.add_argument(
        "--state",
        choices=("draft", "published", "source"),
        default="draft",
        help=text("help_state"),
    )
    new.add_argument(
        "--no-new-departments", action="store_true", help=text("help_departments")
    )
    new.add_argument("--detach", action="store_true", help=text("help_detach"))
    new.add_argument("--report", default="", help=text("help_report"))

    new = command("export", reading.export, "help_export")
    new.add_argument("-o", "--output", required=True, help=text("help_output"))
    new.add_argument(
        "--format", choices=EXPORTS, default="", help=text("help_export_format")
    )
    new.add_argument(
        "--department",
        action="append",
        default=[],
        help=text("help_export_department"),
    )
    new.add_argument(
        "--state", action="append", default=[], help=text("help_export_state")
    )
    new.add_argument(
        "--registers", action="store_true", help=text("help_export_registers")
    )
    new.add_argument("--force", action="store_true", help=text("help_force"))

    new = command("export-template", reading.export_template, "help_template")
    new.add_argument("-o", "--output", required=True, help=text("help_output"))
    new.add_argument("--pure", action="store_true", help=text("help_template_pure"))
    new.add_argument("--force", action="store_true", help=text("help_force"))

    command("verify", reading.verify, "help_verify")
    command("jobs", writing.list_jobs, "help_jobs")
    for name, run, key in (
        ("job", writing.show_job, "help_job"),
        ("cancel", writing.cancel_job, "help_cancel"),
        ("result", writing.fetch_result, "help_result"),
    ):
        new = command(name, run, key)
        new.add_argument("job", help=text("help_job_id"))
    new.add_argument("name", help=text("help_result_name"))
    new.add_argument("-o", "--output", default="", help=text("help_output"))

    new = command("check-mapping", reading.check_mapping, "help_check_mapping")
    new.add_argument("file", help=text("help_mapping"))
    command("schema", reading.schema, "help_schema")

    # What is missing or wrong is told by the command itself, in Chinese.
    new = command("deadline", deadline.deadline, "help_deadline")
    new.add_argument(
        "--accepted", nargs="?", metavar="DATE", help=text("help_accepted")
    )
    new.add_argument("--limit", nargs="?", metavar="N", help=text("help_limit"))
    new.add_argument(
        "--unit", nargs="?", metavar="UNIT", default="workday", help=text("help_unit")
    )
    new.add_argument(
        "--pause",
        metavar="FROM..TO",
        action="append",
        nargs="*",
        default=[],
        help=text("help_pause"),
    )
    new.add_argument("--at", nargs="?", metavar="DATE", help=text("help_at"))
    new.add_argument(
        "--json", action="store_true", default=SUPPRESS, help=text("help_json")
    )
    _trail(command("trail", None, "help_trail"))
    _editions(command("editions", None, "help_editions"))

    def add(name: str, run: Any, description: str) -> ArgumentParser:
        made = commands.add_parser(name, help=description, description=description)
        made.set_defaults(run=run)
        return made

    # Rooms of this floor do not import each other: they tell of themselves.
    for more in sorted(entry_points(group=MORE), key=lambda point: point.name):
        more.load()(add)
    return main


def _editions(parser: ArgumentParser) -> None:
    """The command behind ``zhinan editions``."""
    commands = parser.add_subparsers(
        title=text("help_commands"), metavar="", required=True, dest="what_of_editions"
    )
    key = "help_editions_verify"
    made = commands.add_parser("verify", help=text(key), description=text(key))
    made.add_argument(
        "--json", action="store_true", default=SUPPRESS, help=text("help_json")
    )
    made.set_defaults(run=reading.verify_editions)


def _trail(parser: ArgumentParser) -> None:
    """The commands behind ``zhinan trail``."""
    commands = parser.add_subparsers(
        title=text("help_commands"), metavar="", required=True, dest="what_of_trail"
    )

    def command(name: str, run: Any, key: str) -> ArgumentParser:
        made = commands.add_parser(name, help=text(key), description=text(key))
        # Also behind the command, where nobody forgets it.
        made.add_argument(
            "--json", action="store_true", default=SUPPRESS, help=text("help_json")
        )
        made.set_defaults(run=run)
        return made

    new = command("verify", trail.verify, "help_trail_verify")
    new.add_argument("--anchors", default="", help=text("help_trail_anchors"))
    new = command("show", trail.show, "help_trail_show")
    new.add_argument("what", help=text("help_trail_what"))
    new = command("export", trail.export, "help_trail_export")
    new.add_argument("-o", "--output", required=True, help=text("help_output"))
    new.add_argument("--from", dest="since", default="", help=text("help_from"))
    new.add_argument("--until", default="", help=text("help_until"))
    new.add_argument("--department", default="", help=text("help_export_department"))
    new.add_argument("--events", action="store_true", help=text("help_trail_events"))
    new.add_argument("--force", action="store_true", help=text("help_force"))
    command("new-key", trail.new_key, "help_trail_key")
