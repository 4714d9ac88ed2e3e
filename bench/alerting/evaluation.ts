import { join } from 'node:path';
import { startChild } from '../support/child.ts';
import { startProfile } from '../support/profiled.ts';
import type { World } from '../support/world.ts';
import type { CoreRun, CoreTask } from './core-run.ts';
import { measurePrometheus } from './prometheus.ts';
import type { PrometheusRun } from './prometheus.ts';

/** What judging costs by itself, and what it costs Prometheus in the same run. */
export type EvaluationRun = {
  readonly core: readonly CoreRun[];
  readonly prometheus: PrometheusRun | undefined;
};

const RULES = 10;
const SIZES = [1, 10, 100, 1_000, 10_000];
const EVALUATIONS = 300_000;
/** As many as in the pipeline: 1,000 rules over 10,000 series. */
const PROMETHEUS = { metrics: 100, stores: 100, rulesPerMetric: RULES };

export async function benchEvaluation(world: World): Promise<EvaluationRun> {
  const core: CoreRun[] = [];
  for (const series of SIZES.slice(0, world.isQuick ? -1 : undefined)) {
    const evaluations = EVALUATIONS / (world.isQuick ? 5 : 1);
    const run = await measure(world, { series, rules: RULES, evaluations });
    core.push(run);
    world.note(
      `evaluating ${run.rules} rules on ${series} series: ${run.update.toFixed(2)} µs for a value, ${run.close.toFixed(2)} for a window's end, ${run.breach.toFixed(0)} for a breach, ${run.second.toFixed(3)} for a second; ${run.wrong} wrong`,
    );
  }
  const prometheus = await measurePrometheus(PROMETHEUS);
  world.note(
    prometheus
      ? `Prometheus ${prometheus.version}: ${prometheus.micros.toFixed(2)} µs, CPU ${prometheus.cpuMicros?.toFixed(2)} µs`
      : 'no Prometheus here',
  );
  return { core, prometheus };
}

async function measure(world: World, task: CoreTask): Promise<CoreRun> {
  const child = startChild({
    file: 'alerting/core-run.ts',
    task,
    logPath: join(world.outputDir, 'evaluation.log'),
  });
  const endProfile = startProfile(world, child, `evaluation-${task.series}`);
  const { kind: _, ...run } = await child.next<CoreRun & { readonly kind: 'done' }>('done');
  await endProfile(task.evaluations);
  await child.stop();
  return run;
}
