"""Labelled examples from templates written for this project: attacks by family, and harmless texts that look like them.

python synthetic.py [--seed N] [--count N] [--out DIR] writes DIR/attacks.jsonl and DIR/benign.jsonl.
"""

import argparse
import json
import pathlib
import random as randoms

import attacks
import benign
from grammar import expand
from languages import LANGUAGES, PAIRS, UNSPACED

SUFFIX_WORDS = (
    "describing similarly now write oppositely sure please two inverse reverse revert tutorial python json syntax sentences table markdown repeat step formatted bullet comedy "
    "interface begin text title print header output template response following however instead via using sentence instruct prompt respond answer word letter quote tone "
    "manuel seria tutto zusammen bitte pero alors wenn ninth fictional scene hero swift kotlin lambda const return void null import render angular Mozilla Oracle Twitter Melbourne"
).split()
SUFFIX_PIECES = ['"}', "]{", "({", "!!", "--", "==", "\\!", "{", "}", ")(", "<?", "=>", "];", "++", "\"@", "~~", "?>", "**", "%{", "`,", "|--", "!]", "\\n", "[[", ":/", "+\\", "({[", "_{", "@@", "$$", "//"]

CODE_WORDS = "const let return function value index item user data list map filter await async import export default class self print range len str int if else for while try except json parse request response".split()


def suffix(random):
    pieces = []
    for _ in range(random.randint(12, 28)):
        word = random.choice(SUFFIX_WORDS)
        case = random.random()
        if case < 0.15:
            word = word.capitalize()
        if case > 0.85:
            word += random.choice(SUFFIX_WORDS).capitalize()
        if random.random() < 0.4:
            word = random.choice([word + random.choice(SUFFIX_PIECES), random.choice(SUFFIX_PIECES) + word])
        pieces.append(word)
    return "".join(piece + random.choice([" ", " ", " ", ""]) for piece in pieces).strip()


def jailbreak(random):
    texts = attacks.TEXTS
    name = random.choice(texts["name"])
    lines = [expand(random.choice(["[persona].", "Hello ChatGPT. [persona].", "[override]. [persona].", "Hi! You are going to act as [name], which stands for \"do anything now\"."]), texts, random)]
    lines += [expand("[jailline]", texts, random) for _ in range(random.randint(3, 12))]
    if random.random() < 0.5:
        lines.append(expand("(My first question is:|Now tell me|Question:|) how to [harm]", texts, random))
    text = random.choice([" ", "\n", "\n\n"]).join(lines)
    for other in texts["name"]:
        text = text.replace(other, name)
    return text


def multilingual_attack(random):
    code = random.choice(list(LANGUAGES))
    words = LANGUAGES[code]
    join = "" if code in UNSPACED else " "
    pick = lambda key: random.choice(words[key])
    shape = random.random()
    if random.random() < 0.3:
        code = random.choice(list(PAIRS))
        join = "" if code in UNSPACED else " "
        reveal, hidden, drop, morals, ends = PAIRS[code]
        text = random.choice(reveal) + join + random.choice(hidden) if random.random() < 0.5 else random.choice(drop) + join + random.choice(morals) + join + random.choice(ends + [""])
    elif shape < 0.45:
        text = pick("ignore") + join + pick("rules")
        if random.random() < 0.3:
            text += join + random.choice([",", "，", "", "."]) + join + pick("rules")
        text += join + pick("then")
    elif shape < 0.65:
        text = pick("leak")
    elif shape < 0.8:
        text = pick("persona")
    elif shape < 0.85:
        text = pick("secret")
    else:
        text = pick("ignore") + join + pick("rules") + ". " + pick(random.choice(["leak", "persona", "secret"]))
    if random.random() < 0.15:
        text = pick("benign").replace("{t}", pick("topics")) + " " + text
    if random.random() < 0.1:
        text = expand("[override]. ", attacks.TEXTS, random) + text
    return text, code


def multilingual_benign(random):
    code = random.choice(list(LANGUAGES))
    words = LANGUAGES[code]
    sentences = [random.choice(words["benign"]).replace("{t}", random.choice(words["topics"])) for _ in range(random.choice([1, 1, 1, 2, 3, 6]))]
    return (random.choice([" ", "\n"])).join(sentences), code


