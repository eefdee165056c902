import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTrainyardError } from '@trainyard/errors';
import { ApprovalLedger, type Answer, type Ask, type Put } from './approval-ledger.js';
import type { AskedApproval, NamedAnswer } from './contract.js';

const ask = (name: string, more: Partial<Ask> = {}): Ask => ({
  ...{ name, scope: '', question: `${name}?`, evidence: null },
  ...more,
});
const yes: Answer = { approved: true, by: 'ann', why: 'it is good' };

const refusal = (act: () => void): string => {
  try {
    act();
  } catch (error) {
    if (isTrainyardError(error) && error.code === 'TY-DECISION') return error.what;
    throw error;
  }
  return 'taken';
};

/** A pipeline: side by side, in each scope, questions that are asked one after the other. */
type Chains = readonly (readonly Pick<Ask, 'name' | 'deadlineMs' | 'byDefault'>[])[];

/** What a run does with the ledger: asks, resumes when it is answered or too late, continues as new and asks again. */
class Run {
  ledger = new ApprovalLedger();
  now = 1000;
  /** By scope: the questions asked in this part of the run, the last of which waits. */
  puts: Put[][];
  /** Scopes that the pipeline has not come to again since the run continued as new. */
  held = new Set<number>();
  readonly putAt = new Map<Put, number>();
  #settled: number[] = [];

  constructor(
    readonly chains: Chains,
    readonly answers: NamedAnswer[][] = chains.map(() => []),
  ) {
    this.puts = chains.map(() => []);
    this.goOn();
  }

  /** All that can go on does: what is answered or too late is settled, and the next questions are put. */
  goOn(): void {
    this.chains.forEach((chain, at) => {
      if (this.held.has(at)) return;
      const puts = this.puts[at]!;
      for (;;) {
        const waiting = puts.at(-1);
        if (waiting && !this.settled(at)) {
          const isLate = waiting.leftMs !== undefined && this.now >= this.putAt.get(waiting)! + waiting.leftMs;
          if (!waiting.answer && !isLate) return;
          if (this.ledger.waits(waiting.ask)) this.ledger.drop(waiting);
          this.done(at, this.ledger.settle(waiting));
        }
        const next = chain[puts.length];
        if (!next) return;
        const put = this.ledger.put({ ...ask(next.name, { scope: `s${at}` }), ...next }, this.now);
        this.putAt.set(put, this.now);
        puts.push(put);
      }
    });
  }

  settled = (at: number): boolean => (this.#settled[at] ?? 0) === this.puts[at]!.length;

  /** A question of this part has its answer: the same as in the part before, where that had it. */
  done(at: number, answer: Answer): void {
    const place = this.puts[at]!.length - 1;
    this.#settled[at] = place + 1;
    const named = { ...answer, name: this.chains[at]![place]!.name, scope: `s${at}` };
    const known = this.answers[at]![place];
    if (known) expect(named).toEqual(known);
    else this.answers[at]!.push(named);
  }

  waiting(): Ask[] {
    return this.puts.flatMap((puts, at) => (puts.length > 0 && !this.settled(at) ? [puts.at(-1)!.ask] : []));
  }

  /** Continues as new: what is carried goes through JSON, and some of the pipeline is not there again yet. */
  continueAsNew(held: readonly number[]): void {
    this.ledger.close();
    const { all, asked } = JSON.parse(JSON.stringify({ all: this.ledger.all, asked: this.ledger.asked })) as {
      all: NamedAnswer[];
      asked: AskedApproval[];
    };
    this.ledger = new ApprovalLedger();
    this.ledger.remember(all, asked);
    this.puts = this.chains.map(() => []);
    this.#settled = [];
    this.held = new Set(held);
    this.goOn();
  }
}

const question = fc.record(
  {
    name: fc.constantFrom('ship', 'go on', 'check'),
    deadlineMs: fc.integer({ min: 1, max: 100 }),
    byDefault: fc.boolean(),
  },
  { requiredKeys: ['name'] },
);
const chains: fc.Arbitrary<Chains> = fc.array(fc.array(question, { minLength: 1, maxLength: 5 }), {
  minLength: 1,
  maxLength: 3,
});
const command = fc.oneof(
  fc.record({
    do: fc.constant('answer' as const),
    name: fc.constantFrom('ship', 'go on', 'check', 'nothing'),
    scope: fc.constantFrom('', 's0/', 's1/', 's2/'),
    approved: fc.boolean(),
    twice: fc.boolean(),
  }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 60 }) }),
);
const breaks = fc.array(fc.record({ at: fc.nat(9), held: fc.subarray([0, 1, 2]) }), { maxLength: 6 });

