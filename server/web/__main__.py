"""`python -m server.web` is the command `faq-serve`."""

from server.web.cli import main

if __name__ == "__main__":
    main(prog_name="faq-serve")