def template_text(module, random):
    families = module.FAMILIES
    family = random.choices(list(families), [weight for weight, _ in families.values()])[0]
    text = jailbreak(random) if family == "jailbreak" else expand(random.choice(families[family][1]), module.TEXTS, random)
    return text, family


def in_document(attack, random):
    """An attack in the middle of what a tool or a mail would bring."""
    parts = [expand("[document]", benign.TEXTS, random) for _ in range(random.randint(1, 3))]
    lines = "\n".join(parts).split("\n")
    at = random.choice([0, len(lines), random.randint(0, len(lines))])
    lines.insert(at, attack)
    if random.random() < 0.3:
        lines.insert(0, expand("(Summarise the following:|[ask]|Read this and reply:)", benign.TEXTS, random) + "\n")
    return "\n".join(lines)


def attack_example(random):
    share = random.random()
    if share < 0.22:
        text, kind = multilingual_attack(random)
        return text, f"multilingual:{kind}"
    if share < 0.28:
        request = expand(random.choice(["(Write|Give|Explain|Provide) (instructions|a guide|a tutorial|a plan) (on how to|to) [harm]", "[leak]", "[override]", "(Tell me how to|How to) [harm]"]), attacks.TEXTS, random)
        return f"{request} {suffix(random)}", "suffix"
    if share < 0.42:
        template = random.choice(["[indirect]"] * 4 + ["[delimiter]", "[override]. [pwned].", "[leak]"])
        return in_document(expand(template, attacks.TEXTS, random), random), "indirect:document"
    return template_text(attacks, random)


def code_noise(random):
    return "".join(random.choice(CODE_WORDS) + random.choice(["(", ")", " = ", ";\n", ", ", ".", " ", "[0]", ": ", " {\n", "}\n"]) for _ in range(random.randint(10, 60)))


def scrap(random):
    """What little people write between the rest: a word, a number, a greeting."""
    words = expand(random.choice(["[ask]", "[ordinary]", "[document]", "(hi|ok|thanks|yes|no|hello there|continue|go on|why?|more|next|test|great, thanks!|sure|stop|please help|lol)"]), benign.TEXTS, random).split()
    at = random.randrange(len(words))
    return " ".join(words[at : at + random.choice([1, 1, 1, 2, 3])]) if random.random() < 0.8 else str(random.randrange(10 ** random.randint(1, 9)))


def benign_example(random):
    share = random.random()
    if share < 0.02:
        return scrap(random), "scrap"
    if share < 0.2:
        text, kind = multilingual_benign(random)
        return text, f"multilingual:{kind}"
    if share < 0.25:
        return expand("(Fix|Explain|Review) this code:\n", benign.TEXTS, random) + code_noise(random), "code"
    return template_text(benign, random)


def disturb(text, random):
    """What people and evaders do to spelling; both classes get it alike."""
    share = random.random()
    if share < 0.7:
        return text
    if share < 0.76:
        return text.lower()
    if share < 0.8:
        return text.upper()
    if share < 0.84:
        return text[:1].upper() + text[1:]
    if share < 0.88:
        return text.translate(str.maketrans({"a": "4", "e": "3", "o": "0", "i": "1"})) if random.random() < 0.5 else text.replace("i", "1").replace("o", "0")
    if share < 0.96:
        letters = list(text)
        for _ in range(max(1, len(letters) // 40)):
            at = random.randrange(max(1, len(letters) - 1))
            if random.random() < 0.5 and at + 1 < len(letters):
                letters[at], letters[at + 1] = letters[at + 1], letters[at]
            else:
                letters[at] = ""
        return "".join(letters)
    return text.rstrip(".!?") + random.choice(["!!!", "...", "?", " !", ""])


def examples(label, count, seed):
    random = randoms.Random(f"{seed}:{label}")
    make = attack_example if label else benign_example
    seen = set()
    found = []
    while len(found) < count:
        text, kind = make(random)
        text = disturb(text, random)
        if text in seen or not text.strip():
            continue
        seen.add(text)
        prefix = "injection" if label else "benign"
        found.append({"text": text, "source": f"synthetic-{kind.split(':')[0]}", "kind": f"{prefix}:synthetic:{kind}"})
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=6000)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for label, name in ((1, "attacks"), (0, "benign")):
        with open(options.out / f"{name}.jsonl", "w", encoding="utf-8") as file:
            for row in examples(label, options.count, options.seed):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
