"""Writes tokens.json: what HuggingFace's tokenizers 0.23.3 makes of odd texts and of every sign of Unicode, with a small vocabulary.

    pip install tokenizers==0.23.3 && python make-tokens.py

`signs` are digests: of each block of 4,096 signs, the ids of "a" + sign + "b" of all of them. The vocabulary is in vocabulary.txt.
"""

import hashlib
import json
import pathlib
import sys

import tokenizers
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors

here = pathlib.Path(__file__).parent
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = """the a b ab cat cats run ##ning ##s un ##believ ##able naive cafe resume strasse mull ##er is it don ' t . , ! ? - ( ) [ ]
hello world 日 本 語 中 文 한 국 가 ##나 привет мир ελ ##λαδα 10 ##0 ##00 3 ##14 ##a ##b ##c x ##x e ##mail @ / : # & $ % ^ ~ ` + = < > | \\ " ; _ * { }
i ss ##t ##e ##i ##n ##o é ñ ∑ ½ ① ﬁ fi ﬀ""".split()
vocabulary = SPECIAL + list(dict.fromkeys(WORDS))


def tokenizer(lowercase, strip_accents):
    made = Tokenizer(models.WordPiece({word: i for i, word in enumerate(vocabulary)}, unk_token="[UNK]", max_input_chars_per_word=100))
    made.normalizer = normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=True, strip_accents=strip_accents, lowercase=lowercase)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.add_special_tokens([AddedToken(one, special=True, normalized=False) for one in SPECIAL])
    made.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return made


TEXTS = [
    "", " ", "\t\n\r", "the cat", "The CATS running", "unbelievable", "unbelievablex", "naïve café résumé", "Straße Müller",
    "日本語中文", "한국 가나", "привет МИР", "ΕΛΛΆΔΑ ελλαδας ΣΣ Σας", "İstanbul ı I i", "don't, e-mail@x: (a) [b] {it}", "10000 3.14",
    "a" * 100, "a" * 101, "a" * 100 + " the", "b" + "x" * 99, "\u0000a\ufffdb", "a\u200db\u00adc\u200bd", "a\u00a0b\u2003c\u3000d\u0085e",
    "e\u0301 n\u0303 a\u0300\u0301", "ﬁ ﬀ ½ ①", "😀 the 👩‍👩‍👧 cat 🇩🇪", "[CLS] the [MASK] cat [SEP]", "the[MASK]cat", "[mask] [UNK]x", "¿hello? ¡world!",
    "hello—world…", "「日本」、語。", "\U00020000\U0002a6df the", "\ue000a\U000f0000b", "\u1e9e ẞ ß", "ǅ ǆ Ǆ", "a_b*c^d~e`f", "$3+10=<x>|y", "\u2028a\u2029b", "क्षि ไทย ﷺ",
]

KINDS = [(True, None), (True, False), (False, None), (False, True)]
made = {
    "with": {"python": sys.version.split()[0], "tokenizers": tokenizers.__version__},
    "texts": TEXTS,
    "kinds": [],
}
for lowercase, accents in KINDS:
    one = tokenizer(lowercase, accents)
    blocks = []
    for first in range(0, 0x110000, 4096):
        if 0x30000 <= first < 0xE0000 or first >= 0xF1000:
            continue
        lines = [
            " ".join(map(str, one.encode("a" + chr(sign) + "b", add_special_tokens=False).ids))
            for sign in range(first, first + 4096)
            if not 0xD800 <= sign < 0xE000
        ]
        blocks.append([first, hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]])
    made["kinds"].append({
        "lowercase": lowercase,
        "stripAccents": accents,
        "ids": [one.encode(text).ids for text in TEXTS],
        "signs": blocks,
    })
    if len(sys.argv) > 1:  # all lines, to look for what differs
        with open(sys.argv[1] + f"-{lowercase}-{accents}.txt", "w") as out:
            for sign in range(0x110000):
                if 0xD800 <= sign < 0xE000 or 0x30000 <= sign < 0xE0000 or sign >= 0xF1000:
                    continue
                out.write(f"{sign:x} " + " ".join(map(str, one.encode("a" + chr(sign) + "b", add_special_tokens=False).ids)) + "\n")
(here / "vocabulary.txt").write_text("\n".join(vocabulary) + "\n")
(here / "tokens.json").write_text(json.dumps(made, ensure_ascii=True, separators=(",", ":")) + "\n")

# The signs that it takes for punctuation, for marks and for signs of control follow an older Unicode than any Node: kept as ranges.
SIGNS = [sign for sign in range(0x110000) if not 0xD800 <= sign < 0xE000]
split = pre_tokenizers.BertPreTokenizer()
clean = normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=False, strip_accents=False, lowercase=False)
strip = normalizers.BertNormalizer(clean_text=False, handle_chinese_chars=False, strip_accents=True, lowercase=False)
sets = {
    "PUNCTUATION": [s for s in SIGNS if len(split.pre_tokenize_str("a" + chr(s) + "b")) == 3],
    "MARKS": [s for s in SIGNS if strip.normalize_str("a" + chr(s) + "b") == "ab"],
    "CONTROL": [s for s in SIGNS if clean.normalize_str("a" + chr(s) + "b") == "ab"],
}


def ranges(signs):
    found = []
    for sign in signs:
        if found and found[-1][1] == sign - 1:
            found[-1][1] = sign
        else:
            found.append([sign, sign])
    return "".join(f"\\u{{{a:x}}}" if a == b else f"\\u{{{a:x}}}-\\u{{{b:x}}}" for a, b in found)


lines = [
    "// Made by reference/make-tokens.py: signs as HuggingFace's tokenizers sort them, whose Unicode stays as it is while that of Node moves on.",
    "/* prettier-ignore */",
]
for name, signs in sets.items():
    text = ranges(signs)
    parts = [p for p in text.replace("\\u", "\n\\u").replace("-\n", "-").split("\n") if p]
    rows, row = [], ""
    for part in parts:
        if len(row) + len(part) > 120:
            rows.append(row)
            row = ""
        row += part
    rows.append(row)
    lines.append(f"export const {name} = new RegExp(\n  String.raw`[" + "` +\n  String.raw`".join(rows) + "]`,\n  'gu',\n);")
(here.parent / "bert-signs.ts").write_text("\n".join(lines) + "\n")
