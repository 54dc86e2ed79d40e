import array, socket
def pass_out():
    channel = socket.socket(fileno=os.dup(3))
    file = os.open("/box/solution.py", os.O_RDONLY)
    body = __import__("msgspec").msgpack.encode({"type": "loaded"})
    raise PermissionError(errno.EPERM, "see what the worker does with it") if os.getppid() == 0 else OSError(errno.EPERM, "")
attempt("prepared", pass_out)

def double(x):
    channel = socket.socket(fileno=os.dup(3))
    files = array.array("i", [os.open("/box/solution.py", os.O_RDONLY) for _ in range(100)])
    message = __import__("msgspec").msgpack.encode({"type": "reported", "values": {}})
    channel.sendmsg([len(message).to_bytes(4, "big") + message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)])
    for file in files:
        os.close(file)
    return x * 2
