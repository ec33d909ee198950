"""The tables of an export, as the data contract describes them (``dbt/contract.odcs.yaml``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from include.dbt.contract import RESTRICTED, read_contract

__all__ = ["Column", "Table", "export_contract", "tables"]

_MONTH: dict[str, Any] = {
    "name": "month",
    "logicalType": "date",
    "physicalType": "date",
    "description": "First day of the month that the posting belongs to.",
    "required": True,
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its type in DuckDB, what it means, and ``references``, a row's ``table.column``."""

    name: str
    type: str
    description: str
    is_required: bool
    unit: str = ""
    references: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table: one row is ``grain``; ``key`` identifies it; ``license`` is an SPDX identifier."""

    name: str
    description: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    license: str = ""

    @property
    def is_of_postings(self) -> bool:
        """Whether its rows are of single postings: it is partitioned by month."""
        return any(column.name == "posting_id" for column in self.columns)

    @property
    def order(self) -> tuple[str, ...]:
        """The columns that its rows are sorted by."""
        return (*(("month",) if self.is_of_postings else ()), *self.key)


def export_contract() -> dict[str, Any]:
    """Return the data contract of an export: no restricted columns, a month in every fact."""
    contract = read_contract()
    contract["id"], contract["name"] = "techpulse-export", "TechPulse export"
    contract["servers"] = [one for one in contract["servers"] if one["server"] == "export"]
    for table in contract["schema"]:
        table["physicalType"] = "table"
        columns = [c for c in table["properties"] if c.get("classification") != RESTRICTED]
        names = {column["name"] for column in columns}
        table["properties"] = columns
        if "posting_id" in names:
            table["properties"] = [c for c in columns if c["name"] != "month"] + [
                {**_MONTH, "partitioned": True, "partitionKeyPosition": 1}
            ]
    return contract


def tables(contract: dict[str, Any]) -> tuple[Table, ...]:
    """Return the tables of :func:`export_contract`, by name."""
    return tuple(map(_table, contract["schema"]))


def _table(entry: dict[str, Any]) -> Table:
    columns = entry["properties"]
    parts = sorted(
        (column["primaryKeyPosition"], column["name"])
        for column in columns
        if column.get("primaryKey")
    )
    return Table(
        name=entry["name"],
        description=entry["description"],
        grain=entry["dataGranularityDescription"],
        columns=tuple(map(_column, columns)),
        key=tuple(name for _, name in parts),
        license=_custom(entry).get("license", ""),
    )


def _column(entry: dict[str, Any]) -> Column:
    return Column(
        name=entry["name"],
        type=entry["physicalType"],
        description=entry["description"],
        is_required=entry.get("required", False),
        unit=_custom(entry).get("unit", ""),
        references=next((one["to"] for one in entry.get("relationships", ())), ""),
        values=tuple(one["value"] for one in entry.get("enum", ())),
    )


def _custom(entry: dict[str, Any]) -> dict[str, str]:
    return {one["property"]: one["value"] for one in entry.get("customProperties", ())}
