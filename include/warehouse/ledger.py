"""The counts of a load, as its row in ``bronze.loads``: they add up, or nothing is committed."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from include.errors import ReconciliationError
from include.settings import Settings

__all__ = ["Ledger"]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The counts of a load's records.

    Always: expected = fetched + missing, fetched = inserted + unchanged + rejected. ``updated``
    counts the inserted records that are new versions of known ones. ``filtered`` counts records
    that the source returned but the query excludes: they are neither expected nor fetched.
    """

    load_id: str
    source: str
    partition: str
    expected: int
    fetched: int
    inserted: int
    unchanged: int
    tombstones: int
    rejected: int
    missing: int
    updated: int
    filtered: int

    def check(self, settings: Settings, *, same_link: int = 0) -> None:
        """Raise ReconciliationError when the counts do not add up or too many records are bad.

        ``same_link`` of the rejected do not count as bad: only their links belong to other records.
        """
        sums = (
            self.expected == self.fetched + self.missing,
            self.fetched == self.inserted + self.unchanged + self.rejected,
            self.updated <= self.inserted,
        )
        if not all(sums):
            raise ReconciliationError(
                f"The load's counts do not add up: {asdict(self)}",
                record=f"{self.source} {self.partition}",
                next_step="nothing was committed; report this with the staged files of the run.",
            )
        if bad := self.too_many_bad(settings, same_link=same_link):
            raise ReconciliationError(
                f"{bad} of {self.served} records are missing or rejected",
                record=f"{self.source} {self.partition}",
                next_step="nothing was committed; see the staged files for the reasons, then clear "
                "the run, or raise TECHPULSE_MAX_ERROR_RATIO.",
            )

    @property
    def served(self) -> int:
        """Records that the source returned, or should have."""
        return self.expected + self.filtered

    def too_many_bad(self, settings: Settings, *, same_link: int = 0) -> int:
        """Return the number of bad records if it is more than the settings allow, else 0."""
        bad = self.missing + self.rejected - same_link
        # The larger of the two: in a small load the ratio alone would allow no bad record.
        allowed = max(settings.error_allowance_records, settings.max_error_ratio * self.served)
        return bad if bad > allowed else 0
