"""The interfaces of bots and chat servers that exist, over the same answers as POST /v1/ask."""
