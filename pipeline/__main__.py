"""`python -m pipeline` is the command `biaozhu`; the workflow calls it so that it needs no PATH."""

from pipeline.cli import main

if __name__ == "__main__":
    main()
