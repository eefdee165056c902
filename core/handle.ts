import type { Kind, Ref } from './kinds.js';

const BRAND = Symbol.for('trainyard.handle');

/**
 * The typed future of a node's output inside a pipeline. Passing it on waits for nothing; `await` gives the reference
 * to the artifact (its digest, its kind and, when small, its value), or throws what the node failed with.
 */
export interface Handle<K extends Kind = Kind> extends PromiseLike<Ref<K>> {
  /** Type-level: which artifact this is a future of. */
  readonly artifact: K;
  /** The call that makes the artifact, for the graph: equal for all outputs of one call. */
  readonly call: string;
  readonly port: string;
  readonly node: string;
  then<A = Ref<K>, B = never>(
    onfulfilled?: ((ref: Ref<K>) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B>;
}

/** Makes a handle; runtimes do, pipelines never. */
export function makeHandle<K extends Kind>(parts: {
  kind: K;
  call: string;
  port: string;
  node: string;
  /** What it is a future of, also when that is known already; or what gives it to whoever waits. */
  ref: Promise<Ref<K>> | Ref<K> | (() => Promise<Ref<K>>);
  /** Called whenever somebody waits for it. */
  onUse?: () => void;
}): Handle<K> {
  const { kind, call, port, node, ref } = parts;
  // A failure is for those who use the handle: one that nobody awaits must not end the run as an unhandled rejection.
  if (ref instanceof Promise) ref.catch(() => undefined);
  const then: Handle<K>['then'] = (onfulfilled, onrejected) => {
    parts.onUse?.();
    return (typeof ref === 'function' ? ref() : isRef(ref) ? Promise.resolve(ref) : ref).then(onfulfilled, onrejected);
  };
  return { [BRAND]: true, artifact: kind, call, port, node, then } as unknown as Handle<K>;
}

export function isHandle(value: unknown): value is Handle {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** True for a reference to an artifact, which may stand where a handle may. */
export function isRef(value: unknown): value is Ref {
  return typeof value === 'object' && value !== null && 'digest' in value && 'kind' in value && 'size' in value;
}
