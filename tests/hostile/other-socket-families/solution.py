import socket
for family in (9, 15, 16, 17, 29, 31, 38, 40, 41, 42, 44, 45):
    attempt(f"family {family}", socket.socket, family, socket.SOCK_DGRAM, refused=BY_FILTER)
