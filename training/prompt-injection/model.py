"""A logistic regression over hashed groups, trained by AdaGrad; what is learned of it goes into one table of small integers."""

import numba
import numpy

HASH_BITS = 18
COUNT_PRIOR = 8.0
KEPT_OF_1024 = 512
# A text of a word or two tells little, and is taken for harmless: what it loses, down to nothing for a long one.
SHORT = 4.0


@numba.njit(fastmath=True)
def scores(weights, bias, short, starts, cells, windows):
    found = numpy.empty(len(windows))
    for index in range(len(windows)):
        begin, end = starts[windows[index]], starts[windows[index] + 1]
        total = 0.0
        for at in range(begin, end):
            total += weights[cells[at]]
        found[index] = bias - short * COUNT_PRIOR / (end - begin + COUNT_PRIOR) + total / numpy.sqrt(end - begin + COUNT_PRIOR)
    return found


@numba.njit(fastmath=True)
def _epoch(weights, squares, bias, starts, cells, windows, labels, importance, rate, decay, seed):
    numpy.random.seed(seed)
    for index in range(len(windows)):
        begin, end = starts[windows[index]], starts[windows[index] + 1]
        # A group that is left out is left out wherever it stands in the window.
        mask = numpy.random.randint(0, 2**31 - 1) | 1
        total = 0.0
        kept = 0
        for at in range(begin, end):
            if ((cells[at] * mask) >> 7) & 1023 < KEPT_OF_1024:
                total += weights[cells[at]]
                kept += 1
        share = 1.0 / numpy.sqrt(kept + COUNT_PRIOR)
        error = (1.0 / (1.0 + numpy.exp(SHORT * COUNT_PRIOR * share * share - bias[0] - total * share)) - labels[index]) * importance[index]
        bias[0] -= rate * 0.05 * error
        for at in range(begin, end):
            if ((cells[at] * mask) >> 7) & 1023 < KEPT_OF_1024:
                cell = cells[at]
                slope = error * share + decay * weights[cell] * importance[index]
                squares[cell] += slope * slope
                weights[cell] -= rate * slope / numpy.sqrt(squares[cell] + 1e-6)


def worst_first(owners, window_scores):
    """Orders windows by text, each text's worst one first; returns the order and which of it are the worst."""
    order = numpy.lexsort((-window_scores, owners))
    is_worst = numpy.ones(len(order), bool)
    is_worst[1:] = owners[order][1:] != owners[order][:-1]
    return order, is_worst


def train(owners, starts, cells, windows, labels, importance, epochs=8, rate=0.3, decay=1e-5, seed=0):
    """Trains on the texts that `windows` belong to, by their labels and importance: an attack's worst window, as things stand, and any of a harmless text's."""
    random = numpy.random.default_rng(seed)
    weights = numpy.zeros(1 << HASH_BITS)
    squares = numpy.zeros(1 << HASH_BITS)
    bias = numpy.zeros(1)
    for epoch in range(epochs):
        now = scores(weights, bias[0], SHORT, starts, cells, windows) + random.random(len(windows)) * 1e-6
        order, is_worst = worst_first(owners[windows], now)
        worst, others = windows[order[is_worst]], windows[order[~is_worst]]
        others = random.permutation(others[labels[owners[others]] == 0])[: len(worst) // 3]
        chosen = random.permutation(numpy.concatenate([worst, others]))
        texts = owners[chosen]
        _epoch(weights, squares, bias, starts, cells, chosen, labels[texts].astype(float), importance[texts], rate * (1 - 0.8 * epoch / epochs), decay, seed * 1000 + epoch)
    return weights, bias[0]


def text_scores(owners, window_scores, count):
    """The score of each text: its worst window's. Texts without windows here are at minus infinity."""
    found = numpy.full(count, -numpy.inf)
    numpy.maximum.at(found, owners, window_scores)
    return found
