import { UserError } from '../../../../core/index.js';
import { sourceKind } from '../../../../activities/sources/index.js';
import { images, texts } from './contract.js';
import { folderSource, LARGEST } from './folder-source.js';
import { imageFacts } from './image-facts.js';
import type { PackedFile } from './packs.js';

export const imagesSource = sourceKind(
  images,
  folderSource({
    columns: [
      { name: 'width', type: 'integer' },
      { name: 'height', type: 'integer' },
      { name: 'format', type: 'text' },
      { name: 'image', type: 'text' },
    ],
    expected: 'an image: PNG, JPEG, GIF, WebP or BMP',
    read: (bytes, file) => {
      requireSmall(file, 'make the image smaller');
      const facts = imageFacts(bytes);
      return facts && [facts.width, facts.height, facts.format, bytes.toString('base64')];
    },
  }),
);

export const textsSource = sourceKind(
  texts,
  folderSource({
    columns: [{ name: 'text', type: 'text' }],
    expected: 'text in its encoding, without NUL',
    read: (bytes, file, { encoding }) => {
      requireSmall(file, 'cut the text into parts');
      try {
        const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
        return text.includes('\0') ? undefined : [text];
      } catch {
        return undefined;
      }
    },
  }),
);

function requireSmall({ name, size }: PackedFile, remedy: string): void {
  if (size <= LARGEST) return;
  throw new UserError(`${name} is larger than a cell of a table`, {
    where: { file: name },
    expected: `at most ${LARGEST} bytes`,
    actual: `${size} bytes`,
    remedy,
  });
}
