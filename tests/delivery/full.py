"""A courier on a small disk that fills up and is cleared again and again; what came of it, as a line of JSON."""

import asyncio
import json
import random
import sys
from dataclasses import asdict
from pathlib import Path

from sqlalchemy.exc import OperationalError

from tests.delivery.stand_in import Manners
from tests.delivery.trial import Trial, eventually, trial

RULES = (1.5, 0.7, 1.5, 1.0)


def fill(ballast: Path, left: int) -> None:
    """Leave *left* bytes of the disk."""
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096) == 4096:  # a page
                pass
        except OSError:
            pass
        file.truncate(max(0, ballast.stat().st_size - left))


async def owed(here: Trial, people: int) -> bool:
    """Owe it to so many more; False where there is no room to write it down."""
    try:
        await here.owe(people)
    except OperationalError:
        return False
    return True


async def _cleared(here: Trial, ballast: Path) -> float:
    """Clear the disk: how long it takes until the next one gets theirs."""
    await asyncio.to_thread(ballast.unlink, missing_ok=True)
    waited = await eventually(lambda: owed(here, 1), 60)

    async def posted() -> bool:
        return here.people[-1] in await asyncio.to_thread(here.log.read_text)

    return waited + await eventually(posted, 60)


async def main(disk: Path, folder: Path, times: int) -> None:
    """Fill and clear it *times* times, while somebody delivers."""
    chance, refused, back = random.Random(times), 0, 0.0
    with trial(f"sqlite:///{disk}/x.db", folder, Manners(hold=0.2, lose=0.1), "slack") as here:
        here.tell(rules=RULES, until=str(folder / "end"), patience=60)
        for _ in range(times):
            await owed(here, 4)
            await asyncio.to_thread(fill, disk / "ballast", chance.randrange(0, 200_000))
            for _ in range(6):
                refused += not await owed(here, 1)
                await asyncio.sleep(0.1)
            back = max(back, await _cleared(here, disk / "ballast"))
        (folder / "end").touch()
        ended = here.told()["ended"]
        print(json.dumps({**asdict(here.verdict()), "refused": refused, "back": back, "ended": ended}))  # noqa: T201  # for whoever started it


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
