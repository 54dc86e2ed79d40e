"""`python -m grader.zygote RUNTIME SOCKET`: started by `grader.host`, never by hand."""

import sys

from grader.zygote.server import serve

if __name__ == "__main__":
    serve(runtime=sys.argv[1], path=sys.argv[2])
