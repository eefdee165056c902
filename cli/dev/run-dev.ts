import { EXIT } from '../exit.js';
import { colours, note, print, printJson } from '../terminal.js';
import { DevSession } from './session.js';
import { collectAtRest } from '../../project/idle-memory.js';
import { shownUrl } from '../../core/shown-url.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `trainyard dev`: everything until Ctrl-C, which may come at any moment; a second one ends the process at once. */
export async function runDev(config: string | undefined, json: boolean): Promise<void> {
  const session = new DevSession(config, json ? note : print);
  let asked = false;
  const interrupted = new Promise<'interrupted'>((resolve) => {
    const onSignal = (): void => {
      // Servers that we leave behind notice the end of this process, and end.
      if (asked) process.exit(EXIT.interrupted);
      asked = true;
      resolve('interrupted');
    };
    for (const signal of SIGNALS) process.on(signal, onSignal);
  });
  try {
    if ((await Promise.race([session.start(), interrupted])) === 'interrupted') {
      note('\nending what had been started …');
      await session.stop();
      process.exit(EXIT.interrupted);
    }
    collectAtRest();
    const { temporal, ui, server, pipelines } = session;
    if (json)
      printJson({
        temporal,
        ui,
        redis: session.redis === undefined ? undefined : shownUrl(session.redis),
        server,
        worker: session.workerPid,
      });
    else
      print(
        `\n${colours.green('Ready.')} In another terminal: trainyard run ${pipelines[0] ?? '<pipeline>'}\n` +
          `  pipelines: ${pipelines.join(', ') || 'none yet'}\n  sign in:   ${server}/sign-in#key=${session.key}\nCtrl-C ends everything.`,
      );
    await interrupted;
    note('\nending …');
  } finally {
    await session.stop();
  }
}
