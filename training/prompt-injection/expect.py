"""Writes what the classifier says of the texts in `test/lib/injection-scores.json`, by this implementation of it, into that file."""

import json
import pathlib

import train

# As `assembly/match/injection/scorer.ts` has it.
LEAST_BYTES = 16

SCORES = train.HERE.parent.parent / "test" / "lib" / "injection-scores.json"


def main():
    cases = json.loads(SCORES.read_text(encoding="utf-8"))
    texts = [(case["before"] * case["times"] + case["text"] + case["before"] * case["times"]).encode() for case in cases]
    for case, text, probability in zip(cases, texts, train.probabilities(train.WEIGHTS, texts)):
        case["score"] = round(float(probability), 6) if len(text) >= LEAST_BYTES else 0
    SCORES.write_text(json.dumps(cases, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
