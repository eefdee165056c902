import { z } from 'zod';
import { activation } from './activation.js';
import { attention } from './attention.js';
import { batchNorm } from './batch-norm.js';
import { categories } from './categories.js';
import { conv1d } from './conv1d.js';
import { conv2d } from './conv2d.js';
import { dense } from './dense.js';
import { dropout } from './dropout.js';
import { embedding } from './embedding.js';
import { flatten } from './flatten.js';
import { flip } from './flip.js';
import { gru } from './gru.js';
import { last } from './last.js';
import { layerNorm } from './layer-norm.js';
import type { LayerKind } from './layer.js';
import { lstm } from './lstm.js';
import { noise } from './noise.js';
import { pool } from './pool.js';
import { pool2d } from './pool2d.js';
import { positions } from './positions.js';
import { reshape } from './reshape.js';
import { scale } from './scale.js';
import { shift } from './shift.js';
import { unitNorm } from './unit-norm.js';

const KINDS = [
  activation,
  attention,
  batchNorm,
  categories,
  conv1d,
  conv2d,
  dense,
  dropout,
  embedding,
  flatten,
  flip,
  gru,
  last,
  layerNorm,
  lstm,
  noise,
  pool,
  pool2d,
  positions,
  reshape,
  scale,
  shift,
  unitNorm,
] as const;
const BY_NAME = new Map<string, LayerKind>(KINDS.map((kind) => [kind.name, kind as unknown as LayerKind]));

/** Names of the layers. */
export const LAYERS: readonly string[] = KINDS.map(({ name }) => name);

/** One layer that is none of layers. */
const plainLayer = z.discriminatedUnion('layer', [
  activation.settings,
  attention.settings,
  batchNorm.settings,
  categories.settings,
  conv1d.settings,
  conv2d.settings,
  dense.settings,
  dropout.settings,
  embedding.settings,
  flatten.settings,
  flip.settings,
  gru.settings,
  last.settings,
  layerNorm.settings,
  lstm.settings,
  noise.settings,
  pool.settings,
  pool2d.settings,
  positions.settings,
  reshape.settings,
  scale.settings,
  shift.settings,
  unitNorm.settings,
]);
export type PlainLayer = z.output<typeof plainLayer>;

/** Layers whose output is added to what they took (He et al. 2016). */
const residual = z.strictObject({ layer: z.literal('residual'), of: z.array(plainLayer).min(1).max(16) });

/** A net as plain data: layers in their order. */
export const layersSchema = z.array(z.union([plainLayer, residual])).max(64);
export type Layers = z.output<typeof layersSchema>;
export type LayersInput = z.input<typeof layersSchema>;

/** The kind of a layer. */
export const layerKindOf = ({ layer }: PlainLayer): LayerKind => BY_NAME.get(layer)!;