describe('approvals', () => {
  test('one that continued as new, however often and however slowly it came to its questions again, ends as one unbroken', () => {
    let answered = 0;
    let late = 0;
    fc.assert(
      fc.property(chains, fc.array(command, { minLength: 10, maxLength: 40 }), breaks, (pipeline, commands, parts) => {
        const unbroken = new Run(pipeline);
        const broken = new Run(pipeline);
        commands.forEach((one, index) => {
          for (const part of parts)
            if (part.at === index) broken.continueAsNew(part.held.filter((at) => at < pipeline.length));
          // What is held up comes to its questions again before time goes on or somebody answers.
          broken.held.clear();
          broken.goOn();
          if (one.do === 'wait') {
            unbroken.now += one.ms;
            broken.now += one.ms;
            unbroken.goOn();
            broken.goOn();
            return;
          }
          const name = `${one.scope}${one.name}`;
          const { approved } = one;
          const why = `answer ${index}`;
          const said = [unbroken, broken].map((run) =>
            refusal(() => run.ledger.check(name, { ...yes, approved, why })),
          );
          expect(said[1]).toBe(said[0]);
          const meant = unbroken.waiting().filter((each) => [each.name, `${each.scope}/${each.name}`].includes(name));
          expect(said[0] === 'taken').toBe(meant.length === 1);
          if (said[0] !== 'taken') return;
          for (const run of [unbroken, broken]) {
            run.ledger.answer(name, { ...yes, approved, why });
            if (one.twice) expect(refusal(() => run.ledger.check(name, yes))).toContain('answered a moment ago');
            run.goOn();
          }
          answered++;
        });
        expect(broken.answers).toEqual(unbroken.answers);
        expect(broken.waiting()).toEqual(unbroken.waiting());
        expect(broken.ledger.open).toBe(unbroken.ledger.open);
        late += unbroken.answers.flat().filter(({ by }) => by === 'deadline').length;
      }),
      { numRuns: 100 },
    );
    expect(answered).toBeGreaterThan(40);
    expect(late).toBeGreaterThan(20);
  });

  test('what its pipeline has not come to again is carried on whole, also through a second continuing as new', () => {
    fc.assert(
      fc.property(chains, fc.array(command, { maxLength: 30 }), fc.subarray([0, 1, 2]), (pipeline, commands, held) => {
        const run = new Run(pipeline);
        for (const one of commands) {
          if (one.do === 'wait') run.now += one.ms;
          else if (refusal(() => run.ledger.check(`${one.scope}${one.name}`, yes)) === 'taken')
            run.ledger.answer(`${one.scope}${one.name}`, { ...yes, approved: one.approved });
          run.goOn();
        }
        const before = {
          answers: structuredClone(run.answers),
          waiting: run.waiting(),
          asked: sorted(run.ledger.asked),
        };
        run.continueAsNew(held.filter((at) => at < pipeline.length));
        expect(sorted(run.ledger.asked)).toEqual(before.asked);
        run.continueAsNew([0, 1, 2]);
        expect(run.waiting()).toEqual([]);
        expect(sorted(run.ledger.asked)).toEqual(before.asked);
        run.held.clear();
        run.goOn();
        expect({ answers: run.answers, waiting: run.waiting(), asked: sorted(run.ledger.asked) }).toEqual(before);
      }),
      { numRuns: 100 },
    );
  });

  test('a deadline runs from when the question was put first, and the stated default counts after it', () => {
    const first = new ApprovalLedger();
    expect(first.put(ask('ship', { deadlineMs: 100 }), 1000)).toMatchObject({ at: 1000, leftMs: 100 });
    const second = new ApprovalLedger();
    second.remember(first.all, first.asked);
    const put = second.put(ask('ship', { deadlineMs: 100, byDefault: true }), 1060);
    expect(put).toMatchObject({ at: 1000, leftMs: 40, answer: undefined });
    second.drop(put);
    expect(second.settle(put)).toEqual({
      ...{ approved: true, by: 'deadline' },
      why: 'nobody answered in time: the stated default counts',
    });
    const third = new ApprovalLedger();
    third.remember([], first.asked);
    expect(third.put(ask('ship', { deadlineMs: 100 }), 9999).leftMs).toBe(1);
    const other = third.put(ask('other'), 9999);
    expect(other.leftMs).toBeUndefined();
    third.drop(other);
    expect(third.settle(other).approved).toBe(false);
  });

  test('a second answer within the same step took the place of the first, and both people were told that theirs counts', () => {
    const ledger = new ApprovalLedger();
    const put = ledger.put(ask('ship'), 0);
    ledger.check('ship', yes);
    ledger.answer('ship', yes);
    const said = refusal(() => ledger.check('ship', { approved: false, by: 'bob', why: 'it is bad' }));
    expect(said).toBe('"ship" was answered a moment ago: yes by ann');
    ledger.drop(put);
    expect(ledger.settle(put)).toEqual(yes);
    expect(ledger.all).toEqual([{ name: 'ship', scope: '', ...yes }]);
  });

  test('an answer for a name that several have is refused, with the names that tell them apart', () => {
    const ledger = new ApprovalLedger();
    ledger.put(ask('ship', { scope: 'north' }), 0);
    const south = ledger.put(ask('ship', { scope: 'south' }), 0);
    expect(refusal(() => ledger.check('ship', yes))).toBe('2 approvals called "ship" wait in this run');
    ledger.check('south/ship', yes);
    ledger.answer('south/ship', yes);
    expect(south.answer).toEqual(yes);
    ledger.drop(south);
    expect(refusal(() => ledger.check('ship', yes))).toBe('taken');
  });

  test.each([
    ['no approval "shop" waits in this run; did you mean "ship"?', 'shop', yes],
    ['an approval needs to say by whom', 'ship', { ...yes, by: ' ' }],
    ['an approval needs to say by whom', 'ship', { ...yes, by: undefined as never }],
    ['an approval says yes or no', 'ship', { ...yes, approved: 'no' as never }],
  ])('refuses an answer, as %s', (what, name, answer) => {
    const ledger = new ApprovalLedger();
    ledger.put(ask('ship'), 0);
    expect(refusal(() => ledger.check(name, answer))).toBe(what);
    expect(ledger.asked).toHaveLength(1);
  });

  test('while the run continues as new nothing is answered: what it carries is complete', () => {
    const ledger = new ApprovalLedger();
    ledger.put(ask('ship'), 0);
    ledger.close();
    expect(refusal(() => ledger.check('ship', yes))).toContain('continues as new at this moment');
  });

  test('what a former release carried, which told no scopes, is found by its name', () => {
    const ledger = new ApprovalLedger();
    ledger.remember([{ name: 'ship', ...yes }], [{ name: 'check', at: 500 }]);
    expect(ledger.put(ask('ship', { scope: 'north' }), 1000).answer).toMatchObject(yes);
    expect(ledger.open).toBe(0);
    expect(ledger.put(ask('check', { scope: 'north', deadlineMs: 1000 }), 1000)).toMatchObject({
      at: 500,
      leftMs: 500,
    });
  });
});

function sorted(asked: readonly AskedApproval[]): AskedApproval[] {
  return asked.toSorted((one, other) => ((one.scope ?? '') < (other.scope ?? '') ? -1 : 1));
}
