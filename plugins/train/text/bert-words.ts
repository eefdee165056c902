import { CONTROL, MARKS, PUNCTUATION } from './bert-signs.js';

/** How BERT cleans a text. */
export interface Cleaning {
  readonly cleanText: boolean;
  readonly chineseApart: boolean;
  /** null: where letters are made small. */
  readonly stripAccents: boolean | null;
  readonly lowercase: boolean;
}

/** The blocks of CJK ideographs that BERT calls Chinese. */
const CHINESE =
  /[\u{4E00}-\u{9FFF}\u{3400}-\u{4DBF}\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B920}-\u{2CEAF}\u{F900}-\u{FAFF}\u{2F800}-\u{2FA1F}]/gu;
const APART = new RegExp(`(${PUNCTUATION.source})`, 'u');

/** A text as BERT cleans it: control signs go, every space is one, CJK signs stand apart, accents go, letters are small. */
export function normalised(text: string, { cleanText, chineseApart, stripAccents, lowercase }: Cleaning): string {
  let made = text;
  if (cleanText) made = made.replace(CONTROL, '').replace(/\p{White_Space}/gu, ' ');
  if (chineseApart) made = made.replace(CHINESE, ' $& ');
  if (stripAccents ?? lowercase) made = made.normalize('NFD').replace(MARKS, '');
  // Sign by sign: a sigma at the end of a word is written as anywhere else.
  return lowercase ? Array.from(made, (sign) => sign.toLowerCase()).join('') : made;
}

/** Words and signs of punctuation, each by itself. */
export function pieces(text: string): string[] {
  return text
    .split(/\p{White_Space}+/u)
    .flatMap((word) => word.split(APART))
    .filter((word) => word !== '');
}
