import socket
for port in (6379, 5432, @PORT@):
    attempt(f"port {port}", socket.create_connection, ("127.0.0.1", port), 2)
