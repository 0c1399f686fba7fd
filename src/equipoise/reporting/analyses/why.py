"""Why a patron does what it does, on the terminal and in the report: sentences first, then what they rest on."""

from __future__ import annotations

from equipoise.briefing import forgone
from equipoise.reporting.analyses import why_figures as figures
from equipoise.reporting.analyses import why_tables as shown
from equipoise.reporting.analyses.why_tables import Found
from equipoise.reporting.blocks import Block, Heading, Points, Remark, Section, present
from equipoise.reporting.drawing import drawn
from equipoise.reporting.run_view import RunView
from equipoise.scenario.model import Scenario
from equipoise.scenario.phrases import (
    chance,
    counted,
    day,
    interval,
    listed,
    number,
    percent,
    plus_minus,
    sentence,
)

INDIFFERENT = 0.1
"""Below this share of what is at stake as stated, goals that make an act best amount to not caring."""
NAMED = 3
"""Moves that a sentence names at most."""


def blocks(found: Found, scenario: Scenario | None = None) -> list[Block]:
    """Return what the terminal shows."""
    return present(
        Heading(title(found)), Points(sentences(found)), shown.under(found), shown.wants(found), shown.wishes(found),
        shown.alone(found), shown.believes(found), shown.frontier(found), shown.likely(found), shown.matrix(found),
        shown.telling(found),
    )  # fmt: skip


def section(context: RunView) -> Section:
    """Why the patron would do this."""
    found = context.analyses["why"]
    first, *others = sentences(found)
    made = present(
        Remark("The answer", first, "answer"), Points(tuple(others)), shown.under(found),
        shown.wants(found), shown.wishes(found), shown.alone(found), shown.believes(found),
        *drawn(figures.frontier(found), figures.posteriors(found)),
        shown.likely(found), shown.matrix(found), shown.telling(found),
    )  # fmt: skip
    lead = (
        f"What {found['words']['patron']} must believe and want for {shown.quoted(found, found['done'])} to be its "
        "best, and which account of it is likeliest. An act may also be a habit, a signal or a deceit."
    )
    return Section("analysis-why", "Why would it do this?", lead, tuple(made))


def title(found: Found) -> str:
    """Return the question as a heading."""
    since = f" from {day(found['since'])} on" if found["since"] else ""
    return f"Why would {found['words']['patron']} do this: {shown.way(found, found['done'])}{since}?"


def sentences(found: Found) -> tuple[str, ...]:
    """Say the answer, then what it must want, must believe, and which account is likeliest."""
    parts = (answer, price, wanted, suited, believed, likely)
    return tuple(said for part in parts if (said := part(found)))


def answer(found: Found) -> str:
    """Say whether anything within reach explains what is done, and the cheapest reason."""
    done, patron = sentence(shown.quoted(found, found["done"])), found["words"]["patron"]
    if not found["reasons"]:
        return f"{done} is as good as anything {patron} could do instead."
    first = found["reasons"][0]
    if first["kind"] == "as-stated":
        whose = shown.holder(found, first["holder"])
        return f"{done} is the best {patron} can do in the mean, by the numbers of {whose}."
    if found["explained"]:
        near = [_reason(found, one) for one in found["reasons"] if one["within_reach"]]
        more = (
            f" {sentence(counted(len(near) - NAMED, 'further reason'))} would do."
            if len(near) > NAMED
            else ""
        )
        return f"{done} is {patron}'s best {listed(near[:NAMED], last='or')}.{more}"
    return (
        f"Nothing within reach explains {shown.quoted(found, found['done'])}: by nobody's beliefs, under no rule of "
        f"choice, and for no goals or beliefs that the scenario thinks possible is it the best {patron} can do. So "
        f"{patron} has a reason that is not in the scenario, or does not choose by what its acts are worth. The "
        f"cheapest that would do: {_reason(found, first)}."
    )


