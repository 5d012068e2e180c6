"""From points to verdicts: the steps over the whole sequence of blocks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cleaner.decide.by_rule import apply_bound_rules, apply_rules, apply_wording, is_bound, is_by_words, stay_in_body
from cleaner.decide.copies import drop_contained, drop_copies, drop_pull_quotes, drop_repeated_teasers, drop_said_twice
from cleaner.decide.decision import MOST_DOUBT, Decision, has_story
from cleaner.decide.declared import end_with_body, favour_body, follow_article
from cleaner.decide.headline import clear_above_headline, find_headline
from cleaner.decide.lead import clear_under_headline, drop_author_note, keep_begin, keep_standfirst
from cleaner.decide.leftovers import (
    drop_bare_headings,
    drop_below_end,
    drop_beside_noise,
    drop_captions,
    drop_last_divider,
    drop_last_tags,
)
from cleaner.decide.lists import drop_capitals, drop_latest, drop_led, drop_links, drop_listed, drop_sections
from cleaner.decide.naming import name_classes
from cleaner.decide.page_verdict import is_cut_off, is_live_blog, why_no_story
from cleaner.decide.panels import drop_comments, drop_polls
from cleaner.decide.repair import find_repairs, take_marks
from cleaner.decide.tail import drop_tail
from cleaner.decide.turns import drop_turns
from cleaner.facts import Floats
from cleaner.policy import Policy
from cleaner.rules.match import Hit
from cleaner.weigh.view import View
from cleaner.weigh.weights import Weights

_TABLE_ROWS = 3
_LIST_ITEMS = 3
_BESIDE_BEST = 0.8


def decide(view: View, weights: Weights, hits: Sequence[Hit], policy: Policy) -> Decision:
    """Decide on every block of a document."""
    decision = _decide_or_again(view, weights, hits, policy)
    if decision.refused is None and not any(hit.rule.action == "body" for hit in hits):
        story = ~decision.noise & decision.kept
        reason = why_no_story(view, story, decision.label, decision.headline)
        return decision if reason is None else _refuse(decision, reason)
    return decision


def _decide_or_again(view: View, weights: Weights, hits: Sequence[Hit], policy: Policy) -> Decision:
    """Where a page shows no story by the card's measure, take its best sentences for one if no worse than doubtful."""
    decision = _decide(view, weights, hits, policy, weights.card.threshold(weights.points, view.words))
    if decision.refused is None or view.structure is None:
        return decision
    best = float(weights.points[view.is_sentence].min(initial=np.inf))
    if best > MOST_DOUBT:
        return decision
    again = _decide(view, weights, hits, policy, best + _BESIDE_BEST)
    return again if again.refused is None else decision


def _decide(view: View, weights: Weights, hits: Sequence[Hit], policy: Policy, drop_above: float) -> Decision:
    by_words = [hit for hit in hits if is_by_words(hit)]
    hits = [hit for hit in hits if not is_by_words(hit)]
    decision = decide_but_tail(view, weights, hits, drop_above)
    drop_tail(view, weights, decision, drop_repeated_teasers(view, decision))
    if not has_story(view, decision):
        return _refuse(decision, "no story found in it: no run of full sentences")
    apply_bound_rules(view, decision, [hit for hit in hits if is_bound(hit)])
    drop_last_tags(view, decision)
    drop_beside_noise(view, decision)
    drop_below_end(view, decision)
    drop_bare_headings(view, decision)
    drop_last_divider(view, decision)
    apply_wording(decision, by_words)
    decision.headline = find_headline(view, decision)
    clear_above_headline(view, decision)
    clear_under_headline(view, decision)
    drop_captions(view, decision)
    keep_standfirst(view, decision, {hit.block for hit in hits if hit.rule.class_ == "standfirst"})
    keep_begin(view, decision)
    name_classes(view, decision)
    fates = {label: policy.fate(label) for label in set(decision.label)}
    for index, label in enumerate(decision.label):
        decision.kept[index] = fates[label] == "keep"
        if fates[label] == "metadata" and index != decision.headline:
            decision.noted.append(index)
    if not has_story(view, decision):
        return _refuse(decision, "nothing of it would be left")
    decision.flags = _flags(view, decision)
    _repair(view, decision, policy.repairs)
    return decision


