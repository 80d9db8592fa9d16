"""E-mail as a platform: digests that come to an inbox as well. It only sends, and its links lead to our web server."""

from adapters.email.adapter import EmailAdapter, mail_settings
from adapters.email.letters import render
from adapters.email.links import Links

__all__ = ["EmailAdapter", "Links", "mail_settings", "render"]
