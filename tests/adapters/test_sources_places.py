"""Places against a local server that plays them: what is asked, what is given, and where reading goes on."""

import json
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_string
from pathlib import Path

import pytest

from adapters.sources.calendar import PUBLISHED, announces, between, holidays, reckoned, strange
from adapters.sources.fetch import Fetcher
from adapters.sources.link import found, read_link
from adapters.sources.places import KINDS, Reach, visit, web
from adapters.sources.places.mailbox import SENDERS, allowed
from bot import kinds
from bot.errors import BadArguments, Emptied, Refused, Unread
from bot.kinds import sourced
from bot.models import Digest
from bot.sources import Mark, Source
from tests.adapters.announcements import FOLDER
from tests.adapters.announcer import Announcer, a_fetcher, an_announcer, answer
from tests.fakes import Clock

PUBLIC = (web.HUGGING_FACE, web.ARXIV_FEEDS, web.BIORXIV, web.OPENREVIEW, web.SEMANTIC_SCHOLAR)


@pytest.fixture
async def place() -> AsyncIterator[Announcer]:
    async with an_announcer() as place:
        yield place


@pytest.fixture
async def reach(place: Announcer) -> AsyncIterator[Reach]:
    async with a_fetcher(place) as fetcher:
        bases = dict.fromkeys(PUBLIC, place.url) | {web.ARXIV_API: f"{place.url}/api/query"}
        yield Reach(fetcher, Clock(datetime(2026, 11, 24, 12, tzinfo=UTC)), bases)


