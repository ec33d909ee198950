"""The base of every answer: closed, immutable models, the types of their numbers, lists."""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Contract",
    "Count",
    "Enough",
    "Envelope",
    "Growth",
    "Meta",
    "Month",
    "PageMeta",
    "Share",
]

Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1, description="A fraction of 1.")]
Month = Annotated[str, Field(pattern=r"^\d{4}-\d{2}$", description="YYYY-MM.")]
Enough = Annotated[
    Literal["full", "grey", "none"],
    Field(description="At least 30, 10 to 29, or fewer: too few to show."),
]
Growth = Annotated[
    float | None,
    Field(description="Per cent change of the share; null when the earlier share is 0 or missing."),
]


class Contract(BaseModel):
    """A closed, immutable model."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Meta(Contract):
    """Metadata of a list."""

    total_count: Count


class PageMeta(Meta):
    """Metadata of a page; ``next_cursor`` requests the next one, null on the last."""

    next_cursor: str | None = None


Item = TypeVar("Item")
MetaItem = TypeVar("MetaItem", bound=Meta)


class Envelope(Contract, Generic[Item, MetaItem]):
    """A list with its metadata."""

    data: list[Item]
    meta: MetaItem
