import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { runElsewhere } from './elsewhere.test-part.js';
import { ensureTensorflow, findTensorflow, isTensorflowNoise } from './index.js';

/** Trains a small dense net in a process of its own; answers with what was loaded and a digest of the weights. */
async function train(backend: 'native' | 'wasm', threads: number) {
  const { ended } = await runElsewhere(`import { createHash } from 'node:crypto';
    const { tf, ...loaded } = await setup.loadTensorflow({ backend: '${backend}', threads: ${threads} });
    const x = tf.randomNormal([200, 4], 0, 1, 'float32', 1);
    const classes = tf.argMax(tf.slice(x, [0, 0], [200, 3]), 1);
    const y = tf.oneHot(classes, 3);
    const weights = [[4, 16], [1, 16], [16, 3], [1, 3]].map((shape, index) =>
      tf.variable(shape[0] === 1 ? tf.zeros(shape) : tf.randomNormal(shape, 0, 0.3, 'float32', index + 1)));
    const [w1, b1, w2, b2] = weights;
    const logits = (rows) => tf.add(tf.matMul(tf.relu(tf.add(tf.matMul(rows, w1), b1)), w2), b2);
    const adam = tf.train.adam(0.02);
    for (let step = 0; step < 150; step++) {
      const from = [(step % 10) * 20, 0];
      adam.minimize(() => tf.losses.softmaxCrossEntropy(tf.slice(y, from, [20, 3]), logits(tf.slice(x, from, [20, 4]))));
    }
    const right = tf.mean(tf.cast(tf.equal(tf.argMax(logits(x), 1), classes), 'float32'));
    const hash = createHash('sha256');
    for (const weight of weights) hash.update(new Uint8Array((await weight.data()).buffer));
    console.log(JSON.stringify({ ...loaded, accuracy: (await right.data())[0], digest: hash.digest('hex') }));`);
  const { code, stdout, stderr } = await ended;
  expect(code, stderr).toBe(0);
  const noise = stderr.split('\n').filter((line) => line !== '' && !isTensorflowNoise(line));
  const result = JSON.parse(stdout) as {
    backend: string;
    version: string;
    device: string;
    accuracy: number;
    digest: string;
  };
  return { ...result, noise };
}

beforeAll(async () => {
  await ensureTensorflow();
}, 600_000);

test('the native binding trains, gives the same bits in each process, and says nothing', async (context) => {
  const installed = await ensureTensorflow();
  if (installed.kind === 'wasm') return context.skip(installed.reason);
  const [first, second] = [await train('native', 1), await train('native', 1)];
  expect(first).toMatchObject({
    backend: 'tensorflow',
    version: installed.tensorflowVersion,
    device: 'cpu',
    noise: [],
  });
  expect(first.accuracy).toBeGreaterThan(0.9);
  expect(second.digest).toBe(first.digest);
});

test('WebAssembly trains a dense net, gives the same bits in each process, and says nothing', async () => {
  const [first, second] = [await train('wasm', 1), await train('wasm', 1)];
  expect(first).toMatchObject({ backend: 'wasm', version: '4.22.0', device: 'cpu', noise: [] });
  expect(first.accuracy).toBeGreaterThan(0.9);
  expect(second.digest).toBe(first.digest);
});

test('a process that has loaded TensorFlow refuses to load it with other threads', async () => {
  const { ended } = await runElsewhere(`await setup.loadTensorflow({ backend: 'wasm', threads: 1 });
    await setup.loadTensorflow({ backend: 'wasm', threads: 1 });
    await setup.loadTensorflow({ backend: 'wasm', threads: 2 }).catch((error) => console.log(error.what));`);
  expect((await ended).stdout).toMatch(/this process has loaded it with .*"threads":1.* again with .*"threads":2/);
});

test('a device asked for where there is none is refused, not replaced by the processor', async () => {
  const { ended } = await runElsewhere(
    `await setup.loadTensorflow({ backend: 'cuda' }).catch((error) => console.log(error.what));`,
    { CUDA_VISIBLE_DEVICES: '' },
  );
  expect((await ended).stdout).toMatch(/native TensorFlow on a device is not installed/);
});

test('native TensorFlow asked for, and not installed, is refused with the remedy', async () => {
  const { ended } = await runElsewhere(
    `await setup.loadTensorflow({ backend: 'native' }).catch((error) => console.log(error.what, error.remedy));`,
    { TRAINYARD_CACHE: '/nowhere' },
  );
  expect((await ended).stdout).toMatch(/native TensorFlow is not installed.*trainyard doctor/s);
});

// It took 625 MB, 91 of them names of symbols that nobody asks for.
test.runIf(process.platform === 'linux' && process.arch === 'x64')('TensorFlow takes less than 550 MB on disk', () => {
  const home = join(findTensorflow()!.path, '..', '..', '..');
  const names = readdirSync(home, { recursive: true, encoding: 'utf8' });
  const bytes = names.reduce((sum, name) => sum + lstatSync(join(home, name)).blocks * 512, 0);
  expect(bytes / 2 ** 20).toBeLessThan(550);
});
