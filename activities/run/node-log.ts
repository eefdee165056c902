/** Longest log of one attempt, in characters: an error of some MB stands in it whole. */
const MOST_LOG = 8_000_000;

/** A node's log, bounded: the end is what explains a failure. */
export class NodeLog {
  text = '';

  add(line: string): void {
    this.text += `${line}\n`;
    if (this.text.length > MOST_LOG) this.text = `…\n${this.text.slice(-MOST_LOG / 2)}`;
  }
}
