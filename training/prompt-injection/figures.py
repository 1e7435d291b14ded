"""How often a score is right, over texts of several sources that each count at most `MOST_OF_SOURCE` texts."""

import numpy

MOST_OF_SOURCE = 400


def importance(sources):
    _, index, counts = numpy.unique(sources, return_inverse=True, return_counts=True)
    return (numpy.minimum(counts, MOST_OF_SOURCE) / counts)[index]


def threshold(scores, weights, rate):
    """The lowest score that at most `rate` of the (harmless) texts are over."""
    order = numpy.argsort(-scores)
    share = numpy.cumsum(weights[order]) / weights.sum()
    return scores[order[min(numpy.searchsorted(share, rate, side="right"), len(order) - 1)]]


def area(attacks, attack_weights, harmless, harmless_weights):
    order = numpy.argsort(harmless)
    ranked = harmless[order]
    below = numpy.concatenate([[0], numpy.cumsum(harmless_weights[order])]) / harmless_weights.sum()
    either = (below[numpy.searchsorted(ranked, attacks, "left")] + below[numpy.searchsorted(ranked, attacks, "right")]) / 2
    return numpy.average(either, weights=attack_weights)


def caught(scores, weights, over):
    return numpy.average(scores > over, weights=weights)


def print_figures(rows, scores, probability):
    labels = numpy.array([row["label"] for row in rows])
    sources = numpy.array([row["source"] for row in rows])
    attack, harmless = labels == 1, labels == 0
    weights = numpy.empty(len(rows))
    for side in (attack, harmless):
        weights[side] = importance(sources[side])
    overs = [threshold(scores[harmless], weights[harmless], rate) for rate in (0.05, 0.01, 0.001)]
    print(f"area under the curve {area(scores[attack], weights[attack], scores[harmless], weights[harmless]):.3f}")
    print("caught at 5 %, 1 %, 0.1 % false positives: " + ", ".join(f"{caught(scores[attack], weights[attack], over):.3f}" for over in overs))
    print("\n| threshold | false positives | caught |\n|---|---|---|")
    for limit in (0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99):
        print(f"| {limit} | {caught(probability[harmless], weights[harmless], limit):.4f} | {caught(probability[attack], weights[attack], limit):.3f} |")
    print("\n| attacks | texts | caught at 1 % | at 0.1 % |\n|---|---|---|---|")
    _print_groups(rows, attack, sources, scores, overs[1:])
    print("\n| harmless texts | texts | over the threshold of 1 % | of 0.1 % |\n|---|---|---|---|")
    _print_groups(rows, harmless, sources, scores, overs[1:])


def print_folds(rows, scores):
    """Of each fold by itself: how much is caught where 1 % of that fold's own harmless texts are over the threshold."""
    labels = numpy.array([row["label"] for row in rows])
    folds = numpy.array([row["fold"] for row in rows])
    print("\n| sources left out together | attacks | harmless texts | caught at 1 % |\n|---|---|---|---|")
    for fold in numpy.unique(folds):
        attack, harmless = (scores[(folds == fold) & (labels == label)] for label in (1, 0))
        over = numpy.quantile(harmless, 0.99)
        names = ", ".join(sorted({row["source"] for row in rows if row["fold"] == fold}))
        print(f"| {names} | {len(attack)} | {len(harmless)} | {numpy.mean(attack > over):.3f} |")


def _print_groups(rows, side, sources, scores, overs):
    kinds = numpy.array([f"{row['source']}, {row['kind'].split(':')[min(1, row['kind'].count(':'))] if row['label'] == 0 else ':'.join(row['kind'].split(':')[:2])}" for row in rows])
    groups, counts = numpy.unique(kinds[side], return_counts=True)
    few = set(groups[counts < 25])
    kinds = numpy.array([f"{source}, other" if kind in few else kind for source, kind in zip(sources, kinds)])
    for kind in numpy.unique(kinds[side]):
        those = side & (kinds == kind)
        print(f"| {kind} | {those.sum()} | " + " | ".join(f"{numpy.mean(scores[those] > over):.3f}" for over in overs) + " |")
