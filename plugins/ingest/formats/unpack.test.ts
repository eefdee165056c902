import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { file } from '../index.js';
import { projectForTests, put, readSource } from '../read-source.test-part.js';

const folder = projectForTests();
const read = (path: string) => readSource(file({ path }));

test('files in archives are one table, and errors name archive, file and line', async () => {
  await put(folder, {
    'a.zip': zipSync({
      'x/1.csv': strToU8('n\n1\n'),
      'x/2.csv': strToU8('n\n2.5\n'),
      '.hidden.csv': strToU8('m\n'),
      'x/': new Uint8Array(),
    }),
    'b.jsonl.gz': gzipSync('{"n":1}\n'),
    'c.zip': zipSync({ 'r.csv': strToU8('n\n1,2\n') }),
  });
  expect((await read('a.zip')).rows).toEqual([{ n: 1 }, { n: 2.5 }]);
  expect((await read('b.jsonl.gz')).rows).toEqual([{ n: 1 }]);
  await expect(read('c.zip')).rejects.toThrow(/c\.zip\/r\.csv.*line 2/s);
});

test('names that lead out of an archive, what is damaged, and what unpacks without end are refused', async () => {
  const bomb = gzipSync(Buffer.alloc(300_000_000), { level: 9 });
  const whole = gzipSync('n\n1\n');
  await put(folder, {
    'out.zip': zipSync({ '../evil.csv': strToU8('n\n1\n') }),
    'root.zip': zipSync({ '/evil.csv': strToU8('n\n1\n') }),
    'cut.csv.gz': whole.subarray(0, whole.length - 4),
    'bomb.csv.gz': bomb,
    'none.zip': zipSync({ '.x': strToU8('x') }),
    'a.tar.gz': whole,
    'a.tar': Buffer.alloc(10_240),
    'bomb.zip': zipSync({ 'a.csv': Buffer.alloc(300_000_000) }),
    'inside.zip': zipSync({ 'a.csv.gz': whole }),
    'again.zip': zipSync({ 'b.zip': zipSync({ 'a.csv': strToU8('n\n1\n') }) }),
  });
  await expect(read('out.zip')).rejects.toThrow(/out\.zip cannot be unpacked.*\.\.\/evil\.csv/s);
  await expect(read('root.zip')).rejects.toThrow(/root\.zip cannot be unpacked.*absolute path/s);
  await expect(read('cut.csv.gz')).rejects.toThrow(/cut\.csv\.gz cannot be unpacked/);
  await expect(read('bomb.csv.gz')).rejects.toThrow(/bomb\.csv\.gz unpacks to far more than it is/);
  await expect(read('none.zip')).rejects.toThrow(/holds no file/);
  await expect(read('bomb.zip')).rejects.toThrow(/bomb\.zip unpacks to far more than it is.*unpack it yourself/s);
  await expect(read('a.tar.gz')).rejects.toThrow(/a\.tar\.gz is an archive of a kind that is not unpacked/);
  await expect(read('a.tar')).rejects.toThrow(
    /a\.tar is an archive of a kind that is not unpacked.*unpack it, and name the files/s,
  );
  await expect(read('inside.zip')).rejects.toThrow(/inside\.zip\/a\.csv\.gz is an archive in an archive/);
  await expect(read('again.zip')).rejects.toThrow(/again\.zip\/b\.zip is an archive in an archive/);
});
