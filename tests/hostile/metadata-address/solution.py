import socket, urllib.request
attempt("urllib", urllib.request.urlopen, "http://169.254.169.254/latest/meta-data/", None, 2, refused={None})
attempt("connect", socket.create_connection, ("169.254.169.254", 80), 2)
