"""`python -m server.engine` is the command `faq-ask`."""

from server.engine.cli import main

if __name__ == "__main__":
    main(prog_name="faq-ask")
