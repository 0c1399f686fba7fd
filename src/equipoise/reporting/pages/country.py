"""The sections on what may happen: power and falls, regions, standing, the timeline, the talks."""

from __future__ import annotations

from equipoise.reporting import figure_outlines, figure_regions, figures, figures_time, tables
from equipoise.reporting.analyses.base_rates import NO_WAR
from equipoise.reporting.analyses.base_rates import tables as rate_tables
from equipoise.reporting.blocks import Block, Paragraph, Section
from equipoise.reporting.drawing import drawn
from equipoise.reporting.run_view import RunView
from equipoise.scenario.phrases import chance, count, counted, day, sentence
from equipoise.scoring import reference_classes

MOST_NAMED = 2
"""Up to this many talks are named in the lead; the table has all."""


def country(context: RunView) -> Section | None:
    """Power over time, who falls, who governs at the end, and base rates beside them."""
    best = context.best
    body: list[Block] = drawn(figures_time.power(context), figures_time.falls(context))
    body += [tables.forces(context), tables.falls(context), *drawn(figures.orders(context))]
    lead = ""
    if context.names.incumbent:
        body += _reference(context)
        fall = context.found.forces[context.names.incumbent].collapse
        lead = (
            f"If {context.advised} follows {context.names.quoted(best)}, the chance that "
            f"{context.names.government()} falls by {day(context.day_of(context.scenario.calendar.weeks))}: "
            f"{chance(fall)}."
        )
    return Section("country", "What the country may become", lead, tuple(body))


def _reference(context: RunView) -> list[Block]:
    """How often rebels won a civil war over government, as a yardstick for the chance of a fall."""
    if context.scenario.war.peace:
        return [Paragraph(NO_WAR)]
    falls = [row for row in reference_classes(context.scenario) if row.force == context.names.incumbent]
    said = Paragraph(
        "For comparison, how often rebels took power in wars such as this one. A fall of "
        f"{context.names.government()} in the model is more than a rebel victory, so the rates are a yardstick, "
        "not a test."
    )
    return [said, *rate_tables([row.to_dict() for row in falls], context.names.force)]


def regions(context: RunView) -> Section | None:
    """Who holds which region at the start and a year later, tile by tile."""
    found, now = context.run.control, context.run.control.start
    later = found.later[context.best]
    held = {region: figure_regions.holder(later[region]) for region in context.scenario.regions}
    turned = [region for region, force in held.items() if force != figure_regions.holder(now[region])]
    told = sorted(turned or held, key=lambda region: later[region][held[region]].most, reverse=bool(turned))
    what = [
        f"{context.names.region(region)}: {context.names.within(held[region])}, "
        f"{chance(later[region][held[region]].most)}"
        for region in told[:MOST_NAMED]
    ]
    when, way = day(context.day_of(found.week)), context.names.quoted(context.best)
    lead = (
        f"If {context.advised} follows {way}, {counted(len(turned), 'region')} of {count(len(held))} "
        f"{'is' if len(turned) == 1 else 'are'} held most by another force on {when} than at the start: "
        if turned
        else f"If {context.advised} follows {way}, every region is held most by the same force on {when} as at the "
        "start, least surely: "
    ) + f"{'; '.join(what)}."
    return Section(
        "regions",
        "Who holds which region",
        lead,
        tuple(drawn(figure_outlines.outlines(context), figure_regions.regions(context))),
    )


def standing(context: RunView) -> Section | None:
    """Standing with each force over time, and at the end by strategy."""
    shown = drawn(figures_time.standing(context))
    measures = [
        (context.names.force(key), lambda item, key=key: item.standing[key].end) for key in context.forces
    ]  # fmt: skip
    caption = f"Mean standing of {context.advised} with each force at the end"
    table = tables.by_measure(context, caption, measures)
    if not shown and not table.rows:
        return None
    lead = f"How {context.advised} stands with each force as the weeks go by."
    return Section("standing", "Standing", lead, (*shown, table))


def timeline(context: RunView) -> Section | None:
    """Events, talks and deadlines."""
    shown = drawn(figures_time.timeline(context))
    body = [*shown, *(table for table in (tables.events(context), tables.agreements(context)) if table.rows)]
    if not body:
        return None
    start, end = context.scenario.calendar.start, context.day_of(context.scenario.calendar.weeks)
    as_of = context.scenario.calendar.as_of
    lead = f"The run goes from {day(start)} to {day(end)}"
    lead += f", on what was known on {day(as_of)}." if as_of else "."
    return Section("timeline", "Events and deadlines", lead, tuple(body))


def talks(context: RunView) -> Section | None:
    """The chance of a deal and where each issue may land."""
    found = context.run.talks
    if not found:
        return None
    deals = [
        f"“{context.names.talk(key, item.with_power)}”, {chance(item.deal)}" for key, item in found.items()
    ]
    figures_of = drawn(*(figures_time.talks(context, key) for key in found))
    lead = f"{sentence(counted(len(found), 'talk'))}."
    if len(found) <= MOST_NAMED:
        lead = f"{lead[:-1]}; that it takes place and ends in a deal: {'; '.join(deals)}."
    return Section("talks", "The talks", lead, (tables.talks(context), *figures_of))
