"""Finding a port to listen on."""

import socket

from deploy.exceptions import LaunchError


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # A port whose last connections are still closing is free for a server that asks like this, as ours do.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(host: str, first: int, tries: int = 50) -> int:
    """The first free port from `first` on. Raises LaunchError when none of `tries` ports is."""
    for port in range(first, first + tries):
        if is_free(host, port):
            return port
    raise LaunchError(f"No free port on {host} from {first} to {first + tries - 1}. Choose one: make run PORT=9000")
