import { html, trusted, type Html } from '@trainyard/pages';

/** Headings, lists, paragraphs, bold and code of Markdown as HTML; all else stays the text that it is. */
export function markdown(text: string): Html {
  const blocks = text
    .replace(/\r/g, '')
    .split(/\n{2,}/)
    .map((block) => block.trim())
    .filter((block) => block !== '');
  return html`${blocks.map(blockOf)}`;
}

function blockOf(block: string): Html {
  const heading = /^(#{1,6})\s+([^\n]+)(?:\n([\s\S]*))?$/.exec(block);
  if (heading) {
    const rest = heading[3]?.trim();
    return html`<h3>${inline(heading[2] ?? '')}</h3>
      ${rest ? blockOf(rest) : ''}`;
  }
  const lines = block.split('\n');
  if (lines.every((line) => /^\s*[-*+]\s+/.test(line)))
    return html`<ul>
      ${lines.map((line) => html`<li>${inline(line.replace(/^\s*[-*+]\s+/, ''))}</li>`)}
    </ul>`;
  if (lines.every((line) => /^\s*\d+[.)]\s+/.test(line)))
    return html`<ol>
      ${lines.map((line) => html`<li>${inline(line.replace(/^\s*\d+[.)]\s+/, ''))}</li>`)}
    </ol>`;
  return html`<p>${inline(lines.join(' '))}</p>`;
}

function inline(text: string): Html {
  return trusted(
    html`${text}`.text.replace(/`([^`]+)`/g, '<code>$1</code>').replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>'),
  );
}
