"""What the classifier sees of a text: which hashed words, word groups and runs of characters are in each of its blocks.

The same as `assembly/match/injection/`, number for number; `test/lib/injection.test.ts` compares them. A text is UTF-8, in the plain form of
`view.py`. Tokens are words (runs of letters and digits, ASCII letters in lower case, digits after the first character as the letters they look like) and single ideographs; all else only separates. Each token brings its
groups with the two tokens before it: itself, with the last, with the one before that, with both; and the same four over the tokens' first five letters. A
group counts once a block, as far as a table of `SEEN` places remembers.

Beside the groups there are runs: `RUN` characters one after another, over the same characters, with one space for all that separates. They count once a block too.
"""

import numba
import numpy

BLOCK_BYTES = 512
SEEN = 2048
GROUPS = 8
PREFIX_LETTERS = 5

# What digits stand for inside words that are to escape notice.
LETTERS = numpy.array([ord(letter) for letter in "oi2eas6t89"], numpy.uint32)

RUN = 6
# The last `RUN` characters are one number of 64 bits, each this far above the one after it; what is earlier falls out.
RUN_SHIFT = 11
SPACE = 32

u32 = numpy.uint32
u64 = numpy.uint64


@numba.njit(inline="always")
def mix(value):
    value = u32(value) ^ (u32(value) >> u32(15))
    value = u32(value * u32(0x2C1B3C6D))
    value ^= value >> u32(12)
    value = u32(value * u32(0x297A2D39))
    return value ^ (value >> u32(15))


@numba.njit(inline="always")
def is_letter(code):
    if code < 0x80:
        return (97 <= code <= 122) or (48 <= code <= 57)
    return 0xC0 <= code < 0xE00 or 0xE80 <= code < 0x2000


@numba.njit(inline="always")
def is_ideograph(code):
    """What is written without spaces: Thai, kana, Han; Hangul syllables, whose words take many endings."""
    return 0xE00 <= code < 0xE80 or 0x3040 <= code < 0xD7B0


@numba.njit(inline="always")
def note(hashed, block, count, seen, hashes, blocks):
    """Writes down what the block does not have yet; returns how many there are then."""
    place = (hashed >> u32(1)) & u32(SEEN - 1)
    if seen[place] == hashed:
        return count
    seen[place] = hashed
    hashes[count] = hashed
    blocks[count] = block
    return count + 1


@numba.njit
def extract_runs(text, seen, hashes, blocks):
    """Writes each run's hash and block; returns how many there are, and how many blocks. There must be room for 1 a byte and 1 more."""
    count = 0
    block = 0
    code = u32(0)
    missing = 0
    letters = 0
    recent = u64(SPACE)
    seen[:] = 0
    for at in range(len(text) + 1):
        if at == len(text):
            code = u32(SPACE)
        else:
            if at > 0 and at % BLOCK_BYTES == 0:
                block += 1
                seen[:] = 0
            byte = text[at]
            if byte < 0x80:
                code = u32(byte)
                missing = 0
                if 65 <= code <= 90:
                    code += u32(32)
            elif byte >= 0xC0:
                missing = 1 if byte < 0xE0 else 2 if byte < 0xF0 else 3
                code = u32(byte) & (u32(0x3F) >> u32(missing))
                continue
            elif missing == 0:
                code = u32(byte)
            else:
                code = (code << u32(6)) | u32(byte & 0x3F)
                missing -= 1
                if missing > 0:
                    continue
        if is_letter(code):
            if letters > 0 and code < 58:
                code = u32(LETTERS[code - 48])
            letters += 1
        else:
            letters = 0
            if not is_ideograph(code):
                if recent & u64((1 << RUN_SHIFT) - 1) == u64(SPACE):
                    continue
                code = u32(SPACE)
        recent = (recent << u64(RUN_SHIFT)) + u64(code)
        low, high = u32(recent & u64(0xFFFFFFFF)), u32(recent >> u64(32))
        count = note(mix(low * u32(0x9E3779B1) + high * u32(0x85EBCA6B)) | u32(1), block, count, seen, hashes, blocks)
    return count, block + 1


