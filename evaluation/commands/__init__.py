"""The subcommands of `faq-eval`, one module each; `evaluation.cli` finds them here."""
