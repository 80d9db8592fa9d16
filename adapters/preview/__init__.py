"""Messages drawn as the platforms show them, from the very payloads they are sent: a page for a browser."""

from adapters.preview.drawing import Drawn, drawn
from adapters.preview.page import PLATFORMS, THEMES, Asked, Frame, page
from adapters.preview.server import Compose, Preview

__all__ = ["PLATFORMS", "THEMES", "Asked", "Compose", "Drawn", "Frame", "Preview", "drawn", "page"]
