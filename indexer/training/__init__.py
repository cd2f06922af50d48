"""How the bundled encoder is made. Nothing else imports this package."""
