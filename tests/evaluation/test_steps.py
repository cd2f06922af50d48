"""What an editor is told to do, what outcomes cost, and who takes questions from whom."""

from evaluation.confusion import confusions
from evaluation.costs import cost, mean_cost
from evaluation.fates import FATES, fates
from evaluation.steps import next_steps
from tests.evaluation.judging import ANSWER, CLARIFY, HANDOFF, judged, random_run

RIGHT = judged("right", ["a"], ["a", "b"], 0.9, ANSWER)
WRONG = judged("wrong", ["a"], ["b", "a"], 0.8, ANSWER)
WRONG_AGAIN = judged("wrong-again", ["b"], ["a", "b"], 0.7, ANSWER)
OFFERED = judged("offered", ["a"], ["a", "b"], 0.5, CLARIFY)
IN_VAIN = judged("in-vain", ["c"], ["b", "a"], 0.4, CLARIFY)
MISSED = judged("missed", ["a"], ["a"], 0.3, HANDOFF)
SILENT = judged("silent", ["c"], [], 0.0, HANDOFF)
GONE = judged("gone", ["gone"], ["b"], 0.2, HANDOFF)
INVENTED = judged("invented", [], ["a"], 0.9, ANSWER)
HANDED = judged("handed", [], ["a"], 0.1, HANDOFF)
ALL = [RIGHT, WRONG, WRONG_AGAIN, OFFERED, IN_VAIN, MISSED, SILENT, GONE, INVENTED, HANDED]


def test_what_outcomes_cost() -> None:
    assert [cost(one) for one in ALL] == [0, 3, 3, 0.5, 1.5, 1, 1, 1, 3, 0]
    assert mean_cost(ALL) == 1.4
    assert mean_cost([]) is None


def test_how_questions_end() -> None:
    counts = {"right": 1, "click": 1, "person": 1, "missed": 3, "vain": 1, "wrong": 3}
    assert fates(ALL) == counts
    assert tuple(fates([])) == FATES


def test_two_articles_that_fight_are_one_step_whoever_wins() -> None:
    steps = next_steps(ALL, {"gone"})
    found = [(s.kind, s.articles, [ALL[p].id for p in s.places], s.cost) for s in steps]
    assert found == [
        ("separate", ("a", "b"), ["wrong", "wrong-again"], 6),
        ("unanswered", ("a",), ["invented"], 3),
        ("wording", ("c",), ["in-vain", "silent"], 2.5),
        ("unsure", ("a",), ["missed", "offered"], 1.5),
        ("missing", ("gone",), ["gone"], 1),
    ]


def test_every_failure_is_in_exactly_one_step() -> None:
    run = random_run(3, 200)
    places = [place for step in next_steps(run) for place in step.places]
    assert sorted(places) == [n for n, one in enumerate(run) if cost(one)]


def test_who_takes_from_whom() -> None:
    pairs = confusions(ALL)
    found = [(p.expected, p.got, len(p.stolen), p.answered, len(p.contested)) for p in pairs]
    assert found == [
        ("a", "b", 1, 1, 1),
        (None, "a", 1, 1, 0),
        ("b", "a", 1, 1, 0),
        ("c", "b", 1, 0, 0),
        ("gone", "b", 1, 0, 0),
    ]
