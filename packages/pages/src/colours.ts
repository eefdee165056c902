/** Colours in order: the page's own, then more of the same weight. */
export const COLOURS = [
  'var(--a,#1f6feb)',
  'var(--b,#d1570c)',
  'var(--c,#2a8a3e)',
  '#8957e5',
  '#b08800',
  '#1b8a8f',
  '#c2408a',
] as const;
