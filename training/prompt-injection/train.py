"""Trains the prompt injection classifier and writes its weights.

python train.py --attacks FILE... --benign FILE... [--out weights.bin] [--seed N]

The files are JSONL, `{"text", "source", "kind"}` a line. Prints figures over texts of sources that the model that scored them was not trained on, calibrates by
them, then trains on all sources. The same files, seed and versions give the same weights.
"""

import argparse
import json
import pathlib
import random as randoms
import re
import struct

import numpy

import features
import figures
import model
import synthetic
from view import plain

HERE = pathlib.Path(__file__).parent
WEIGHTS = HERE.parent.parent / "assembly" / "match" / "injection" / "weights.bin"

FOLDS = 7
MOST_OF_SOURCE = 1500
MOST_BYTES = 40_000
# Attacks whose words are those of harmless texts: what they teach is wrong elsewhere. The figures have them.
UNTAUGHT = ("bipia-train", "jbb-GCG", "jbb-PAIR")
# What the logit over runs of characters counts beside that over groups of words.
RUNS_SHARE = 0.45
SHARES = (1.0, RUNS_SHARE)
# How much the kinds of examples count; the rest is the files' own.
SYNTHETIC_SHARE = 0.6
EMBEDDED_SHARE = 0.1
# Of harmless texts from sources that were left out, these shares score over 0.5 and over 0.9.
EVEN_RATE = 0.05
SURE_RATE = 0.01
SURE_LOGIT = numpy.log(9.0)
SEEDS = 3


def load(paths, label):
    for path in paths:
        for line in open(path, encoding="utf-8"):
            row = json.loads(line)
            yield {"text": row["text"], "source": row["source"], "kind": row["kind"], "label": label}


def distinct(rows):
    """Drops texts that differ from an earlier one in case, digits, spaces or punctuation only."""
    seen = set()
    for row in rows:
        row["plain"] = plain(row["text"])[:MOST_BYTES]
        key = re.sub(r"[\W\d_]+", "", row["plain"].decode("utf-8", "ignore").lower()) or row["text"]
        if row["plain"].strip() and key not in seen:
            seen.add(key)
            yield row


def fold_sources(rows):
    """Puts whole families of sources (alike up to the first hyphen) into folds of about the same size in both labels."""
    sizes = {}
    for row in rows:
        family = sizes.setdefault(row["source"].split("-")[0], [0, 0])
        family[row["label"]] += 1
    loads = numpy.zeros((FOLDS, 2))
    folds = {}
    for family, size in sorted(sizes.items(), key=lambda item: (-max(item[1]), item[0])):
        size = numpy.minimum(size, MOST_OF_SOURCE)
        best = min(range(FOLDS), key=lambda fold: ((loads[fold] + size) ** 2 - loads[fold] ** 2).sum())
        folds[family] = best
        loads[best] += size
    return folds


def embedded(rows, count, seed):
    """Attacks inside harmless texts of the same fold, and harmless texts inside others."""
    random = randoms.Random(seed)
    by_fold = {}
    for row in rows:
        by_fold.setdefault((row["fold"], row["label"]), {}).setdefault(row["source"], []).append(row)
    folds = sorted({fold for fold, _ in by_fold if (fold, 0) in by_fold and (fold, 1) in by_fold})

    def pick(fold, label):
        sources = by_fold[fold, label]
        return random.choice(sources[random.choice(sorted(sources))])["plain"]

    for index in range(count):
        fold, label = random.choice(folds), index % 2
        inner, outer = pick(fold, label), pick(fold, 0)[: random.choice([300, 800, 2000])]
        if len(inner) > 700:
            continue
        gap = random.choice([b"\n", b"\n\n", b" ", b"\n---\n"])
        at = random.choice([0, len(outer), len(outer), outer.rfind(b" ", 0, random.randint(1, len(outer))) + 1])
        yield {"plain": outer[:at] + gap + inner + gap + outer[at:], "source": "embedded", "kind": "embedded", "label": label, "fold": fold}


def taught(rows, seed):
    """Which rows are trained on: at most `MOST_OF_SOURCE` texts of each source and label."""
    chosen = numpy.ones(len(rows), bool)
    random = numpy.random.default_rng(seed)
    sources = numpy.array([f"{row['source']} {row['label']}" for row in rows])
    for source in numpy.unique(sources):
        those = numpy.flatnonzero(sources == source)
        chosen[random.permutation(those)[MOST_OF_SOURCE:]] = False
    return chosen


class Cells:
    """What one of the two models sees of the texts: their windows' cells in its table."""

    def __init__(self, texts, extract):
        self.owners, self.starts, hashes = features.windows(texts, extract)
        self.cells = (hashes >> numpy.uint32(32 - model.HASH_BITS)).astype(numpy.int64)

    def train(self, windows, labels, importance, seed):
        return model.train(self.owners, self.starts, self.cells, windows, labels, importance, seed=seed)

    def scores(self, weights, bias, short, windows):
        return model.scores(weights, bias, short, self.starts, self.cells, windows)


def both_cells(texts):
    return [Cells(texts, extract) for extract in (features.extract, features.extract_runs)]


