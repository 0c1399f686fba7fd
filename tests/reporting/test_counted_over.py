"""Wherever a share of states is shown, the same words say over how many it is counted."""

from equipoise.reporting import answer, brief, tables
from equipoise.reporting.analyses import beliefs, explore_tables
from equipoise.scenario.display_names import Names
from equipoise.scenario.phrases import counted_over

SAID = "Counted over 256 states of the world; other views count others, and their shares may differ."


def test_the_words():
    assert counted_over(1250) == SAID.replace("256", "1,250")
    assert counted_over(512, "futures").startswith("Counted over 512 futures; other views")


def test_every_view_says_over_how_many_states_it_counts(golden):
    """4,096 futures of 16 courses of chance each."""
    context, found = golden.context, golden.analyses
    names = Names.of(golden.scenario)
    assert context.run.states == 256
    assert tables.ranking(context).note.endswith(SAID)
    assert beliefs.choices(found["beliefs"], names).note.endswith(SAID)
    assert explore_tables.pairs(found["explore"], names).note.endswith(SAID)
    assert SAID in " ".join(map(str, brief.blocks(context)))
    assert answer.how_sure(context).items[-2] == SAID
    assert (
        SAID.replace("states of the world", "futures") in explore_tables.watch(found["explore"], names).note
    )