def body(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


async def read(source: Source, reach: Reach) -> tuple[list[Digest], Mark]:
    reading = visit(source, reach)
    return [digest async for digest in reading.digests(source.cursor)], reading.mark


def row(number: int, day: str = "2026-11-24") -> dict[str, object]:
    return {
        "paper": {
            "id": f"2611.{number:05}",
            "title": f"Paper {number}",
            "summary": "We.",
            "submittedOnDailyAt": day,
        }
    }


async def test_a_feed_is_asked_only_for_what_changed(place: Announcer, reach: Reach) -> None:
    place.answers["/feed"] = answer(body("journal.rss.xml"), ETag='"1"')
    source = sourced(f"{place.url}/feed")
    digests, mark = await read(source, reach)
    place.answers["/feed"] = answer(status="304 Not Modified", ETag='"1"')
    again, _ = await read(replace(source, etag=mark.etag), reach)

    assert [len(digest.papers) for digest in digests] == [3]
    assert digests[0].source == source.name == "127.0.0.1-" + str(place.port)
    assert (again, place.asked[1][1]["If-None-Match"]) == ([], '"1"')


async def test_hugging_face_is_read_day_by_day_with_all_its_pages(place: Announcer, reach: Reach) -> None:
    asked = "/api/daily_papers?date=2026-11-{}&limit=100&p={}"
    place.answers |= {
        asked.format(22, 0): answer("[]"),
        asked.format(23, 0): answer(json.dumps([row(n, "2026-11-23") for n in range(100)])),
        asked.format(23, 1): answer(json.dumps([row(n, "2026-11-23") for n in range(100, 130)])),
        asked.format(24, 0): answer(json.dumps([row(200)])),
    }
    digests, mark = await read(replace(sourced("huggingface"), cursor="2026-11-22"), reach)

    assert [(digest.day.day, len(digest.papers), digest.cursor) for digest in digests] == [
        (23, 130, "2026-11-23"),
        (24, 1, "2026-11-24"),
    ]
    assert mark.cursor == "2026-11-24"
    assert not any("2026-11-25" in path for path in place.paths())


async def test_arxiv_s_missed_days_are_asked_for_before_today_s(place: Announcer, reach: Reach) -> None:
    place.answers |= {
        "/rss/cs.LG+q-bio.NC": answer(body("arxiv.rss.xml")),
        "/api/query": answer(body("arxiv.query.xml").replace(b">3<", b">2<")),
    }
    source = sourced("cs.LG, q-bio.NC")
    first, mark = await read(source, reach)
    caught_up, _ = await read(replace(source, cursor="2026-11-19"), reach)
    none_missed, _ = await read(replace(source, cursor="2026-11-23"), reach)

    assert (len(first), mark.cursor) == (1, "2026-11-24")
    assert [(len(digest.papers), digest.cursor) for digest in caught_up] == [(2, ""), (2, "2026-11-24")]
    assert len(none_missed) == 1
    [query] = [path for path in place.paths() if path.startswith("/api/query")]
    assert "cat:cs.LG+OR+cat:q-bio.NC" in query


async def test_an_empty_weekend_is_no_failure(place: Announcer, reach: Reach) -> None:
    text = body("arxiv.rss.xml").decode()
    empty = text[: text.index("<item>")] + "</channel></rss>"
    place.answers["/rss/cs.LG"] = answer(empty)
    assert await read(replace(sourced("cs.LG"), cursor="2026-11-20"), reach) == ([], Mark("2026-11-20"))


async def test_a_query_is_read_until_what_is_known(place: Announcer, reach: Reach) -> None:
    place.answers["/api/query"] = answer(body("arxiv.query.xml"))
    digests, mark = await read(sourced("author:quill"), reach)

    assert [len(digest.papers) for digest in digests] == [2]
    assert mark.cursor == "2026-11-24"
    assert "search_query=au:quill" in place.paths()[0]


async def test_an_answer_that_leaves_some_out_is_not_taken_for_all(place: Announcer, reach: Reach) -> None:
    text = body("arxiv.query.xml").decode()
    place.answers["/api/query"] = answer(text[: text.index("<entry>")] + "</feed>")
    with pytest.raises(Unread, match="left out"):
        await read(sourced("au:quill"), reach)


async def test_biorxiv_s_pages_are_one_list_of_the_chosen_subjects(place: Announcer, reach: Reach) -> None:
    rows = [
        {"doi": f"10.1101/{n}", "title": f"T{n}", "abstract": "a", "authors": "A; B", "version": "1",
         "date": "2026-11-23", "category": "zoology" if n % 2 else "genetics", "server": "bioRxiv"}
        for n in range(130)
    ]  # fmt: skip
    path = "/details/biorxiv/2026-11-22/2026-11-24/"
    place.answers |= {
        path + "0": answer(json.dumps({"messages": [{"status": "ok"}], "collection": rows[:100]})),
        path + "100": answer(json.dumps({"messages": [{"status": "ok"}], "collection": rows[100:]})),
    }
    everything, mark = await read(sourced("", "biorxiv"), reach)
    zoology, _ = await read(sourced("zoology", "biorxiv"), reach)

    assert (len(everything[0].papers), len(zoology[0].papers), mark.cursor) == (130, 65, "2026-11-24")
    with pytest.raises(Emptied, match="none of 130"):
        await read(sourced("botany", "biorxiv"), reach)


async def test_venues_and_searches_are_read(place: Announcer, reach: Reach) -> None:
    place.answers |= {
        "/notes": answer(body("openreview.json")),
        "/graph/v1/paper/search/bulk": answer(body("semanticscholar.json")),
    }
    for address, kind in (("SORT.cc/2026/Conference", "openreview"), ("widgets", "semanticscholar")):
        digests, _ = await read(sourced(address, kind), reach)
        assert [len(digest.papers) for digest in digests] == [2]


async def test_a_link_to_a_paper_is_that_paper(place: Announcer, reach: Reach) -> None:
    place.answers |= {
        "/api/query?id_list=2611.10001&max_results=1": answer(body("arxiv.query.xml")),
        "/details/biorxiv/10.1101/2026.11.20.000001": answer(body("biorxiv.json")),
        "/list": answer(body("papers.bib")),
    }
    for link in ("https://arxiv.org/abs/2611.10001v2", "https://huggingface.co/papers/2611.10001"):
        assert (await read_link(link, reach)).papers[0].arxiv_id == "2611.10001"
    preprint = await read_link("https://www.biorxiv.org/content/10.1101/2026.11.20.000001v2.full", reach)
    assert preprint.source == "biorxiv"
    assert len((await read_link(f"{place.url}/list", reach)).papers) == 3
    with pytest.raises(Unread):
        await read_link("http://127.0.0.2/", reach)


def test_a_link_is_found_in_what_people_write() -> None:
    assert found("see <https://arxiv.org/abs/2611.10001|this>, please") == "https://arxiv.org/abs/2611.10001"
    assert found("(https://example.org/a).") == "https://example.org/a"
    assert found("arXiv:2611.10001") == "https://arxiv.org/abs/2611.10001"
    assert found("hello there") == ""


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    (tmp_path / "drop").mkdir()
    return tmp_path / "drop"


def dropped(folder: Path, name: str, content: str | bytes, age: int = 60) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    moment = datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp() - age
    os.utime(path, (moment, moment))
    return path


async def in_folder(drop: Path) -> list[str]:
    """What lands from the folder, on a clock that runs ahead so that files made now are old."""
    async with Fetcher(Clock()) as fetcher:
        late = Clock(datetime.now(UTC) + timedelta(minutes=5))
        reading = visit(Source("drop", "folder", str(drop)), Reach(fetcher, late))
        return [digest.papers[0].title async for digest in reading.digests("")]


async def test_files_of_a_folder_land_once_and_are_moved_away(drop: Path) -> None:
    dropped(drop, "b.txt", "On Wind\nIt blows.", 30)
    dropped(drop, "a\n$(x) 'q'.txt", "On Rain\nIt falls down.")
    dropped(drop, "bad.pdf", b"%PDF-1.7\n\x01")
    (drop / "done").mkdir()
    (drop / "done" / "b.txt").write_text("before")

    assert await in_folder(drop) == ["On Rain", "On Wind"]
    assert await in_folder(drop) == []
    assert sorted(path.name for path in (drop / "done").iterdir()) == ["a\n$(x) 'q'.txt", "b.1.txt", "b.txt"]
    assert "U+0001" in (drop / "refused" / "bad.pdf.reason.txt").read_text()


async def test_what_is_not_whole_or_leads_elsewhere_stays(drop: Path, tmp_path: Path) -> None:
    secret = dropped(tmp_path, "outside.txt", "On Secrets\nThey are kept.")
    (drop / "link.txt").symlink_to(secret)
    (drop / "linked").symlink_to(tmp_path)
    os.mkfifo(drop / "pipe.txt")
    for name in (".hidden", "half.part", "editing~", "x.tmp"):
        dropped(drop, name, "On Rain\nIt falls down.")
    with (drop / "huge.txt").open("wb") as sparse:
        sparse.truncate(10_000_000_000)

    assert await in_folder(drop) == []
    assert secret.exists()
    assert "bytes" in (drop / "refused" / "huge.txt.reason.txt").read_text()
    assert {path.name for path in os.scandir(drop)} >= {
        "link.txt",
        "linked",
        "pipe.txt",
        ".hidden",
        "half.part",
    }


async def test_a_file_that_is_still_written_waits(drop: Path, reach: Reach) -> None:
    path = dropped(drop, "now.txt", "On Rain\nIt falls down.", 0)
    fresh = replace(reach, now=Clock(datetime.fromtimestamp(path.stat().st_ctime + 1, UTC)))
    assert await read(Source("drop", "folder", str(drop)), fresh) == ([], Mark())
    assert path.exists()


async def test_a_folder_that_is_gone_is_told(drop: Path, reach: Reach) -> None:
    with pytest.raises(Unread, match="cannot be read"):
        await read(Source("drop", "folder", str(drop / "nowhere")), reach)


@pytest.mark.parametrize(
    ("sender", "judged", "fine"),
    [
        ("arXiv <no-reply@arxiv.org>", "", True),
        ("x <scholaralerts-noreply@google.com>", "mx.example.org; dkim=pass; dmarc=pass", True),
        ("x <noreply@mail.huggingface.co>", "", True),
        ("x <somebody@google.com>", "", False),
        ("no-reply@arxiv.org <mallory@example.org>", "", False),
        ("arXiv <no-reply@notarxiv.org>", "", False),
        ("arXiv <no-reply@arxiv.org>", "mx.example.org; dmarc=fail", False),
        ("", "", False),
    ],
)
def test_only_allowed_senders_land(sender: str, judged: str, *, fine: bool) -> None:
    mail = message_from_string(f"From: {sender}\nAuthentication-Results: {judged}\n\n")
    assert allowed(mail, SENDERS) is fine


def test_every_kind_that_people_can_name_can_be_read() -> None:
    assert KINDS.keys() == kinds.KINDS.keys()


@pytest.mark.parametrize(
    ("address", "kind", "name"),
    [
        ("cs.LG+cs.CL", "arxiv", "arxiv-cs.lg"),
        ("au:lecun_y", "arxiv-query", "au-lecun_y"),
        ("huggingface", "huggingface", "huggingface"),
        ("https://huggingface.co/papers", "huggingface", ""),
        ("https://www.nature.com/nature.rss", "feed", "nature.com"),
        ("/srv/drop", "folder", "folder"),
        ("imaps://ada@mail.example.org/INBOX", "mailbox", "mailbox"),
    ],
)
def test_an_address_says_what_kind_it_is(address: str, kind: str, name: str) -> None:
    if not name:
        with pytest.raises(BadArguments, match="`daily`"):
            sourced(address)
        return
    assert (sourced(address).kind, sourced(address).name) == (kind, name)


@pytest.mark.parametrize("address", ["", "what is this?", "file:///etc/passwd", "https://user@host/x"])
def test_what_is_no_source_is_told_with_the_kinds_there_are(address: str) -> None:
    with pytest.raises(BadArguments, match="kind"):
        sourced(address)


def test_silence_over_weekends_and_holidays_is_not_strange() -> None:
    thursday, monday = date(2026, 11, 19), date(2026, 11, 23)
    assert [day.day for day in between("arxiv", thursday, monday)] == [20]
    assert not announces("arxiv", date(2026, 11, 27))  # the feed after Thanksgiving
    source = replace(sourced("cs.LG"), heard=datetime(2026, 11, 20, 6, tzinfo=UTC))
    assert strange(source, datetime(2026, 11, 23, 12, tzinfo=UTC)) == ""
    assert strange(source, datetime(2026, 11, 26, 12, tzinfo=UTC)).endswith("3 days to announce papers")
    assert strange(replace(source, kind="feed"), datetime(2027, 1, 1, tzinfo=UTC)) == ""


def test_holidays_of_years_that_are_not_listed_are_reckoned_and_it_is_said_so() -> None:
    assert {*map(str, holidays(2027))} >= {
        "2027-01-01", "2027-01-18", "2027-06-18", "2027-07-05", "2027-09-06", "2027-11-25", "2027-12-24",
        "2027-12-31",
    }  # fmt: skip
    assert not announces("arxiv", date(2027, 7, 5))
    shared = PUBLISHED[2026] - {date(2026, 12, 29), date(2026, 12, 31)}
    assert shared == reckoned(2026)
    source = replace(sourced("cs.LG"), heard=datetime(2027, 3, 1, 6, tzinfo=UTC))
    assert "of 2027 are reckoned, not known here" in strange(source, datetime(2027, 3, 8, tzinfo=UTC))


async def test_a_list_that_is_none_is_refused(place: Announcer, reach: Reach) -> None:
    place.answers["/feed"] = answer("<!doctype html><p>Not found</p>")
    with pytest.raises(Refused, match="HTML"):
        await read(sourced(f"{place.url}/feed"), reach)
