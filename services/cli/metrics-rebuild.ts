import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { apiOf, problemOf } from './api.ts';
import type { Api } from './api.ts';
import { readConfig } from './environment.ts';
import { outputOf } from './output.ts';

/** `generation` is the one that ended; null where there was none. */
type Begun = {
  readonly metric: string;
  readonly version: string;
  readonly generation: string | null;
};

/** What `/v1/pipeline` says of a projection, as far as it is shown. */
type Projection = {
  readonly metric: string;
  readonly version: string;
  readonly generation: string | null;
  readonly state: string;
  readonly progress: {
    readonly done: number;
    readonly total: number;
    readonly secondsLeft: number | null;
  } | null;
};

const POLL_EVERY_MS = 500;

export function registerRebuild(metrics: Command): void {
  metrics
    .command('rebuild')
    .description('count a metric anew from the log; its values are withheld until it is done')
    .argument('<id>')
    .option('--no-wait', 'return once it has begun')
    .addHelpText('after', '\nExample:\n  $ tidemark metrics rebuild net-sales')
    .action(async (id: string, options: { readonly wait: boolean }, command: Command) => {
      const api = apiOf(readConfig(command));
      const output = outputOf(command);
      const path = `/v1/metrics/${encodeURIComponent(id)}/rebuild`;
      const answer = await api(path, { method: 'POST' });
      if (answer.status !== 202) throw problemOf(answer);
      const begun = answer.body as Begun;
      if (!options.wait) return output.record(begun);
      const progress = output.progress(id);
      for (;;) {
        await sleep(POLL_EVERY_MS);
        const projection = await projectionOf(api, begun);
        const isNew = projection !== undefined && projection.generation !== begun.generation;
        if (isNew && projection.state === 'live') {
          progress.done(textOf(projection));
          return output.record({ ...begun, generation: projection.generation });
        }
        const { done = 0, total = 0 } = (isNew ? projection.progress : null) ?? {};
        progress.update(total === 0 ? 0 : done / total, isNew ? textOf(projection) : 'waiting');
      }
    });
}

async function projectionOf(api: Api, of: Begun): Promise<Projection | undefined> {
  const answer = await api('/v1/pipeline');
  if (answer.status !== 200) throw problemOf(answer);
  return (answer.body as { readonly projections: readonly Projection[] }).projections.find(
    ({ metric, version }) => metric === of.metric && version === of.version,
  );
}

function textOf({ progress }: Projection): string {
  if (!progress) return '';
  const { done, total, secondsLeft } = progress;
  const left = secondsLeft ? `, about ${secondsLeft} s left` : '';
  return `${done} of ${total} records${left}`;
}
