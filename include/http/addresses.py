"""Classify a host's address: loopback, public, or reached through the environment's proxy."""

from __future__ import annotations

import ipaddress
import socket
from urllib.request import getproxies, proxy_bypass

__all__ = ["is_loopback", "is_public", "lives_in_private", "proxy_for"]

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine: localhost, 127.0.0.0/8 or ::1."""
    address = _address(host)
    return address.is_loopback if address else host.lower().rstrip(".") == "localhost"


def is_public(address: str) -> bool:
    """Return whether an IP address is global, not of this machine or a private network."""
    found = _address(address)
    return found is not None and found.is_global


def lives_in_private(host: str) -> bool:
    """Return whether a host has an address that is not public; False when DNS has no answer."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return any(not is_public(str(entry[4][0])) for entry in found)


def proxy_for(scheme: str, host: str, port: int) -> str | None:
    """Return the URL of the proxy for a host, None for a direct connection.

    Reads ``<scheme>_proxy``, ``all_proxy`` and ``no_proxy`` (names, addresses and networks), in
    lower and upper case. Loopback never goes through a proxy: no other machine could reach it.
    """
    proxies = getproxies()
    proxy = proxies.get(scheme) or proxies.get("all")
    if not proxy or is_loopback(host) or proxy_bypass(f"{host}:{port}"):
        return None
    # The standard library's proxy_bypass() knows names and addresses, but not CIDR networks.
    if _is_in_a_network(host, proxies.get("no", "")):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _is_in_a_network(host: str, excepted: str) -> bool:
    address = _address(host)
    return address is not None and any(
        address in network for network in map(_network, excepted.split(",")) if network
    )


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def _address(host: str) -> _Address | None:
    """Return the IP address of a literal host, None for a name."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None
    # ::ffff:127.0.0.1 reaches 127.0.0.1, but is neither loopback nor private by itself.
    return getattr(address, "ipv4_mapped", None) or address
