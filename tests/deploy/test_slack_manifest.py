"""The manifest is one that Slack takes, asks for no more than is used, and matches what the program listens to.

The rules stand in Slack's reference of the app manifest and in its schema of version 2 (slackapi/manifest-schema);
they are told here in as many words as this manifest needs.
"""

import copy
import re
from pathlib import Path
from typing import Any, Final

import jsonschema  # type: ignore[import-untyped]  # it has none
import pytest
import yaml

from adapters.slack import doctor, oauth

FILE: Final = Path(__file__).parents[2] / "deploy" / "slack-manifest.yaml"
TEXT: Final = FILE.read_text("utf-8")
MANIFEST: Final[dict[str, Any]] = yaml.safe_load(TEXT)

Rules = dict[str, Any]


def whole(required: str = "", **properties: Rules) -> Rules:
    """An object of these properties and no others."""
    rules: Rules = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**rules, "required": required.split()}


def words(most: int, least: int = 1, pattern: str = "") -> Rules:
    """Text of so many characters."""
    return {"type": "string", "minLength": least, "maxLength": most, "pattern": pattern}


def listed(most: int, one: Rules, *, least: int = 0, unique: bool = True) -> Rules:
    """A list of such."""
    return {"type": "array", "minItems": least, "maxItems": most, "items": one, "uniqueItems": unique}


FLAG: Final = {"type": "boolean"}
WEB: Final = words(3_000, pattern="^https?://")

SHORTCUT: Final = whole(
    "name type callback_id description",
    name=words(24),
    type={"enum": ["message", "global"]},
    callback_id=words(255),
    description=words(150),
)
COMMAND: Final = whole(
    "command description",
    command=words(32, 2, "^/"),
    url=WEB,
    description=words(2_000),
    usage_hint=words(1_000),
    should_escape=FLAG,
)
SCHEMA: Final = whole(
    "display_information",
    _metadata=whole(major_version={"const": 2}, minor_version={"type": "integer"}),
    display_information=whole(
        "name",
        name=words(35),
        description=words(140),
        background_color=words(7, 4, "^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$"),
        long_description=words(4_000, 175),
    ),
    features=whole(
        app_home=whole(home_tab_enabled=FLAG, messages_tab_enabled=FLAG, messages_tab_read_only_enabled=FLAG),
        bot_user=whole("display_name", display_name=words(80), always_online=FLAG),
        shortcuts=listed(10, SHORTCUT, least=1),
        slash_commands=listed(50, COMMAND, least=1),
        unfurl_domains=listed(5, words(255, pattern=r"^(?![.\-])[-a-z0-9.]+[a-z0-9]$"), least=1),
    ),
    oauth_config=whole(
        redirect_urls=listed(1_000, words(2_500)),
        scopes=whole(bot=listed(255, words(50)), user=listed(255, words(50))),
    ),
    settings=whole(
        event_subscriptions=whole(request_url=WEB, bot_events=listed(100, words(50))),
        interactivity=whole("is_enabled", is_enabled=FLAG, request_url=WEB),
        org_deploy_enabled=FLAG,
        socket_mode_enabled=FLAG,
        token_rotation_enabled=FLAG,
    ),
)

NEEDS: Final = {  # which scope an event comes with, as Slack's reference of events says
    "app_home_opened": None,
    "app_uninstalled": None,
    "tokens_revoked": None,
    "team_access_revoked": None,
    "message.im": "im:history",
    "link_shared": "links:read",
}


def over_http() -> dict[str, Any]:
    """The manifest with what its last lines say is to be added for HTTP, and for cards below links."""
    found = copy.deepcopy(MANIFEST)
    address = "https://papers.example.org/slack/events"
    found["settings"]["socket_mode_enabled"] = False
    found["features"]["slash_commands"][0]["url"] = address
    found["settings"]["event_subscriptions"]["request_url"] = address
    found["settings"]["interactivity"]["request_url"] = address
    found["oauth_config"]["redirect_urls"] = ["https://papers.example.org/slack/oauth_redirect"]
    found["features"]["unfurl_domains"] = ["arxiv.org"]
    found["settings"]["event_subscriptions"]["bot_events"].append("link_shared")
    found["oauth_config"]["scopes"]["bot"] += ["links:read", "links:write"]
    return found


@pytest.mark.parametrize("manifest", [MANIFEST, over_http()], ids=["as it stands", "over HTTP"])
def test_slack_takes_it(manifest: dict[str, Any]) -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    jsonschema.validate(manifest, SCHEMA)
    scopes = {*manifest["oauth_config"]["scopes"]["bot"]}
    for event in manifest["settings"]["event_subscriptions"]["bot_events"]:
        assert NEEDS[event] in {None, *scopes}


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("display_information", "name"), "A name of more than thirty-five characters"),
        (("features", "slash_commands", 0, "command"), "papers"),
        (("features", "shortcuts", 0, "name"), "Find more papers that are like this"),
        (("features", "app_home", "messages_tab"), True),
        (("settings", "interactivity"), {}),
        (("oauth_config", "scopes", "bot"), ["commands", "commands"]),
    ],
)
def test_a_mistake_in_it_is_caught(path: tuple[str | int, ...], wrong: object) -> None:
    manifest = copy.deepcopy(MANIFEST)
    place: Any = manifest
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = wrong
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(manifest, SCHEMA)


def test_every_scope_and_event_has_a_reason() -> None:
    for name in (
        *MANIFEST["oauth_config"]["scopes"]["bot"],
        *MANIFEST["settings"]["event_subscriptions"]["bot_events"],
    ):
        assert re.search(rf"^ *- {re.escape(name)}  # \S", TEXT, re.MULTILINE), name


def test_the_program_asks_for_the_same_scopes_and_misses_each_of_them() -> None:
    scopes = MANIFEST["oauth_config"]["scopes"]["bot"]
    assert set(oauth.SCOPES) == set(scopes) == set(doctor.NEEDED)
