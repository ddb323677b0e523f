/**
 * Numbers for Prometheus, taken beside the activities: kinds, counts and seconds by school, nothing else. Measuring
 * never fails what it measures.
 */
import { Context } from '@temporalio/activity';
import type { MetricMeter } from '@temporalio/common';
import type {
  ActivityExecuteInput,
  ActivityInboundCallsInterceptor,
  ActivityInterceptorsFactory,
  Next,
} from '@temporalio/worker';
import { castDatabaseError } from '../data/database/errors.js';
import { selectGateWait } from '../data/journal/gate-waits.js';
import { countOutcomes } from '../data/journal/plans.js';
import type { School } from '../data/schools.js';
import type { ActivityContext } from './context.js';
import type { Activities } from './index.js';

/** A measured activity: called before it runs; what it returns is called with the result, or null after a failure. */
type Measure<N extends keyof Activities> = (
  input: Parameters<Activities[N]>[0],
  meter: MetricMeter,
  school: School,
) => Promise<(result: Awaited<ReturnType<Activities[N]>> | null) => Promise<void>>;

/** `kind.state` → how many changes of the plan are there. */
async function statesOf(school: School, planId: number): Promise<Map<string, number>> {
  const states = new Map<string, number>();
  for (const { kind, state, count } of await countOutcomes(school.journal, planId))
    states.set(`${kind}.${state}`, (states.get(`${kind}.${state}`) ?? 0) + Number(count));
  return states;
}

/** An attempt that fails has written batches as well: what it changed is counted. */
const applyChanges: Measure<'applyChanges'> = async (input, meter, school) => {
  const before = await statesOf(school, input.planId);
  const changes = meter.createCounter('rollover_changes', undefined, 'Changes that left the state pending');
  return async () => {
    for (const [key, count] of await statesOf(school, input.planId)) {
      const [kind = '', state = ''] = key.split('.');
      const more = count - (before.get(key) ?? 0);
      if (state !== 'pending' && more > 0) changes.add(more, { school: input.school, kind, state });
    }
  };
};

const takeSnapshot: Measure<'takeSnapshot'> = async (input, meter) => {
  const findings = meter.createCounter('rollover_findings', undefined, 'Findings of readings');
  return async (result) => {
    for (const [severity, count] of Object.entries(result?.findings ?? {}))
      findings.add(count, { school: input.school, severity });
  };
};

const recordDecision: Measure<'recordDecision'> = async (input, meter, school) => {
  const decisions = meter.createCounter('rollover_decisions', undefined, 'Decisions, also refused ones');
  const waits = meter.createHistogram(
    'rollover_gate_wait',
    'float',
    's',
    'From a gate’s opening to its decision',
  );
  return async (result) => {
    if (result === null) return;
    const { gate, opening } = input.decision;
    decisions.add(1, { school: input.school, gate, outcome: input.outcome });
    if (!input.outcome.startsWith('accepted')) return;
    const seconds = await selectGateWait(school.journal, input.workflowId, gate, opening);
    if (seconds !== null) waits.record(seconds, { school: input.school, gate });
  };
};

const measures: { readonly [N in keyof Activities]?: Measure<N> } = {
  applyChanges,
  takeSnapshot,
  recordDecision,
};

type Done = (result: unknown) => Promise<void>;

class MeasuringInterceptor implements ActivityInboundCallsInterceptor {
  readonly #open: (school: string) => Promise<School>;

  constructor(open: (school: string) => Promise<School>) {
    this.#open = open;
  }

  async execute(
    input: ActivityExecuteInput,
    next: Next<ActivityInboundCallsInterceptor, 'execute'>,
  ): Promise<unknown> {
    const done = await this.#attempt(() => this.#begin(input));
    try {
      const result = await next(input);
      await this.#attempt(async () => done?.(result));
      return result;
    } catch (error) {
      await this.#attempt(async () => done?.(null));
      throw error;
    }
  }

  async #begin(input: ActivityExecuteInput): Promise<Done | undefined> {
    const { info, metricMeter } = Context.current();
    const measure = measures[info.activityType as keyof Activities] as
      ((input: unknown, meter: MetricMeter, school: School) => Promise<Done>) | undefined;
    const argument = input.args[0] as { readonly school: string } | undefined;
    if (measure === undefined || argument === undefined) return undefined;
    return measure(argument, metricMeter, await this.#open(argument.school));
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      Context.current().log.warn('Not measured', { code: castDatabaseError(error).code });
      return undefined;
    }
  }
}

/** Counts batches beside whoever else is told of apply's points. */
export function countingBatches(told: ActivityContext['onApplyPoint']): ActivityContext['onApplyPoint'] {
  return async (point) => {
    if (point === 'after-commit')
      Context.current().metricMeter.createCounter('rollover_batches', undefined, 'Committed batches').add(1);
    await told(point);
  };
}

/** For `WorkerOptions.interceptors.activity`, where metrics are configured. */
export function measuringInterceptor(open: (school: string) => Promise<School>): ActivityInterceptorsFactory {
  return () => ({ inbound: new MeasuringInterceptor(open) });
}