def decide_but_tail(view: View, weights: Weights, hits: Sequence[Hit], drop_above: float) -> Decision:
    """What is noise by points, by rules that need nothing but the block, as a copy, or in a list."""
    points = _of_lists(view, _of_tables(view, favour_body(view, weights.points)) - drop_above)
    decision = Decision(["story"] * view.size, points > 0, np.ones(view.size, dtype=bool), points)
    bodies = [hit for hit in hits if hit.rule.action == "body"]
    named = [hit for hit in hits if hit.rule.action != "body" and hit.rule.class_ != "standfirst"]
    apply_rules(view, decision, [hit for hit in named if not is_bound(hit)])
    stay_in_body(view, decision, bodies)
    follow_article(view, decision)
    end_with_body(view, decision)
    drop_copies(view, decision)
    drop_contained(view, decision)
    drop_said_twice(view, decision)
    drop_pull_quotes(view, decision)
    drop_polls(view, decision)
    drop_comments(view, decision)
    drop_links(view, decision)
    drop_sections(view, decision)
    drop_listed(view, decision)
    drop_led(view, decision)
    drop_latest(view, decision)
    drop_capitals(view, decision)
    drop_author_note(view, decision)
    drop_last_tags(view, decision)
    drop_turns(view, decision)
    return decision


def _of_tables(view: View, points: Floats) -> Floats:
    """The points, with the mean for each row of a table of data: its rows stay or go together."""
    if view.structure is None:
        return points
    rows = [index for index, block in enumerate(view.document.blocks) if "\t" in block.text]
    if len(rows) < _TABLE_ROWS:
        return points
    table = view.around.nearest("table")[view.around.holder[rows]]
    total = np.bincount(table, weights=points[rows])
    points = points.copy()
    points[rows] = (total / np.maximum(np.bincount(table), 1))[table]
    return points


def _of_lists(view: View, points: Floats) -> Floats:
    """The points, with no item of a list worse than their mean where that keeps them: such items stay together."""
    items = [index for index, block in enumerate(view.document.blocks) if block.kind == "list_item"]
    if view.structure is None or len(items) < _LIST_ITEMS:
        return points
    around = view.around
    lists = np.maximum(around.nearest("ul"), around.nearest("ol"))[around.holder]
    item = around.nearest("li")[around.holder]
    alone = (np.bincount(item)[item] == 1) & (2 * view.link_chars < view.facts.chars)
    size, total = (np.bincount(lists, weights=values) for values in (alone, points))
    plain = (size >= _LIST_ITEMS) & (size == np.bincount(lists))
    mean = np.where(plain, total / np.maximum(size, 1), 0.0)[lists]
    return np.where((mean < 0) & (lists > 0), np.minimum(points, mean), points)


def _repair(view: View, decision: Decision, repairs: frozenset[str]) -> None:
    """Put white space right in what is kept, where no cut is in the way."""
    if view.document.plain is not None:
        take_marks(view.document, decision.cuts.values())
    for block, repair in find_repairs(view, repairs):
        if decision.kept[block]:
            cuts = decision.cuts.setdefault(block, [])
            if not any(cut.meets(repair.start, repair.end) for cut in cuts):
                cuts.append(repair)
    for cuts in decision.cuts.values():
        cuts.sort(key=lambda cut: (cut.start, cut.end))


def _refuse(decision: Decision, reason: str) -> Decision:
    decision.refused = reason
    decision.kept[:] = True
    decision.cuts.clear()
    decision.noted.clear()
    decision.headline = None
    decision.flags = ()
    return decision


def _flags(view: View, decision: Decision) -> tuple[str, ...]:
    named = [(block, hit.rule.id.partition(".")[0]) for block, hits in decision.rules.items() for hit in hits]
    asking = {block for block, kind in named if kind in ("newsletter", "donation")}
    walls = np.zeros(view.size, dtype=bool)
    walls[[block for block, kind in named if kind == "paywall" and block not in asking]] = True
    found = {
        "truncated": is_cut_off(view, decision.kept, walls),
        "live-blog": is_live_blog(view, decision.kept),
    }
    return tuple([flag for flag, is_so in found.items() if is_so])
