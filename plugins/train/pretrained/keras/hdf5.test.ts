import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readHdf5 } from './hdf5.js';

const linked = fileURLToPath(new URL('./fixtures/linked.h5', import.meta.url));

test('an HDF5 file that names other files for its numbers reads none of them, and its own are whole', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'hdf5-'));
  const before = process.cwd();
  try {
    copyFileSync(linked, path.join(folder, 'linked.h5'));
    writeFileSync(path.join(folder, 'elsewhere.bin'), Float32Array.of(1, 2));
    copyFileSync(linked, path.join(folder, 'elsewhere.h5'));
    process.chdir(folder);
    const file = await readHdf5(path.join(folder, 'linked.h5'), 'linked.h5');
    expect([...(await file.tensor('own')!.values())]).toEqual([3, 4]);
    expect(file.tensor('link')).toBeUndefined();
    await expect(file.tensor('outside')!.values()).rejects.toThrow('outside of linked.h5 cannot be read');
    file.close();
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  }
});

test('a file that is cut short is refused by name, again and again', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'hdf5-'));
  try {
    const cut = path.join(folder, 'cut.h5');
    writeFileSync(cut, readFileSync(linked).subarray(0, 700));
    for (let i = 0; i < 3; i++) await expect(readHdf5(cut, 'cut.h5')).rejects.toThrow('cut.h5 is no whole HDF5 file');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
