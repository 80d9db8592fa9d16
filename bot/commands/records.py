"""Records as files: JSON that holds everything, and CSV that no spreadsheet can take for a program (pure)."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠|%")  # what may begin one in a spreadsheet


def as_json(record: Mapping[str, Any]) -> bytes:
    """*record* as JSON, to be read by people too; moments and the like as text."""
    return f"{json.dumps(record, ensure_ascii=False, indent=2, default=str)}\n".encode("utf-8", "replace")


def as_csv(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    """*rows* as CSV, every cell in quotes, and with a `'` before what could be taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column, "")) for column in columns] for row in rows)
    return out.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> str:  # noqa: ANN401  # a record holds anything
    text = "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    bare = text.replace("\0", "")
    return f"'{bare}" if bare.lstrip(" ").startswith(_FORMULA) else bare
