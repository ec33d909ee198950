"""Text files that an operator writes, by hand or in a spreadsheet."""

from __future__ import annotations

from pathlib import Path

from include.errors import ConfigurationError

__all__ = ["read_operator_file"]


def read_operator_file(path: Path) -> str | None:
    """Return the file's text, line ends as written, without a byte order mark; None without a file.

    Raises ConfigurationError if it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")  # spreadsheets write a byte order mark
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"The file cannot be read: {error}",
            record=path,
            next_step="make it a UTF-8 text file that Airflow's user can read.",
        ) from error
