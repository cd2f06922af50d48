"""Serving: the Flask-free engine and the web application on top of it."""
