import mmap
def i386():
    child = os.fork()
    if child == 0:
        code = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")  # mov eax, 20 (getpid); int 0x80; ret
        address = ctypes.addressof(ctypes.c_char.from_buffer(code))
        answer = ctypes.CFUNCTYPE(ctypes.c_int)(address)()
        os._exit(0 if answer == os.getpid() else 1)
    if os.waitpid(child, 0)[1] != 0:
        raise PermissionError(errno.EPERM, "refused")
attempt("int 0x80", i386)
