import { Argument } from 'commander';
import type { Command } from 'commander';
import { FEEDBACKS } from '../kernel/feedback.ts';
import { say } from './alerts-commands.ts';
import { apiOf, problemOf } from './api.ts';
import { readConfig } from './environment.ts';
import { TIME_OR_DATE } from './options.ts';
import { outputOf } from './output.ts';
import type { Row } from './output.ts';

/** `alerts feedback`: what somebody who knows says of an alert; the review of its rule counts it. */
export function registerFeedback(alerts: Command): void {
  alerts
    .command('feedback')
    .description('say of an alert whether it was worth telling: its rule is reviewed by it')
    .argument('<id>', 'as alerts list shows it')
    .addArgument(new Argument('<verdict>', 'what it was').choices(FEEDBACKS))
    .option('--cause <text>', 'why')
    .addHelpText(
      'after',
      '\nExample:\n  $ tidemark alerts feedback 5a10c0… expected --cause stocktaking',
    )
    .action((...[id, verdict, { cause }, command]: [string, string, { cause?: string }, Command]) =>
      say(command, `${id}/feedback`, { verdict, ...(cause === undefined ? {} : { cause }) }),
    );
}

/** `alerts review`: how a rule has done. */
export function registerReview(alerts: Command): void {
  alerts
    .command('review')
    .description(
      'how a rule has done: fired, acknowledged, acted on, ignored, retracted, flaps, precision',
    )
    .argument('<rule>', 'id of a rule')
    .option(
      '--from <time>',
      `episodes that fired at or after this time: ${TIME_OR_DATE}; default all that are known`,
    )
    .option('--to <time>', 'and before this one; default now')
    .addHelpText('after', '\nExample:\n  $ tidemark alerts review net-sales-low --from 2026-01-01')
    .action(async (rule: string, options: { from?: string; to?: string }, command: Command) => {
      const query = new URLSearchParams(options);
      const path = `/v1/rules/${encodeURIComponent(rule)}/review`;
      const answer = await apiOf(readConfig(command))(query.size > 0 ? `${path}?${query}` : path);
      if (answer.status !== 200) throw problemOf(answer);
      const output = outputOf(command);
      const review = answer.body as Row & {
        readonly causes: readonly Row[];
        readonly health: { readonly state: string } | null;
      };
      if (output.format !== 'table') return output.record(review);
      const { causes, health, ...head } = review;
      output.record({ ...head, state: health?.state ?? 'judged' });
      if (causes.length > 0) output.rows(causes, ['cause', 'verdict', 'episodes']);
    });
}
