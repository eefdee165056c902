import { open, type FileHandle } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { fromFdPromise } from 'yauzl';
import sax, { type QualifiedTag, type SAXParser, type Tag } from 'sax';
import { UserError } from '../../../../core/index.js';
import { isDateFormat, type DateFormat } from './dates.js';

type ZipFile = Awaited<ReturnType<typeof fromFdPromise>>;
type Entry = ZipFile extends { eachEntry(): AsyncIterable<infer One> } ? One : never;

/** The most bytes of a part that is streamed, and of one that is held in memory; the most that a byte may unpack to. */
const [STREAMED, HELD, RATIO, SMALL] = [8e9, 512e6, 500, 64e6];

/** A spreadsheet, opened. */
export interface Workbook {
  readonly sheets: readonly { readonly name: string; readonly part: string }[];
  /** Days are counted from 1904 on. */
  readonly from1904: boolean;
  /** Texts that cells name by their place. */
  readonly texts: readonly string[];
  /** By the style of a cell: how its number is a date, if it is one. */
  readonly dates: readonly (DateFormat | undefined)[];
  /** Reads a part of the workbook as XML, as a stream; after each piece `onPiece` is waited for. */
  read(part: string, on: XmlEvents, onPiece?: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** What is heard of a part while it is read. Names come without their namespace. */
export interface XmlEvents {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/** Opens an .xlsx file (ECMA-376, Office Open XML). Throws a UserError where it is none, or unpacks to too much. */
export async function openWorkbook(path: string, name: string): Promise<Workbook> {
  const file = await open(path);
  try {
    const entries = await partsIn(file, name);
    const read = async (part: string, on: XmlEvents, most: number, onPiece?: () => Promise<void>): Promise<void> => {
      const known = entries.parts.get(part);
      if (!known) throw notXlsx(name, `it has no part ${part}`);
      if (known.uncompressedSize > most || isBomb(known))
        throw new UserError(`${name} unpacks to more than a spreadsheet holds`, {
          where: { file: name },
          expected: `at most ${most} bytes in ${part}, and ${RATIO} for each byte of the file`,
          actual: `${known.uncompressedSize} bytes out of ${known.compressedSize}`,
        });
      try {
        await parse(await entries.zip.openReadStreamPromise(known), on, onPiece);
      } catch (error) {
        if (error instanceof XmlFault) throw notXlsx(name, `${part}: ${error.message}`, error);
        throw error;
      }
    };
    const held = (part: string, on: XmlEvents): Promise<void> => read(part, on, HELD);
    const { sheets, from1904 } = await sheetsOf(held);
    return {
      sheets,
      from1904,
      texts: entries.parts.has('xl/sharedStrings.xml') ? await textsOf(held) : [],
      dates: entries.parts.has('xl/styles.xml') ? await datesOf(held) : [],
      read: (part, on, onPiece) => read(part, on, STREAMED, onPiece),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function partsIn(file: FileHandle, name: string): Promise<{ zip: ZipFile; parts: ReadonlyMap<string, Entry> }> {
  try {
    const zip = await fromFdPromise(file.fd, { strictFileNames: true });
    const parts = new Map<string, Entry>();
    for await (const entry of zip.eachEntry()) parts.set(entry.fileName, entry as Entry);
    return { zip, parts };
  } catch (error) {
    throw notXlsx(name, error instanceof Error ? error.message : String(error), error);
  }
}

function isBomb({ compressedSize, uncompressedSize }: Entry): boolean {
  return uncompressedSize > SMALL && uncompressedSize > compressedSize * RATIO;
}

class XmlFault extends Error {}

async function parse(
  stream: AsyncIterable<unknown>,
  on: XmlEvents,
  onPiece: (() => Promise<void>) | undefined,
): Promise<void> {
  const xml: SAXParser = sax.parser(true, { trim: false, normalize: false });
  let fault: Error | undefined;
  xml.onerror = (error) => {
    fault ??= error;
  };
  const local = (tag: string): string => tag.slice(tag.indexOf(':') + 1);
  xml.onopentag = (tag: Tag | QualifiedTag) => on.open?.(local(tag.name), tag.attributes as Record<string, string>);
  xml.ontext = (text) => on.text?.(text);
  xml.oncdata = (text) => on.text?.(text);
  xml.onclosetag = (tag) => on.close?.(local(tag));
  const decoder = new StringDecoder('utf8');
  for await (const piece of stream) {
    xml.write(decoder.write(piece as Buffer));
    if (fault) throw new XmlFault(fault.message.split('\n')[0]);
    await onPiece?.();
  }
  xml.write(decoder.end()).close();
  if (fault) throw new XmlFault((fault as Error).message.split('\n')[0]);
}

type Read = (part: string, on: XmlEvents) => Promise<void>;

async function sheetsOf(read: Read): Promise<Pick<Workbook, 'sheets' | 'from1904'>> {
  const targets = new Map<string, string>();
  await read('xl/_rels/workbook.xml.rels', {
    open: (name, { Id, Target = '' }) => {
      if (name === 'Relationship' && Id !== undefined)
        targets.set(Id, Target.startsWith('/') ? Target.slice(1) : `xl/${Target.replace(/^\.\//, '')}`);
    },
  });
  const sheets: { name: string; part: string }[] = [];
  let from1904 = false;
  await read('xl/workbook.xml', {
    open: (tag, attributes) => {
      if (tag === 'workbookPr') from1904 = ['1', 'true'].includes(attributes['date1904'] ?? '');
      const id = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1] ?? '';
      const part = targets.get(id);
      // Charts have sheets of their own, which hold no cells.
      if (tag === 'sheet' && part?.includes('worksheets/')) sheets.push({ name: attributes['name'] ?? '', part });
    },
  });
  return { sheets, from1904 };
}

async function textsOf(read: Read): Promise<string[]> {
  const texts: string[] = [];
  let text = '';
  let [inText, inReading] = [false, false];
  await read('xl/sharedStrings.xml', {
    open: (name) => {
      if (name === 'si') text = '';
      // How a text is pronounced stands beside it, and is none of it.
      if (name === 'rPh') inReading = true;
      if (name === 't') inText = !inReading;
    },
    text: (piece) => {
      if (inText) text += piece;
    },
    close: (name) => {
      if (name === 't') inText = false;
      if (name === 'rPh') inReading = false;
      if (name === 'si') texts.push(escaped(text));
    },
  });
  return texts;
}

/** Characters that XML cannot hold are written as `_x000D_`. */
export function escaped(text: string): string {
  return text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    : text;
}

async function datesOf(read: Read): Promise<(DateFormat | undefined)[]> {
  const codes = new Map<number, string>();
  const styles: number[] = [];
  let inCells = false;
  await read('xl/styles.xml', {
    open: (name, attributes) => {
      if (name === 'numFmt') codes.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '');
      if (name === 'cellXfs') inCells = true;
      if (name === 'xf' && inCells) styles.push(Number(attributes['numFmtId'] ?? 0));
    },
    close: (name) => {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return styles.map((number) => isDateFormat(number, codes.get(number)));
}

function notXlsx(name: string, actual: string, cause?: unknown): UserError {
  return new UserError(`${name} is no .xlsx file, or a damaged one`, {
    where: { file: name },
    expected: 'a workbook in Office Open XML',
    actual,
    remedy: 'save it as .xlsx; the older .xls and .ods are not read',
    cause,
  });
}
