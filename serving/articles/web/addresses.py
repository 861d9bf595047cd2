"""Which URLs may be fetched: http(s) only, and only from addresses of the public Internet.

A name is resolved once; the connection goes to the address that was checked, so that a name server cannot
answer differently the second time (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from ....data.errors import InputError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_PORTS = {"http": 80, "https": 443}
_ALLOW_HINT = "only public addresses are fetched; --allow-private allows others"
# RFC 6052: IPv4 addresses inside IPv6 ones, translated by the network.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Compatible addresses (RFC 4291, deprecated) hold an IPv4 address in the last 32 bits.
_COMPATIBLE = ipaddress.ip_network("::/96")


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that may be fetched, and the checked address to connect to."""

    url: str
    scheme: str
    host: str
    port: int
    path: str
    address: str

    @property
    def host_header(self) -> str:
        """The value of the `Host` header: the port only if it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port, without a path."""
        return f"{self.scheme}://{self.host_header}"


def is_url(name: str) -> bool:
    """Whether an argument is meant as a URL rather than a path: `https://…`, also `ftp://…` or `file:…`."""
    return bool(re.match(r"[a-z][a-z0-9+.-]*://|(?:file|data|javascript|mailto):", name.strip(), re.I))


def target(url: str, allow_private: bool = False) -> Target:
    """Check a URL, resolve its host and check every address of it.

    Args:
        url: as the user, a feed or a redirect names it.
        allow_private: whether addresses of the own network are allowed.

    Raises:
        InputError: the scheme is not http or https, the URL is malformed or holds a user name, the name
            cannot be resolved, or one of its addresses is not public.
    """
    parts = _split(url)
    host = _ascii(parts.hostname or "", url)
    try:
        port = parts.port or _PORTS[parts.scheme]
    except ValueError:
        raise InputError("the port is not a number from 1 to 65535", where=url) from None
    addresses = resolve(host, port)
    if not addresses:
        raise InputError("the name of the server is unknown", where=url, hint="check the address")
    if not allow_private:
        for address in addresses:
            if kind := refusal(address):
                shown = f"{host} is" if host == address else f"{host} resolves to {address},"
                raise InputError(f"not fetched: {shown} {kind} address", where=url, hint=_ALLOW_HINT)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(url, parts.scheme, host, port, path, addresses[0])


def _split(url: str) -> SplitResult:
    """The parts of a URL.

    Raises:
        InputError: it is not one of http or https with a host, or has what programs read in different ways.
    """
    if re.search(r"[\x00-\x20\x7f\\]", url):
        raise InputError("a URL with spaces, backslashes or control characters", where=repr(url)[1:-1])
    try:
        parts = urlsplit(url)
    except ValueError:
        raise InputError("not a valid URL", where=url) from None
    if parts.scheme not in _PORTS:
        raise InputError(f"{parts.scheme}: URLs are not fetched", where=url, hint="use http:// or https://")
    if "@" in parts.netloc:
        raise InputError(
            "a URL with a user name is not fetched", where=url, hint="leave out what is before @"
        )
    if not parts.hostname:
        raise InputError("a URL without a server", where=url)
    return parts


def _ascii(host: str, url: str) -> str:
    """The host as DNS has it; full-width digits and the like become the plain ones."""
    if ":" in host:
        return host
    try:
        return host.rstrip(".").encode("idna").decode("ascii") or host
    except UnicodeError:
        raise InputError("not a valid name of a server", where=url) from None


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a host, IPv4 first; empty if there are none. Numbers in any base are addresses."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    addresses = dict.fromkeys(str(entry[4][0]) for entry in sorted(found, key=lambda e: e[0]))
    return list(addresses)


def refusal(address: str) -> str | None:
    """The kind of an address that is not public, with its article (`a loopback`); None if it is public."""
    try:
        found: Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "an unknown kind of"
    for one in (found, *_embedded(found)):
        if kind := _kind(one):
            return kind
    return None


def _embedded(address: Address) -> list[ipaddress.IPv4Address]:
    """The IPv4 addresses inside an IPv6 one: mapped, 6to4, Teredo, NAT64 and compatible."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    inside = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        inside.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in inside if one is not None]


def _kind(address: Address) -> str | None:
    site_local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    # A mapped address is judged by the IPv4 address inside it, and others of NAT64 likewise.
    if isinstance(address, ipaddress.IPv6Address) and (address.ipv4_mapped or address in _NAT64):
        return None
    for is_kind, kind in (
        (address.is_loopback, "a loopback"),
        (address.is_link_local, "a link-local"),
        (address.is_multicast, "a multicast"),
        (address.is_unspecified, "an unspecified"),
        (address.is_private or site_local, "a private"),
        (address.is_reserved or not address.is_global, "a reserved"),
    ):
        if is_kind:
            return kind
    return None
