import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLightgbm, parameterText } from './index.js';
import { treesOfText } from './model-text.js';
import { remedyFor } from './native.js';
import { requireWholeText } from './whole-text.js';

test('parameters are written as the library reads them, numbers bit for bit', () => {
  const text = parameterText({
    learning_rate: 0.1 + 0.2,
    extra_trees: true,
    seed: undefined,
    monotone_constraints: [1, 0, -1],
  });
  expect(text).toBe('learning_rate=0.30000000000000004 extra_trees=true monotone_constraints=1,0,-1');
});

test('a library that is not there, or is none, is refused with what to do', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lightgbm-'));
  const none = join(folder, 'lib_lightgbm.so');
  expect(() => openLightgbm(none, '4.7.0')).toThrow(/cannot be loaded on this machine[\s\S]*trainyard setup lightgbm/);
  writeFileSync(none, 'no library');
  expect(() => openLightgbm(none, '4.7.0')).toThrow(/cannot be loaded on this machine/);
  rmSync(folder, { recursive: true });
});

test('a machine without the OpenMP run time, or with an old C library, is told so', () => {
  expect(remedyFor('libgomp.so.1: cannot open shared object file: No such file or directory')).toContain(
    'apt-get install libgomp1',
  );
  expect(remedyFor('Library not loaded: @rpath/libomp.dylib')).toContain('brew install libomp');
  expect(remedyFor("/lib/libc.so.6: version `GLIBC_2.28' not found")).toContain('newer system');
});

/** A text of two trees as the library writes it, as far as its shape is looked at. */
const trees = ['Tree=0\nnum_leaves=2\n\n\n', 'Tree=1\nnum_leaves=3\nleaf_value=1 2 3\n\n\n'];
const whole = `tree\nversion=v4\ntree_sizes=${trees.map((tree) => tree.length).join(' ')}\n\n${trees.join('')}end of trees\n\nparameters:\n[seed: 1]\n\nend of parameters\n`;

test('a model text is whole or refused: cut off anywhere, or with a tree of another length', () => {
  expect(() => requireWholeText(whole)).not.toThrow();
  for (let length = 0; length < whole.length - 1; length++)
    expect(() => requireWholeText(whole.slice(0, length)), `${length} signs`).toThrow('no whole model');
  expect(() => requireWholeText(whole.replace('1 2 3', '1 2'))).toThrow('no whole model');
});

/** A tree as the library writes it: at most infinity (only what is missing is no), then one of the categories 1, 32 and 34. */
const asked = [
  'tree\nmax_feature_idx=1\nnum_tree_per_iteration=1\nobjective=binary sigmoid:1\n\nTree=0\nnum_leaves=3\nnum_cat=1',
  'split_feature=0 1\nthreshold=inf 0\ndecision_type=8 1\nleft_child=1 -1\nright_child=-3 -2\nleaf_value=1.5 -2e-3 7',
  'cat_boundaries=0 2\ncat_threshold=2 5\nis_linear=0\nshrinkage=0.1\n\n\nend of trees\n',
].join('\n');

test('a text is taken apart: infinite thresholds, sets of categories, where what is missing goes', () => {
  const { width, outputs, averaged, objective, trees: found } = treesOfText(asked);
  expect({ width, outputs, averaged, objective }).toEqual({
    width: 2,
    outputs: 1,
    averaged: false,
    objective: 'binary sigmoid:1',
  });
  expect(found).toEqual([
    {
      splits: [
        { feature: 0, asks: { atMost: Infinity }, missing: false, yes: 1, no: -3 },
        { feature: 1, asks: { oneOf: [1, 32, 34] }, missing: false, yes: -1, no: -2 },
      ],
      leaves: [1.5, -0.002, 7],
    },
  ]);
});

test('trees that are no plain questions are refused', () => {
  expect(() => treesOfText(asked.replace('is_linear=0', 'is_linear=1'))).toThrow('linear leaves');
  expect(() => treesOfText(asked.replace('decision_type=8', 'decision_type=4'))).toThrow('0 is missing');
});
