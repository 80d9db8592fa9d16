"""The protocol by which a delivery reaches its reader once, as a model small enough to be searched through.

One delivery, two couriers, a platform that answers late or not at all, and crashes at any step. What passes is
kept as ages, capped just above the largest constant, so the search is finite and yet bounds no time. It mirrors
`bot.delivery.Courier` and `storage.outbox`: what changes there changes here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

LEASE: Final = 2  # ticks until somebody else may take a claimed delivery over
DEADLINE: Final = 1  # after which nobody writes to the platform any more
FLIGHT: Final = 1  # the longest that a request is on its way
STALE: Final = 1  # until the history shows what was accepted
WAIT: Final = DEADLINE + FLIGHT + STALE
WINDOW: Final = 3  # in which a platform knows a nonce again
COURIERS: Final = (0, 1)

Step = Literal["idle", "claimed", "cleared", "asking"]


@dataclass(frozen=True, slots=True)
class Design:
    """What a courier does. The defaults are ours; each other value is a mistake, or an assumption broken."""

    looks: bool = True  # into the history, before it sends what may have been sent
    waits: int = WAIT  # from an earlier try to the look
    retries: bool = False  # the platform's library sends again by itself when an answer is lost
    nonce: bool = False  # the platform refuses a key that it knows
    sees: bool = True  # what the history shows is all there is
    begins: bool = True  # that it may be posted is written down before it is
    early: bool = False  # that it was sent is written down before it is
    punctual: bool = True  # nobody pauses between the look at the clock and the write
    bounded: bool = True  # no request is on its way for longer than FLIGHT


OURS: Final = Design()

WRONG: Final = {
    "again without a look": Design(looks=False),
    "a look at once": Design(waits=0),
    "a wait one tick too short": Design(waits=WAIT - 1),
    "a library that retries": Design(retries=True),
    "an empty history trusted": Design(sees=False),
    "nothing written down before the post": Design(begins=False),
    "sent written down before it is": Design(early=True),
    "only a nonce, known for too short a time": Design(looks=False, nonce=True),
}
"""Designs that look right."""

BROKEN: Final = {
    "a courier frozen between the clock and the write": Design(punctual=False),
    "a network that holds a request without bound": Design(bounded=False),
    "the first, with a nonce that is forgotten": Design(punctual=False, nonce=True),
}
"""Ours, where an assumption does not hold: what no design without the platform's help can do anything about."""


@dataclass(frozen=True, slots=True)
class Courier:
    """One of those who deliver: what it does, and since when it has been at it."""

    step: Step = "idle"
    age: int = 0
    tried: bool = False  # it took over what may have been posted


@dataclass(frozen=True, slots=True)
class World:
    """All there is: the row in the database, the couriers, what is on its way, and what was accepted."""

    state: Literal["planned", "sent"] = "planned"
    owner: int | None = None
    claimed: int = 0  # ticks since the last claim
    wire: int | None = None  # ticks since it may have been posted; None: it never was
    couriers: tuple[Courier, ...] = (Courier(), Courier())
    flying: tuple[tuple[int, int], ...] = ()  # who waits for it, and since when it is on its way
    posted: tuple[int, ...] = ()  # how long ago each was accepted
    crashes: int = 2

    @property
    def wrong(self) -> str:
        """What a reader would complain of."""
        if len(self.posted) > 1:
            return "doubled"
        return "lost" if self.state == "sent" and not self.posted and not self.flying else ""


def search(design: Design, most: int = 400_000) -> tuple[str, int]:
    """What can go wrong, "" when nothing can, and how many states were seen."""
    cap = max(LEASE, design.waits, WINDOW, STALE, FLIGHT) + 1
    seen = {World()}
    left = [World()]
    while left:
        for world in steps(left.pop(), design, cap):
            if world.wrong:
                return world.wrong, len(seen)
            if world not in seen:
                seen.add(world)
                left.append(world)
                assert len(seen) <= most
    return "", len(seen)


def steps(world: World, design: Design, cap: int) -> Iterator[World]:
    """Whatever can happen next."""
    yield from _time(world, design, cap)
    yield from _arrivals(world, design)
    for who in COURIERS:
        yield from _acts(world, who, design)
        if world.crashes and world.couriers[who].step != "idle":
            yield replace(_now(world, who, Courier()), crashes=world.crashes - 1)


def _time(world: World, design: Design, cap: int) -> Iterator[World]:
    if design.bounded and any(age >= FLIGHT for _, age in world.flying):
        return  # it arrives first
    if design.punctual and any(one.step == "cleared" and one.age >= DEADLINE for one in world.couriers):
        return  # it writes first, or gives up
    yield replace(
        world,
        claimed=min(world.claimed + 1, cap),
        wire=None if world.wire is None else min(world.wire + 1, cap),
        couriers=tuple(replace(one, age=min(one.age + 1, cap)) for one in world.couriers),
        flying=tuple((who, min(age + 1, cap)) for who, age in world.flying),
        posted=tuple(min(age + 1, cap) for age in world.posted),
    )


def _arrivals(world: World, design: Design) -> Iterator[World]:
    """A request arrives; its answer comes back or is lost."""
    for at, (who, _) in enumerate(world.flying):
        known = design.nonce and any(age <= WINDOW for age in world.posted)
        there = replace(
            world,
            flying=world.flying[:at] + world.flying[at + 1 :],
            posted=world.posted if known else tuple(sorted((*world.posted, 0))),
        )
        if world.couriers[who].step != "asking":
            yield there  # whoever asked is gone
            continue
        yield _recorded(_now(there, who, Courier()), who)
        yield _now(there, who, Courier("cleared", 0) if design.retries else Courier())


def _acts(world: World, who: int, design: Design) -> Iterator[World]:
    """What courier *who* can do next."""
    me = world.couriers[who]
    match me.step:
        case "idle":
            free = world.owner is None or world.claimed >= LEASE
            if world.state == "planned" and free:
                taken = Courier("claimed", 0, tried=world.wire is not None)
                yield replace(_now(world, who, taken), owner=who, claimed=0)
        case "claimed":
            yield from _looks(world, who, design)
        case "cleared":
            yield _now(world, who, Courier())  # too late
            flying = tuple(sorted((*world.flying, (who, 0))))
            yield replace(_now(world, who, Courier("asking", 0)), flying=flying)
        case "asking":
            yield _now(world, who, Courier())  # it waits no longer


def _looks(world: World, who: int, design: Design) -> Iterator[World]:
    """Look into the history where an earlier try may have been posted, else go on."""
    me = world.couriers[who]
    if me.tried and design.looks:
        if world.wire is not None and world.wire < design.waits:
            return  # not yet
        if design.sees and any(age >= STALE for age in world.posted):
            yield _recorded(_now(world, who, Courier()), who)
            return
    if world.owner != who:
        yield _now(world, who, Courier())  # somebody took it over
        return
    begun = _now(world, who, Courier("cleared", 0))
    if design.early:
        begun = replace(begun, state="sent")
    yield replace(begun, wire=0) if design.begins else begun


def _recorded(world: World, who: int) -> World:
    return replace(world, state="sent", owner=None if world.owner == who else world.owner)


def _now(world: World, who: int, courier: Courier) -> World:
    return replace(
        world, couriers=tuple(courier if at == who else one for at, one in enumerate(world.couriers))
    )
