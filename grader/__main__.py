"""`python -m grader`: see `grader.cli`."""

from grader.cli.app import main

if __name__ == "__main__":
    main()
