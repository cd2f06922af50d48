"""`python -m evaluation` is the command `faq-eval`."""

from evaluation.cli import main

if __name__ == "__main__":
    main(prog_name="faq-eval")