def _reason(found: Found, reason: Found) -> str:
    whose = shown.holder(found, reason["holder"])
    if reason["kind"] == "holder":
        return f"in the mean under the beliefs of {whose}"
    if reason["kind"] == "rule":
        return f"by the rule “{reason['rule']}” under the beliefs of {whose}"
    if reason["kind"] == "other":
        return f"one that is worth at least {number(reason['price'])} in payoff, under the beliefs of {whose}"
    pairs = list(zip(reason["paths"], reason["values"], strict=True))
    moved = listed(
        [f"{shown.place(found, path)} is {shown.belief(path, value)}" for path, value in pairs[:NAMED]]
    )
    more = f" (and {counted(len(pairs) - NAMED, 'other')})" if len(pairs) > NAMED else ""
    far = (
        ""
        if reason["sds"] is None
        else f", {shown.rough(reason['sds'])} standard deviations from what is stated"
    )
    return f"if {moved}{more}{far}"


def price(found: Found) -> str:
    """Say what it gives up in the mean under each holder's beliefs: the least, and to the analyst."""
    here = next(one for one in found["under"] if one["holder"] == found["beliefs"])
    if here["price"]["mean"] <= 0:
        return ""
    best = max(here["worth"], key=lambda way: here["worth"][way])
    said = (
        f"By the numbers of {shown.holder(found, found['beliefs'])} it gives up {number(here['price']['mean'])} "
        f"({interval(here['price']['low'], here['price']['high'])}) in the mean against {shown.quoted(found, best)}, "
        f"{percent(forgone(here))} of what lies between its best and its worst way"
    )
    least = min(found["under"], key=lambda one: one["price"]["mean"])
    if least is here:
        return f"{said}."
    if least["price"]["mean"] <= 0:
        return f"{said}; by those of {shown.holder(found, least['holder'])} nothing."
    return f"{said}; least, {number(least['price']['mean'])}, by those of {shown.holder(found, least['holder'])}."


def wanted(found: Found) -> str:
    """Say what would have to be wanted, starting from the beliefs asked for."""
    here = next(one for one in found["under"] if one["holder"] == found["beliefs"])
    near, share = here["nearest"], here["share"]["mean"]
    patron = found["words"]["patron"]
    if near is None:
        return f"No goals that the file leaves in doubt would make it {patron}'s best."
    if not near["wishes"]:
        return ""
    moves = [
        f"{shown.place(found, wish['path'])} would be {shown.weight(wish, wish['wanted'])} where the file says "
        f"{shown.weight(wish, wish['stated'])}"
        for wish in near["wishes"][:NAMED]
    ]
    chances = "in no draw of its doubted goals is it best" if share <= 0 else (
        f"that its goals, as doubted, make it best is {chance(share)}"
    )  # fmt: skip
    cold = ""
    if here["stakes"] is not None and here["stakes"] < INDIFFERENT:
        cold = (
            f" All it could choose would then be worth nearly the same ({percent(here['stakes'])} of what is now at "
            "stake): it would have to be all but indifferent."
        )
    held = (
        "thinks possible" if all(wish["credible"] for wish in near["wishes"]) else "does not think possible"
    )
    return (
        f"To want it, {patron} would have to want what the scenario {held}, its goals together "
        f"{shown.rough(near['distance'])} standard deviations from those stated: {listed(moves)}; {chances}.{cold}"
    )


def suited(found: Found) -> str:
    """Say which goals could make it best alone, and whether a scaling of the stated ones could."""
    able = [one for one in found["alone"] if one["wanted"] is not None]
    if any(one["kind"] == "as-stated" for one in found["reasons"]):
        return ""
    names = listed([shown.place(found, one["path"]) for one in able[:NAMED]], last="or")
    alone = (
        f"One goal alone could make it best, if it were another: {names}"
        if able
        else "No single goal could make it best, whatever it were worth"
    )
    if able and len(able) > NAMED:
        alone += f" (and {counted(len(able) - NAMED, 'other')})"
    never = len(found["alone"]) - len(able)
    alone += f"; {counted(never, 'goal')} never could" if able and never else ""
    if found["scaled"]["lead"] <= SLIGHT:
        return f"{alone}. Nor could weighing the stated goals otherwise, each kept in its direction."
    kept = found["scaled"]["paths"]
    named = listed([shown.place(found, path) for path in kept[:NAMED]])
    more = f" (and {counted(len(kept) - NAMED, 'other')})" if len(kept) > NAMED else ""
    but = "But weighing" if not able else "Weighing"
    return (
        f"{alone}. {but} the stated goals otherwise, each kept in its direction, could: if nothing counted but "
        f"{named}{more}."
    )


