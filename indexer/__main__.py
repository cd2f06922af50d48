"""`python -m indexer` is the command `faq-index`."""

from indexer.cli import main

if __name__ == "__main__":
    main(prog_name="faq-index")
