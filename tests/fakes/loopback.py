"""The machine's own network."""

import socket
import ssl

import httpx


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def plain_web(address: str = "", timeout: float = 5) -> httpx.AsyncClient:
    """A client that trusts nobody's certificate: reading the machine's takes longer than many requests."""
    return httpx.AsyncClient(
        base_url=address, timeout=timeout, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    )
