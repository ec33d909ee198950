"""The dashboard as static files: pages and the answers that they show, for any web server."""

from include.web.site.build import Written, write_site

__all__ = ["Written", "write_site"]
