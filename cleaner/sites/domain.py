"""Which site an address is of."""

from __future__ import annotations

import re

_SHARED_SUFFIX = re.compile(
    r"\.(?:ac|asn|co|com|edu|gen|go|gob|gouv|gov|govt|gv|id|ltd|me|mil|mod|ne|net|nhs|nic|nom|or|org|plc|sch)"
    r"\.[a-z]{2}$"
)


def registered_domain(address: str) -> str:
    """The domain that was registered, from a URL or a host name, without a list of public suffixes.

    Two labels, or three where the second-last is a kind of organisation under a country (`co.uk`, `com.br`).

    >>> registered_domain("https://www.news.example.co.uk:443/a?b"), registered_domain("WWW.Example.com")
    ('example.co.uk', 'example.com')
    """
    host = re.sub(r"^[\w+.-]*:*//", "", address.strip().lower())
    host = re.split(r"[/?#]", host, maxsplit=1)[0].rpartition("@")[2].partition(":")[0].strip(".")
    labels = host.removeprefix("www.").split(".")
    if labels[-1].isdigit():
        return host
    return ".".join(labels[-3:] if _SHARED_SUFFIX.search(host) else labels[-2:])