class Examples:
    def __init__(self, rows, seed):
        folds = fold_sources(rows)
        for row in rows:
            row["fold"] = folds[row["source"].split("-")[0]]
        made = [{**row, "label": label, "plain": plain(row["text"]), "fold": -1} for label in (1, 0) for row in synthetic.examples(label, 8000, seed)]
        self.rows = rows
        self.all = rows + made + list(embedded(rows, 4000, seed))
        self.both = both_cells([row["plain"] for row in self.all])
        self.owners = self.both[0].owners
        self.labels = numpy.array([row["label"] for row in self.all])
        self.folds = numpy.array([row["fold"] for row in self.all])
        self.parts = numpy.array([0] * len(rows) + [1] * len(made) + [2] * (len(self.all) - len(rows) - len(made)))
        self.in_training = numpy.ones(len(self.all), bool)
        self.in_training[: len(rows)] = taught(rows, seed)
        self.in_training[: len(rows)] &= [row["label"] == 0 or row["source"] not in UNTAUGHT for row in rows]

    def train(self, left_out, seed):
        """Weights and bias of each of the two models."""
        chosen = self.in_training & (self.folds != left_out)
        importance = numpy.zeros(len(self.all))
        shares = (1 - SYNTHETIC_SHARE - EMBEDDED_SHARE, SYNTHETIC_SHARE, EMBEDDED_SHARE)
        for label in (0, 1):
            for part, share in enumerate(shares):
                those = chosen & (self.labels == label) & (self.parts == part)
                importance[those] = 12_000 * share / max(1, those.sum())
        windows = numpy.flatnonzero(chosen[self.owners])
        return [each.train(windows, self.labels, importance, seed) for each in self.both]

    def left_out_scores(self, seed):
        found = numpy.full(len(self.all), -numpy.inf)
        for fold in range(FOLDS):
            windows = numpy.flatnonzero((self.folds == fold)[self.owners] & (self.parts == 0)[self.owners])
            trained = zip(SHARES, self.both, self.train(fold, seed))
            scores = sum(share * cells.scores(weights, bias, model.SHORT, windows) for share, cells, (weights, bias) in trained)
            found = numpy.maximum(found, model.text_scores(self.owners[windows], scores, len(self.all)))
            print(f"left out {', '.join(sorted({row['source'] for row in self.rows if row['fold'] == fold}))}", flush=True)
        return found[: len(self.rows)]


def quantised(weights):
    step = numpy.quantile(numpy.abs(weights[weights != 0]), 0.9995) / 127
    return numpy.clip(numpy.rint(weights / step), -127, 127).astype(numpy.int8), step


def calibration(rows, scores):
    """Slope and shift by which scores become logits."""
    harmless = numpy.array([row["label"] == 0 for row in rows])
    weights = figures.importance(numpy.array([row["source"] for row in rows])[harmless])
    even, sure = (figures.threshold(scores[harmless], weights, rate) for rate in (EVEN_RATE, SURE_RATE))
    slope = SURE_LOGIT / (sure - even)
    return slope, -slope * even


def write(path, bias, parts):
    """`parts` are the two models, each as what a step counts, what a text of nothing loses, and the table."""
    numbers = [number for step, short, _ in parts for number in (step, short)]
    path.write_bytes(struct.pack("<5d", bias, *numbers) + b"".join(table.tobytes() for _, _, table in parts))


def read(path):
    data = path.read_bytes()
    bias, *numbers = struct.unpack_from("<5d", data)
    tables = numpy.frombuffer(data, numpy.int8, offset=40).reshape(2, -1)
    return bias, list(zip(numbers[::2], numbers[1::2], tables))


def probabilities(path, texts):
    """What the classifier in the gateway says of each text, in its plain form."""
    bias, parts = read(path)
    both = both_cells(texts)
    owners = both[0].owners
    scores = bias + sum(cells.scores(table * step, 0.0, short, numpy.arange(len(owners))) for cells, (step, short, table) in zip(both, parts))
    return 1 / (1 + numpy.exp(-model.text_scores(owners, scores, len(texts))))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--attacks", nargs="+", type=pathlib.Path, required=True)
    parser.add_argument("--benign", nargs="+", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, default=WEIGHTS)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rows = list(distinct([*load(options.attacks, 1), *load(options.benign, 0)]))
    print(f"{sum(row['label'] for row in rows)} attacks, {sum(1 - row['label'] for row in rows)} harmless texts", flush=True)
    examples = Examples(rows, options.seed)
    left_out = examples.left_out_scores(options.seed)
    slope, shift = calibration(rows, left_out)
    figures.print_figures(rows, left_out, 1 / (1 + numpy.exp(-slope * left_out - shift)))
    figures.print_folds(rows, left_out)
    trained = [examples.train(None, options.seed + run) for run in range(SEEDS)]
    parts = []
    bias = shift
    for share, seeds in zip(SHARES, zip(*trained)):
        table, step = quantised(numpy.mean([weights for weights, _ in seeds], axis=0))
        bias += slope * share * numpy.mean([each for _, each in seeds])
        parts.append((slope * share * step, slope * share * model.SHORT, table))
    write(options.out, bias, parts)
    print(f"wrote {options.out} ({options.out.stat().st_size} bytes)")


if __name__ == "__main__":
    main()
