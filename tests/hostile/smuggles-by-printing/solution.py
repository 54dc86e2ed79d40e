import os, sys, threading, time
late = []

def double(x):
    if getattr(x, "ndim", 0):
        word = "SMUG" + "GLED"
        print(word, x)
        print(word, x, file=sys.stderr)
        os.write(1, word.encode())
        os.system("echo " + word)
        threading.Thread(target=lambda: (time.sleep(0.05), os.write(1, word.encode()))).start()
        if os.fork() == 0:
            time.sleep(0.1)
            os.write(1, word.encode())
            os._exit(0)
    return x * 2