@numba.njit
def extract(text, seen, hashes, blocks):
    """Writes each group's hash and block; returns how many there are, and how many blocks. There must be room for 8 a byte and 16 more."""
    count = 0
    block = 0
    code = u32(0)
    missing = 0
    letters = 0
    word = u32(0)
    prefix = u32(0)
    last, before, last_prefix, before_prefix = u32(0), u32(0), u32(0), u32(0)
    group = numpy.zeros(GROUPS, numpy.uint32)
    seen[:] = 0
    for at in range(len(text) + 1):
        if at == len(text):
            code = u32(32)
        else:
            if at > 0 and at % BLOCK_BYTES == 0:
                block += 1
                seen[:] = 0
            byte = text[at]
            if byte < 0x80:
                code = u32(byte)
                missing = 0
                if 65 <= code <= 90:
                    code += u32(32)
            elif byte >= 0xC0:
                missing = 1 if byte < 0xE0 else 2 if byte < 0xF0 else 3
                code = u32(byte) & (u32(0x3F) >> u32(missing))
                continue
            elif missing == 0:
                code = u32(byte)
            else:
                code = (code << u32(6)) | u32(byte & 0x3F)
                missing -= 1
                if missing > 0:
                    continue
        if is_letter(code):
            if letters > 0 and code < 58:
                code = u32(LETTERS[code - 48])
            if letters == 0:
                word = u32(0x811C9DC5)
            word = u32((word ^ code) * u32(0x01000193))
            letters += 1
            if letters <= PREFIX_LETTERS:
                prefix = word
            continue
        for step in range(2):
            if step == 0:
                if letters == 0:
                    continue
                letters = 0
                token = mix(word)
                token_prefix = mix(prefix + u32(5))
            else:
                if not is_ideograph(code):
                    continue
                token = mix(code + u32(77777))
                token_prefix = token
            for half in range(2):
                this = token if half == 0 else token_prefix
                one = last if half == 0 else last_prefix
                two = before if half == 0 else before_prefix
                at_group = half * 4
                group[at_group] = this if half == 0 else mix(this + u32(4))
                group[at_group + 1] = mix(one * u32(0x9E3779B1) + this + u32(at_group + 1))
                group[at_group + 2] = mix(two * u32(0x85EBCA6B) + this + u32(at_group + 2))
                group[at_group + 3] = mix((two * u32(0x85EBCA6B) + one) * u32(0x9E3779B1) + this + u32(at_group + 3))
            for index in range(GROUPS):
                count = note(group[index] | u32(1), block, count, seen, hashes, blocks)
            before = last
            last = token
            before_prefix = last_prefix
            last_prefix = token_prefix
    return count, block + 1


def windows(texts, of=extract):
    """Of texts as bytes, by `extract` or `extract_runs`: each window's text, and where its hashes begin, with one more end; and the hashes. A window is two blocks, stepping one."""
    seen = numpy.zeros(SEEN, numpy.uint32)
    owners, starts, found = [], [0], []
    total = 0
    for index, text in enumerate(texts):
        view = numpy.frombuffer(text, numpy.uint8)
        hashes = numpy.empty(len(view) * 8 + 16, numpy.uint32)
        blocks = numpy.empty(len(hashes), numpy.int32)
        count, block_count = of(view, seen, hashes, blocks)
        hashes, edges = hashes[:count], numpy.searchsorted(blocks[:count], numpy.arange(block_count + 1))
        for block in range(max(1, block_count - 1)):
            part = hashes[edges[block] : edges[min(block + 2, block_count)]]
            total += len(part)
            found.append(part.copy())
            starts.append(total)
            owners.append(index)
    return numpy.array(owners), numpy.array(starts, numpy.int64), numpy.concatenate(found)
