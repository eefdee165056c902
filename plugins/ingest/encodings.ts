/** Encodings that text may be in; the names are those of the WHATWG encoding standard. */
export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-15'] as const;
