"""The form in which an interest is written (pure)."""

from typing import Any, Final

FORM: Final = "/form"
"""The button that opens the form: no command is called so."""

MOST: Final = 1_000  # characters that can be written


def form(term: str) -> dict[str, Any]:
    """The form, with *term* in it to begin with."""
    field = {
        "type": 4,
        "custom_id": "term",
        "style": 2,
        "required": True,
        "min_length": 1,
        "max_length": MOST,
    }
    if term:
        field["value"] = term[:MOST]
    else:
        field["placeholder"] = 'Such as: "flow matching" OR diffusion -medical'
    label = {
        "type": 18,
        "label": "What do you want to read about?",
        "description": "You will see what it would have found, before you follow it.",
        "component": field,
    }
    return {"custom_id": "form", "title": "Write an interest", "components": [label]}
