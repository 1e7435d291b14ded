"""Sentences from templates: `(a|b|)` is one of the alternatives, `[name]` one of the texts of that name."""

import re

_ALTERNATIVES = re.compile(r"\(([^()]*\|[^()]*)\)")
_NAME = re.compile(r"\[([a-z_]+)\]")


def expand(template, texts, random):
    for _ in range(12):
        before = template
        template = _NAME.sub(lambda found: random.choice(texts[found[1]]) if found[1] in texts else found[0], template)
        template = _ALTERNATIVES.sub(lambda found: random.choice(found[1].split("|")), template)
        if template == before:
            break
    return re.sub(r"[ \t]{2,}", " ", template).strip()