TELLS = 3.0
"""An act less than so many times likelier under one account than under another hardly tells them apart."""
SLIGHT = 0.01
"""A lead, in standard deviations of what the ways are worth, below which it is one in name only."""


def believed(found: Found) -> str:
    """Say what would have to be believed of the world."""
    smallest, closest = found["believes"]["smallest"], found["believes"]["closest"]
    if smallest:
        size = min(smallest, key=lambda size: smallest[size]["distance"])
        return (
            f"To believe it, {_change(found, smallest[size])}. {_doubted(found, str(size), smallest[size])}"
        )
    if closest:
        still = (
            f"it would still give up {plus_minus(closest['price'], closest['price_se'])}"
            if closest["price"] > 0
            else "played again it is then level with the best, no more"
        )
        return (
            "No credible belief about one, two or three things in the world can be shown to make it best. Closest "
            f"comes that {_change(found, closest)}: {still}. {_doubted(found, 'closest', closest)}"
        )
    return ""


def _doubted(found: Found, key: str, change: Found) -> str:
    """Say how likely the scenario itself holds it that the world is so, or further out."""
    likely = found["believes"]["doubted"][key]
    it = "it is" if len(change["paths"]) == 1 else "all of this is"
    if likely <= 0:
        return f"The scenario drew no state of the world in which {it} so, or goes further that way."
    return (
        f"How likely the scenario itself holds it that {it} so, or goes further that way: {chance(likely)}."
    )


def _change(found: Found, change: Found) -> str:
    rows = zip(change["paths"], change["values"], change["typical"], strict=True)
    return listed(
        [
            f"{shown.place(found, path)} would be {'' if isinstance(value, str) else _side(value, typical)}"
            f"{shown.belief(path, value)} (typically {shown.belief(path, typical)})"
            for path, value, typical in rows
        ]
    )


def _side(value: float, typical: float) -> str:
    return "higher, " if value > typical else "lower, "


def likely(found: Found) -> str:
    """Say which account is likeliest, and over which looseness of choice that holds."""
    said = found["likely"]
    leaders = [
        max(said["hypotheses"], key=lambda h: h["posterior"][k])["name"]
        for k in range(len(said["looseness"]))
    ]
    first = said["hypotheses"][0]
    where = [
        looseness for looseness, name in zip(said["looseness"], leaders, strict=True) if name == first["name"]
    ]
    k = said["looseness"].index(said["at"])
    top = max(h["posterior"][k] for h in said["hypotheses"])
    accounts = counted(len(said["hypotheses"]), "account")
    mostly = f"if it mostly takes what is best for it (λ = {said['at']:g})"
    if all(act["ratio"] is not None and act["ratio"] < TELLS for act in said["acts"]):
        says = (
            f"Which of {accounts} is so, its acts hardly tell: they are about as likely under each. The likeliest is "
            f"“{shown.account(found, first)}”: {chance(top)} {mostly}, from {percent(first['prior'])} before"
        )
        return f"{says}. {whose(found, k)}".rstrip()
    says = (
        f"Of {accounts} its acts speak most for “{shown.account(found, first)}”: {chance(top)} {mostly}, "
        f"from {percent(first['prior'])} before"
    )
    hangs = f"; it leads from λ = {min(where):.2g} to {max(where):.2g}" if where else "; that hangs on λ"
    return f"{says}{hangs}. {whose(found, k)}".rstrip()


def whose(found: Found, k: int) -> str:
    """Say on whose beliefs the patron is likeliest to act, whatever its rule, at the k-th λ; nothing of one."""
    held = found["held"]
    if len(held) < 2:
        return ""
    first = max(held, key=lambda one: one["posterior"][k])
    return (
        f"How likely it is that, whatever its rule, it acts on the beliefs of {shown.holder(found, first['holder'])}: "
        f"{chance(first['posterior'][k])}, from {percent(first['prior'])} before."
    )
