import { UserError } from '../../../../core/index.js';
import { sayDate } from './dates.js';
import { escaped, type Workbook, type XmlEvents } from './workbook.js';

/** The widest sheet that there can be (XFD). */
const WIDEST = 16_384;

/** What the cells of a column are, where all are of one kind. */
export type CellKind = 'text' | 'other';

/** Hears a sheet's XML and gives its rows as lines of CSV, each with its number in the sheet first. */
export class SheetReader implements XmlEvents {
  names: string[] = [];
  /** The row of the names. */
  header: number | undefined;
  readonly kinds: (CellKind | undefined)[] = [];
  readonly merged: { readonly range: string; readonly first: number; readonly last: number }[] = [];

  readonly #book: Workbook;
  readonly #file: string;
  readonly #wanted: number | undefined;
  #lines = '';
  #row = 0;
  #cells: (string | undefined)[] = [];
  #column = 0;
  #type = 'n';
  #style = 0;
  #value: string | undefined;
  #in: 'value' | 'inline' | undefined;

  constructor(book: Workbook, file: string, header: number | undefined) {
    this.#book = book;
    this.#file = file;
    this.#wanted = header;
  }

  /** The lines since the last call. */
  take(): string {
    const lines = this.#lines;
    this.#lines = '';
    return lines;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    switch (name) {
      case 'row':
        this.#row = attributes['r'] === undefined ? this.#row + 1 : Number(attributes['r']);
        this.#cells = [];
        this.#column = -1;
        break;
      case 'c': {
        this.#column = attributes['r'] === undefined ? this.#column + 1 : columnOf(attributes['r']);
        this.#type = attributes['t'] ?? 'n';
        this.#style = Number(attributes['s'] ?? 0);
        this.#value = undefined;
        break;
      }
      case 'v':
        this.#in = 'value';
        this.#value = '';
        break;
      case 't':
        // Of an inline text there may be several pieces.
        this.#in = 'inline';
        this.#value ??= '';
        break;
      case 'mergeCell': {
        const range = attributes['ref'] ?? '';
        const [from = '', to = from] = range.split(':');
        if (from !== to) this.merged.push({ range, first: rowOf(from), last: rowOf(to) });
        break;
      }
      default:
    }
  }

  text(text: string): void {
    if (this.#in !== undefined) this.#value += text;
  }

  close(name: string): void {
    if (name === 'v' || name === 't') this.#in = undefined;
    if (name === 'c' && this.#value !== undefined) this.#cell(this.#value);
    if (name === 'row') this.#endRow();
  }

  end(): void {
    if (this.header === undefined)
      throw new UserError(`${this.#file} has no row of column names`, {
        where: { file: this.#file, row: this.#wanted },
        expected: 'a row of column names, then a row for each record',
        actual: 'empty rows',
      });
  }

  #cell(value: string): void {
    const at = this.#column;
    if (at >= WIDEST) throw this.#fault(at, 'a column that no sheet has', String(at + 1));
    const [text, kind] = this.#read(value, at);
    if (text === '') return;
    this.#cells[at] = text;
    if (this.header !== undefined)
      this.kinds[at] = this.kinds[at] === undefined || this.kinds[at] === kind ? kind : 'other';
  }

  #read(value: string, at: number): [text: string, kind: CellKind] {
    switch (this.#type) {
      case 's': {
        const text = this.#book.texts[Number(value)];
        if (text === undefined) throw this.#fault(at, 'a text of the workbook', value);
        return [text, 'text'];
      }
      case 'inlineStr':
      case 'str':
        return [escaped(value), 'text'];
      case 'b':
        return [value === '1' ? 'true' : 'false', 'other'];
      case 'e':
        return [value, 'other'];
      case 'd':
        return [value, 'other'];
      default: {
        const number = Number(value);
        if (value.trim() === '' || !Number.isFinite(number)) throw this.#fault(at, 'a number', value);
        const format = this.#book.dates[this.#style];
        if (format === undefined) return [String(number), 'other'];
        const date = sayDate(number, format, this.#book.from1904);
        if (date === undefined) throw this.#fault(at, 'a number of days that is a date', value);
        return [date, 'other'];
      }
    }
  }

  #endRow(): void {
    const cells = this.#cells;
    if (!cells.some((cell) => cell !== undefined)) return;
    if (this.header === undefined) {
      if (this.#wanted !== undefined && this.#row < this.#wanted) return;
      this.header = this.#row;
      this.names = Array.from(cells, (cell) => cell?.trim() ?? '');
      return;
    }
    if (cells.length > this.names.length)
      throw this.#fault(cells.length - 1, 'a name above each cell', cells.at(-1) ?? '');
    let line = String(this.#row);
    for (let i = 0; i < this.names.length; i++) {
      const cell = cells[i];
      line += cell === undefined ? ',' : `,"${cell.replaceAll('"', '""')}"`;
    }
    this.#lines += `${line}\n`;
  }

  #fault(column: number, expected: string, actual: string): UserError {
    const cell = `${letters(column)}${this.#row}`;
    return new UserError(`the cell ${cell} of ${this.#file} cannot be read`, {
      where: { file: this.#file, row: this.#row, column: this.names[column] || letters(column) },
      expected,
      actual,
    });
  }
}

/** The place of a cell's column, from 0: `AB12` is 27. */
function columnOf(reference: string): number {
  let column = 0;
  for (const char of reference) {
    const letter = char.charCodeAt(0) - 64;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return column - 1;
}

function rowOf(reference: string): number {
  return Number(/\d+$/.exec(reference)?.[0] ?? 0);
}

function letters(column: number): string {
  let name = '';
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26))
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  return name;
}
