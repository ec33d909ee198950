"""Create a bucket that is not there yet, waiting for the object store to come up.

python make_bucket.py s3://connection@bucket
"""

from __future__ import annotations

import sys
import time

from airflow.sdk import ObjectStoragePath
from botocore.exceptions import BotoCoreError  # type: ignore[import-untyped]

WAIT_SECONDS = 120


def make_bucket(address: str) -> None:
    """Create the bucket; raises what the store raises when it does not come up in time."""
    bucket = ObjectStoragePath(address)
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            bucket.mkdir(parents=True, exist_ok=True)
            return
        except (OSError, BotoCoreError):
            if time.monotonic() > deadline:
                raise
            time.sleep(1)


if __name__ == "__main__":
    make_bucket(sys.argv[1])
