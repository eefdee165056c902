import MarkdownIt from 'markdown-it';
import { FilterXSS } from 'xss';
import { trusted, type Html } from '@trainyard/pages';

/** What a page may hold of a text that a pipeline's author wrote. */
const TAGS = ['h3', 'h4', 'h5', 'h6', 'p', 'ul', 'li', 'strong', 'em', 's', 'code', 'pre', 'blockquote', 'hr', 'br'];
const TABLES = ['table', 'thead', 'tbody', 'tr', 'th', 'td'];

/** CommonMark with tables. HTML stays the text that it is, and pictures are links: pages load nothing from elsewhere. */
const reader = new MarkdownIt({ html: false, linkify: false }).disable('image');

// A page has its own title and parts: the first heading of a text stands below them.
reader.core.ruler.push('lower-headings', ({ tokens }) => {
  for (const token of tokens)
    if (token.type.startsWith('heading_')) token.tag = `h${Math.min(6, Number(token.tag.slice(1)) + 2)}`;
});

/** What the reader makes holds nothing else; this holds whatever a later version of it makes. */
const sanitiser = new FilterXSS({
  whiteList: {
    ...Object.fromEntries([...TAGS, ...TABLES].map((tag) => [tag, []])),
    ol: ['start'],
    a: ['href', 'title'],
  },
  css: false,
});

/** Markdown of somebody else as HTML for a page of ours. */
export function markdown(text: string): Html {
  return trusted(sanitiser.process(reader.render(text)));
}
