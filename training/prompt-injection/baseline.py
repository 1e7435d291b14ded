"""What a plain logistic regression reaches by the same folds: the yardstick for the figures of `train.py`.

python baseline.py --attacks FILE... --benign FILE...

Over tf-idf of one and two words, and of runs of three to five characters, without synthetic examples.
"""

import argparse
import pathlib

import numpy
from scipy.sparse import hstack
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression

import figures
import train

MOST_CHARACTERS = 8000
WORDS = {"ngram_range": (1, 2), "n_features": 1 << 19, "token_pattern": r"(?u)\b\w+\b"}
RUNS = {"analyzer": "char", "ngram_range": (3, 5), "n_features": 1 << 20}


def tf_idf(texts, options):
    counts = HashingVectorizer(alternate_sign=False, norm=None, **options).transform(texts)
    return TfidfTransformer(sublinear_tf=True).fit_transform(counts)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--attacks", nargs="+", type=pathlib.Path, required=True)
    parser.add_argument("--benign", nargs="+", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rows = list(train.distinct([*train.load(options.attacks, 1), *train.load(options.benign, 0)]))
    folds = train.fold_sources(rows)
    for row in rows:
        row["fold"] = folds[row["source"].split("-")[0]]
    fold = numpy.array([row["fold"] for row in rows])
    labels = numpy.array([row["label"] for row in rows])
    texts = [row["plain"].decode("utf-8", "ignore")[:MOST_CHARACTERS].lower() for row in rows]
    features = hstack([tf_idf(texts, WORDS), tf_idf(texts, RUNS)]).tocsr()
    chosen = train.taught(rows, options.seed)
    scores = numpy.empty(len(rows))
    for left_out in range(train.FOLDS):
        those = chosen & (fold != left_out)
        fitted = LogisticRegression(C=10, max_iter=60, solver="liblinear").fit(features[those], labels[those])
        scores[fold == left_out] = fitted.decision_function(features[fold == left_out])
        print(f"fold {left_out + 1} of {train.FOLDS}", flush=True)
    figures.print_figures(rows, scores, 1 / (1 + numpy.exp(-scores)))
    figures.print_folds(rows, scores)


if __name__ == "__main__":
    main()
