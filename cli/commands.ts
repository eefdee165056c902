import type { Command } from 'commander';
import { initCommand } from './init/command.js';
import { devCommand } from './dev/command.js';
import { runCommand } from './run/command.js';
import { runsCommand } from './runs/command.js';
import { showCommand } from './show/command.js';
import { explainCommand } from './explain/command.js';
import { manifestCommand } from './manifest/command.js';
import { verifyCommand } from './verify/command.js';
import { exportCommand } from './export/command.js';
import { graphCommand } from './graph/command.js';
import { cancelCommand } from './cancel/command.js';
import { recoverCommands } from './recover/command.js';
import { resumeCommand } from './resume/command.js';
import { backfillCommand } from './backfill/command.js';
import { schedulesCommand } from './schedules/command.js';
import { studyCommand } from './study/command.js';
import { approveCommand } from './approve/command.js';
import { pluginsCommand } from './plugins/command.js';
import { predictCommand } from './predict/command.js';
import { modelsCommand } from './models/command.js';
import { serveCommand } from './serve/command.js';
import { workerCommand } from './worker/command.js';
import { gcCommand } from './gc/command.js';
import { scrubCommand } from './scrub/command.js';
import { setupCommand } from './setup/command.js';
import { doctorCommand } from './doctor/command.js';
import { dataCommand } from './data/command.js';
import { pythonCommand } from './python/command.js';
import { schemaCommand } from './schema/command.js';

/** Every command, in the order of the help. They load what they need only when they are called. */
export const commands: readonly ((program: Command) => void)[] = [
  initCommand,
  devCommand,
  runCommand,
  runsCommand,
  showCommand,
  explainCommand,
  manifestCommand,
  verifyCommand,
  exportCommand,
  graphCommand,
  cancelCommand,
  resumeCommand,
  studyCommand,
  approveCommand,
  recoverCommands,
  backfillCommand,
  schedulesCommand,
  dataCommand,
  schemaCommand,
  pythonCommand,
  pluginsCommand,
  predictCommand,
  modelsCommand,
  serveCommand,
  workerCommand,
  gcCommand,
  scrubCommand,
  setupCommand,
  doctorCommand,
];
