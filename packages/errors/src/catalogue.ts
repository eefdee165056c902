/** One kind of error: whose fault, what it means, what to do about it. */
export interface CatalogueEntry {
  /** `user`: the input, the wiring or the set-up must change; `system`: it may pass, or it is ours. */
  readonly fault: 'user' | 'system';
  readonly meaning: string;
  readonly remedy: string;
}

const user = (meaning: string, remedy: string): CatalogueEntry => ({ fault: 'user', meaning, remedy });
const system = (meaning: string, remedy: string): CatalogueEntry => ({ fault: 'system', meaning, remedy });

/**
 * All errors by their code. A code is never reused for another meaning. `docs/errors.md` is held together with this
 * table by a test, in both directions.
 */
export const CATALOGUE = {
  'TY-WIRE-KIND': user(
    'A node call was given an artifact of the wrong kind.',
    'pass an output of the kind that the port takes',
  ),
  'TY-WIRE-MISSING': user('A node call lacks an input that its contract requires.', 'pass the missing input'),
  'TY-WIRE-UNKNOWN': user(
    'A node call names an input or parameter that its contract does not have.',
    'correct the name, or remove it',
  ),
  'TY-WIRE-OUTSIDE': user('A node was called outside a pipeline.', 'call it inside the function given to pipeline()'),
  'TY-WIRE-NO-POOL': user(
    'No pool meets what a node needs.',
    'add a pool with these resources or labels to temporal.config.ts, or ask for less',
  ),
  'TY-PARAM': user('A parameter is not what its schema says.', 'correct the value'),
  'TY-PIPELINE-UNKNOWN': user(
    'No pipeline of this name is in temporal.config.ts.',
    'trainyard run --help lists the pipelines',
  ),
  'TY-NODE-UNKNOWN': user(
    'No node of this name is in the plugins of temporal.config.ts.',
    'trainyard plugins lists the nodes',
  ),
  'TY-NODE-NOT-IMPLEMENTED': user(
    'A node has a contract, but no implementation in its plugin.',
    'export implement(contract, …) from the worker entry of the plugin',
  ),
  'TY-NODE-INPUT': user('A node refused its input.', 'correct the input, then run again: what had finished is found'),
  'TY-SEALED-REASON': user(
    'A sealed test set was opened before, and nobody said why it is opened again.',
    'say why: trainyard retry RUN NODE --why "…", the run page, or { reason: "…" } after the arguments of the call',
  ),
  'TY-SOURCE-READ-ON': user(
    'Another run of the pipeline has read a source on from the same place.',
    'start a new run: it reads on from where that one has come to; let one run at a time read on',
  ),
  'TY-NODE-TRANSIENT': system(
    'A node met a fault that may pass.',
    'it is retried as its contract says; if it stays, look at the cause',
  ),
  'TY-NODE-FAILED': system(
    'A node threw an error that it did not explain.',
    'look at the cause and the log of the node',
  ),
  'TY-PIPELINE-THREW': user(
    "A pipeline's function threw an error of its own.",
    'mend the line that is named, then trainyard resume RUN --with-new-code; what had finished is found',
  ),
  'TY-PIPELINE-STUCK': user(
    "A pipeline's function, or a study's search, computed for so long that its run could not go on.",
    'move the computation into a node, then trainyard resume RUN --with-new-code; what had finished is found',
  ),
  'TY-TOO-LARGE': user(
    'What a run is given, gives back or is told is larger than what travels.',
    'write it to a file or an artifact, and pass its path, digest or handle',
  ),
  'TY-NODE-OUTPUT': user(
    'A node gave something else than its contract promises.',
    'return what the contract declares for each output',
  ),
  'TY-NODE-CRASHED': system(
    'The process that computed a node ended before it answered.',
    'look at the signal or exit code; if it was killed for memory, give the node more memory',
  ),
  'TY-NODE-TIMEOUT': system(
    'A node took longer than its time limit.',
    'raise timeout in its contract, or give it less to do',
  ),
  'TY-NODE-MEMORY': user(
    'A node used more memory than it may.',
    'raise resources.memory in its contract, or give it less data',
  ),
  'TY-NODE-SECRET': user(
    'An output of a node holds the value of a secret.',
    'leave the value out of the output: artifacts are kept, shown and shared',
  ),
  'TY-NODE-SEED': user(
    'A node asked for a seed that its contract does not declare.',
    'set seeded: true in the contract',
  ),
  'TY-STORE-DAMAGED': system(
    'A stored blob is not what its digest says.',
    'it is computed again; look at the disk if it happens often',
  ),
  'TY-STORE-MISSING': system('A stored blob is gone.', 'run again: it is computed again'),
  'TY-STORE-FULL': system(
    'There is no space left where the store writes.',
    'free some space (trainyard gc --dry-run says what no kept run needs), then run again: what had finished is found',
  ),
  'TY-STORE-UNFIT': user('The store cannot promise what Trainyard needs.', 'use a store whose conditional writes work'),
  'TY-STORE-RECORD': user(
    'A record of the store is not what was written. It counts as not there.',
    'trainyard scrub takes it out of use; look at the disk if it happens often',
  ),
  'TY-STORE-REFUSED': user(
    'The store may not be read or written by this process.',
    'give the user who runs it the permission, mount the disk for writing, or name another store in temporal.config.ts',
  ),
  'TY-STORE-KEY': user(
    'A name is not one that every store can hold.',
    'use lower-case letters, digits and . _ ~ = - in segments joined by /',
  ),
  'TY-CONFIG': user('temporal.config.ts is not what it should be.', 'correct the field'),
  'TY-CONFIG-MISSING': user('There is no temporal.config.ts here.', 'go to the folder that has one, or pass --config'),
  'TY-CODE': user('Code of the project could not be loaded.', 'correct the file'),
  'TY-CODE-BEHIND': user(
    'The workers serve other code than the project has on this disk.',
    'start the worker again, or use trainyard dev, which takes up edits; --served-code runs what the workers have',
  ),
  'TY-CODE-GONE': system(
    'No worker has the code, or the TensorFlow, that a run was started with: it is no result of the node.',
    'start a worker that has it, or resume the run with the new code: what had finished and is unchanged is found',
  ),
  'TY-PORT-IN-USE': user('A port is held by another program.', 'stop that program, or choose another port'),
  'TY-TEMPORAL-AWAY': system(
    'Temporal does not answer.',
    'start it with trainyard dev, or correct temporal.address in temporal.config.ts',
  ),
  'TY-REDIS-AWAY': system(
    'Redis or Valkey does not answer.',
    'start it with trainyard dev, or correct redis.url in temporal.config.ts',
  ),
  'TY-WORKER-NONE': system('No worker listens for this run.', 'start one with trainyard dev or trainyard worker'),
  'TY-DEV-RUNNING': user('trainyard dev runs for this project already.', 'use that one, or end it first with Ctrl-C'),
  'TY-RUN-EXISTS': user('There is a run of this id already.', 'choose another id, or leave it to Trainyard'),
  'TY-RUN-ENDED': user(
    'A run was cancelled or terminated before it was done.',
    'run it again: what had finished is found',
  ),
  'TY-REPLAY': system(
    'A run cannot go on with this code: it would do something else than the run has done already.',
    'put back the build that the run started with, or end it and resume it: what had finished is found',
  ),
  'TY-RUN-UNKNOWN': user('There is no run of this id.', 'trainyard runs lists the runs'),
  'TY-MODEL-UNKNOWN': user('There is no model or version of this name.', 'trainyard models lists the models'),
  'TY-MODEL-REQUEST': user('The model registry refused a request.', 'correct the request'),
  'TY-MODEL-UNFIT': user(
    'A model did not repeat the sample predictions that it carries.',
    'train it again; the model, its files or the machine are not what they were',
  ),
  'TY-EXPORT-UNFIT': user(
    'A model in a format of another tool did not answer as the model itself does.',
    'export it in another format; the difference is a fault of trainyard or of the tool, worth telling its authors',
  ),
  'TY-ALIAS-MOVED': user(
    'An alias is not at the version that a request expected.',
    'compare with the version that is there now, then move the alias from it',
  ),
  'TY-ENDPOINT-NOT-READY': system('An endpoint has not loaded its model yet.', 'try again in a moment'),
  'TY-ENDPOINT-BUSY': system(
    'More rows wait for a model than its server lets wait.',
    'ask again after as many seconds as Retry-After says',
  ),
  'TY-ENDPOINT-LATE': system(
    'A request for predictions was not answered in time, and was dropped.',
    'ask again, with fewer rows; if it stays, raise server.scoring.timeout or let another server share the requests',
  ),
  'TY-ENDPOINT-ENDING': system(
    'The server ends, and takes no more requests.',
    'ask again: another server answers, or this one when it is back',
  ),
  'TY-MONITOR-UNKNOWN': user('No monitor watches an endpoint of this name.', 'add monitor.endpoint to its pipeline'),
  'TY-ENDPOINT-UNKNOWN': user('No endpoint of this name is served.', 'deploy a model to it first'),
  'TY-PREDICT-INPUT': user('A prediction request is not what the model takes.', 'correct the field'),
  'TY-REVIEW-UNKNOWN': user('There is no label review of this id.', 'open the home page for the open reviews'),
  'TY-REVIEW-OPENING': system(
    'A label review still looks whether an equal one was answered before, and takes no answers yet.',
    'ask again in a moment',
  ),
  'TY-REVIEW-ANSWER': user('An answer to a label review is not acceptable.', 'answer with one of the labels'),
  'TY-STUDY': user('A study (tune) cannot be run as it is asked.', 'correct the option'),
  'TY-STUDY-FAILED': user(
    'A study ended without a trial that it could choose.',
    'look at why its trials failed; mend that, then run again: what had finished is found',
  ),
  'TY-STUDY-UNKNOWN': user(
    'There is no study of this name in the run.',
    'trainyard study RUN lists the studies of a run',
  ),
  'TY-DECISION': user('A decision (approval, gate) cannot be taken this way.', 'look at the run page for what waits'),
  'TY-SETUP': user('A part that Trainyard needs is not here.', 'trainyard doctor says what is missing and what to do'),
  'TY-DOWNLOAD': system(
    'A download failed, or was not what it should be.',
    'try again; what had been fetched whole is kept',
  ),
  'TY-UNEXPLAINED': system(
    'Something failed that nobody explained: a fault of Trainyard, or of the machine.',
    'run it again with TRAINYARD_DEBUG=1 to see where it comes from, and report it',
  ),
  'TY-USAGE': user('The command was called in a way it does not know.', 'trainyard --help'),
  'TY-REQUEST': user(
    'An HTTP request is not one that this server takes.',
    'docs/http.md shows each request with its answer',
  ),
  'TY-HOST': user(
    'A request names a host that this server does not go by.',
    'use one of its names, or add this one to server.hosts in temporal.config.ts',
  ),
  'TY-KEY': user(
    'A request that changes something came without a valid key.',
    'send the key as Authorization: Bearer …',
  ),
  'TY-RATE': user(
    'One caller has sent more requests to the server than its limits allow.',
    'wait as long as Retry-After says, or raise server.limits in temporal.config.ts',
  ),
} as const satisfies Record<string, CatalogueEntry>;

export type Code = keyof typeof CATALOGUE;
