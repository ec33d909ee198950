"""Static files and plotly's JavaScript, served in the event loop.

Not by Flask: a client that does not read a file would hold one of Flask's few threads. Starlette
reads 64 kB at a time in a pool of its own and holds no thread in between.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from include.errors import ConfigurationError
from include.web.problems import problem_reply

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["FILE_PATHS", "Files", "plotly_script"]

FILE_PATHS: Mapping[str, str] = MappingProxyType(
    {"/static/<path:filename>": "static", "/vendor/plotly-<version>.min.js": "charts"}
)
"""URL rules for Flask's url_for(), with their endpoint names."""

_PLOTLY = re.compile(r"/vendor/plotly-[^/]+\.min\.js")
_STATIC = "/static/"
# A browser may store the file, but must revalidate it: an upgrade changes it under the same name.
_REVALIDATE = "no-cache"
# The version is in the name, so a browser may keep the file forever.
_IMMUTABLE = "private, max-age=31536000, immutable"


class Files:
    """The dashboard's files: ``/static/...`` and ``/vendor/plotly-<version>.min.js``."""

    def __init__(self) -> None:
        self._static = StaticFiles(directory=Path(__file__).parent / "static", follow_symlink=True)
        package = _plotly_folder()
        self._vendor = StaticFiles(directory=package, follow_symlink=True) if package else None

    def serves(self, path: str) -> bool:
        """Return whether a path, relative to the mount, is a file's."""
        return path.startswith(_STATIC) or _PLOTLY.fullmatch(path) is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        """Answer with the file, 304, or a problem detail."""
        try:
            response = await self._response(scope, path)
        except HTTPException as error:
            response = problem_reply(405 if error.status_code == 405 else 404)
        await response(scope, receive, send)

    async def _response(self, scope: Scope, path: str) -> Response:
        if path.startswith(_STATIC):
            response = await self._static.get_response(path.removeprefix(_STATIC), scope)
            response.headers["Cache-Control"] = _REVALIDATE
            return response
        if self._vendor is None:
            raise HTTPException(404)
        response = await self._vendor.get_response("plotly.min.js", scope)
        response.headers["Cache-Control"] = _IMMUTABLE
        return response


def plotly_script() -> Path:
    """Return the path of plotly's JavaScript, which is in its Python package."""
    folder = _plotly_folder()
    if folder is None:
        raise ConfigurationError(
            "plotly is not installed.", next_step="install the packages of requirements.txt."
        )
    return folder / "plotly.min.js"


def _plotly_folder() -> Path | None:
    spec = find_spec("plotly")
    return Path(spec.origin).parent / "package_data" if spec and spec.origin else None
