/* oxlint-disable no-control-regex -- a terminal speaks in control characters */
/** A terminal's screen, as far as Trainyard's own output needs one: colours, lines, and the way back up (ECMA-48). */
export class Terminal {
  readonly #lines: string[] = [''];
  #row = 0;

  /** Takes output; `seen` is called after each piece of it. */
  write(output: string, seen: () => void = () => undefined): void {
    for (const [piece, count, command] of output.matchAll(/\u001b\[([\d;?]*)([A-Za-z])|\r|\n|[^\u001b\r\n]+/g)) {
      if (piece === '\n') {
        this.#row++;
        this.#lines[this.#row] ??= '';
      } else if (command === 'A') this.#row = Math.max(0, this.#row - Number(count || 1));
      else if (command === 'J') this.#lines.splice(this.#row, this.#lines.length, '');
      else if (command === 'm' || (command === undefined && piece !== '\r'))
        this.#lines[this.#row] = (this.#lines[this.#row] ?? '') + piece;
      seen();
    }
  }

  get lines(): readonly string[] {
    return this.#lines;
  }
}

const COLOURS: Readonly<Record<string, string>> = {
  1: 'font-weight:700',
  2: 'opacity:0.65',
  31: 'color:#ff8f86',
  32: 'color:#7bcb8b',
  33: 'color:#f0b04c',
  34: 'color:#79b4f2',
  36: 'color:#6fc7c4',
};

/** Lines of a terminal as a page, on a dark ground. */
export function terminalPage(lines: readonly string[]): string {
  const body = lines.map((line) => spans(line)).join('\n');
  return `<!doctype html><meta charset="utf-8"><body style="margin:0;background:#141816"><pre style="margin:0;padding:18px 22px;color:#e7ebe8;font:14px/1.45 'DejaVu Sans Mono',monospace;width:max-content">${body}</pre></body>`;
}

function spans(line: string): string {
  let open = 0;
  const html = line
    .split(/(\u001b\[[\d;]*m)/)
    .map((part) => {
      const code = /^\u001b\[([\d;]*)m$/.exec(part)?.[1];
      if (code === undefined) return part.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
      const style = COLOURS[code];
      if (style !== undefined) {
        open++;
        return `<span style="${style}">`;
      }
      return open > 0 && open-- > 0 ? '</span>' : '';
    })
    .join('');
  return html + '</span>'.repeat(open);
}
