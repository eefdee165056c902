import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { TrainyardError } from '@trainyard/errors';
import type { InputArtifact } from '../../../core/artifact.js';
import type { Ref } from '../../../core/kinds.js';
import { ONLY_OUTPUT, outputPorts } from '../../../core/node.js';
import type { Placed, RuntimeCall } from '../../../core/runtime-kind.js';
import { ensureEnvironment, holdEnvironment, type Environment } from './environment.js';
import { sayPythonDeath, sayPythonFailure } from './failures.js';
import { placePython } from './place.js';
import { CODE_FOLDER, REQUIREMENTS_FILE, type PlacedProgram, type PythonProgram } from './programs.js';
import { startPython } from './process.js';
import { answerTo, type FromPython, type PythonFailure } from './wire.js';

/** Does the work of one call in a process of Python, which ends with it. */
export async function runPython(program: PythonProgram, call: RuntimeCall): Promise<unknown> {
  const { ctx } = call;
  const placed =
    call.placed ?? (await placePython(program, { into: path.join(ctx.scratch, '.code'), root: process.cwd() }));
  const said = placed.program as unknown as PlacedProgram;
  const environment = await environmentOf(said, placed, call);
  ctx.signal.throwIfAborted();
  const folder = await taskFolder(said, placed, call);
  const release = holdEnvironment(environment);
  try {
    await compute(environment, folder, said, call);
  } finally {
    release();
  }
  return readOutputs(folder, call);
}

async function environmentOf(said: PlacedProgram, placed: Placed, { ctx }: RuntimeCall): Promise<Environment> {
  const { requirements: file } = said;
  const locked = file === undefined ? '' : await readFile(path.join(placed.folder, REQUIREMENTS_FILE), 'utf8');
  return ensureEnvironment({
    python: said.python,
    requirements: file === undefined ? undefined : { file, locked: locked.trimEnd() },
    onProgress: (message) => ctx.progress(0, message),
    signal: ctx.signal,
  });
}

/** Writes what the process reads when it starts, `task.json`, into a folder of its own. */
async function taskFolder(said: PlacedProgram, placed: Placed, call: RuntimeCall): Promise<string> {
  const { contract, params, inputs, ctx } = call;
  const { spec } = contract;
  await mkdir(ctx.scratch, { recursive: true });
  const folder = await mkdtemp(path.join(ctx.scratch, '.task-'));
  const opened = await Promise.all(
    Object.entries(inputs as Readonly<Record<string, Given>>).map(
      async ([port, given]) => [port, await tellInput(given)] as const,
    ),
  );
  const task = {
    node: spec.name,
    module: said.module,
    function: said.function,
    file: fileOf(said),
    code: path.join(placed.folder, CODE_FOLDER),
    sources: said.sources,
    params,
    inputs: Object.fromEntries(opened),
    outputs: Object.fromEntries(Object.entries(outputPorts(spec)).map(([port, { kind }]) => [port, kind])),
    single: isSingle(call),
    ctx: {
      node: spec.name,
      seed: spec.seeded ? ctx.seed : null,
      threads: ctx.threads,
      device: ctx.device,
      scratch: ctx.scratch,
      run: ctx.run,
      scope: ctx.scope,
      attempt: ctx.attempt,
      key: ctx.key,
      goesOn: ctx.goesOn,
    },
  };
  await writeFile(path.join(folder, 'task.json'), JSON.stringify(task));
  return folder;
}

/** The module's file, as the project names it. */
function fileOf({ module, sources }: PlacedProgram): string {
  return path.posix.join(sources, `${module.replaceAll('.', '/')}.py`);
}

function isSingle({ contract: { spec } }: RuntimeCall): boolean {
  return ONLY_OUTPUT in outputPorts(spec) && 'kind' in spec.outputs;
}

type Given = InputArtifact | readonly InputArtifact[] | undefined;

async function tellInput(given: Given): Promise<unknown> {
  if (given === undefined) return null;
  if (Array.isArray(given)) return Promise.all((given as readonly InputArtifact[]).map(tellInput));
  const { ref, value, files, path: pathOf } = given as InputArtifact;
  const paths = await Promise.all(files.map(async (file) => [file, await pathOf.call(given, file)] as const));
  return { kind: (ref as Ref).kind, value: value ?? null, files: Object.fromEntries(paths) };
}

/** Starts the process, answers what it asks, and ends when it has said how it went and is gone. */
async function compute(
  environment: Environment,
  folder: string,
  said: PlacedProgram,
  call: RuntimeCall,
): Promise<void> {
  const { ctx, contract } = call;
  const refused = new Map<number, unknown>();
  let failure: PythonFailure | undefined;
  let isDone = false;
  const python = startPython(environment, folder, {
    threads: ctx.threads > 0 ? ctx.threads : availableParallelism(),
    signal: ctx.signal,
    onMessage: async (message: FromPython) => {
      if (message.type === 'done') isDone = true;
      else if (message.type === 'failed') failure = message;
      else await answerTo(message, ctx, refused, (answer) => python.send(answer));
      return isDone || failure !== undefined;
    },
  });
  const ended = await python.ended;
  if (failure?.fault === 'host' && refused.has(failure.number ?? -1)) throw refused.get(failure.number ?? -1);
  if (failure?.fault === 'cancelled' || (ctx.signal.aborted && !isDone)) {
    ctx.signal.throwIfAborted();
    throw new TrainyardError('TY-NODE-FAILED', {
      what: `${contract.spec.name} failed: it raised Cancelled, and nobody has cancelled it`,
    });
  }
  if (failure) {
    if (failure.trace !== '') ctx.log(failure.trace);
    throw sayPythonFailure(failure, contract.spec.name, said, environment.version);
  }
  if (!isDone) throw sayPythonDeath(contract.spec.name, ended);
}

/** What it has written, as an implementation in a module would give it: contents of files by their paths. */
async function readOutputs(folder: string, call: RuntimeCall): Promise<unknown> {
  const text = await readFile(path.join(folder, 'outputs.json'), 'utf8');
  const outputs = JSON.parse(text) as Record<string, { value?: unknown; files?: Record<string, string> }>;
  const given = Object.entries(outputs).map(([port, { files, ...rest }]) => {
    const paths = files && Object.entries(files).map(([name, file]) => [name, { path: file }] as const);
    return [port, { ...rest, ...(paths ? { files: Object.fromEntries(paths) } : {}) }] as const;
  });
  const byPort = Object.fromEntries(given);
  return isSingle(call) ? byPort[ONLY_OUTPUT] : byPort;
}
