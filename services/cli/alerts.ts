import type { Command } from 'commander';
import { registerBackTest } from './alerts-back-test.ts';
import { registerCommands } from './alerts-commands.ts';
import { registerExplain } from './alerts-explain.ts';
import { registerFeedback, registerReview } from './alerts-review.ts';
import { registerRoute } from './alerts-route.ts';
import { apiOf, problemOf } from './api.ts';
import type { Api } from './api.ts';
import { readConfig } from './environment.ts';
import { outputOf } from './output.ts';
import type { Row } from './output.ts';

type Page = {
  readonly alerts: readonly (Row & { readonly owner: { readonly accountable: string | null } })[];
  readonly cursor: string | null;
  readonly health: readonly {
    readonly rule: string;
    readonly state: string;
    readonly detail: string;
  }[];
};
type Detail = Row & {
  readonly evidence: Row | null;
  readonly timeline: readonly Row[];
  readonly deliveries: readonly Row[];
};

export function register(program: Command): void {
  const alerts = program.command('alerts').description('list, show and test alerts');
  registerList(alerts);
  registerShow(alerts);
  registerCommands(alerts);
  registerExplain(alerts);
  registerFeedback(alerts);
  registerReview(alerts);
  registerRoute(alerts);
  registerBackTest(alerts);
  registerTest(alerts);
  registerEnable(alerts);
}

/** `open` is the console's word: the API is asked for one state. */
type Narrowed = {
  readonly open?: true;
  readonly state?: string;
  readonly owner?: string;
  readonly metric?: string;
  readonly severity?: string;
};

function registerList(alerts: Command): void {
  alerts
    .command('list')
    .description('alerts that ever moved, the newest episode first')
    .option('--state <state>', 'ok, pending, firing, recovering or nodata')
    .option('--open', 'only those that somebody should look at: not ok')
    .option('--owner <owner>', 'accountable, deputy or assignee: me, person:ID or team:ID')
    .option('--metric <id>', 'of this metric')
    .option('--severity <severity>', 'critical, warning or info')
    .addHelpText(
      'after',
      '\nExample:\n  $ tidemark alerts list --open --owner me --severity critical',
    )
    .action(async ({ open, ...asked }: Narrowed, command: Command) => {
      const output = outputOf(command);
      const api = apiOf(readConfig(command));
      const rows: Page['alerts'][number][] = [];
      const query = new URLSearchParams(asked);
      for (;;) {
        const page = await ask<Page>(api, `/v1/alerts?${query}`);
        rows.push(...page.alerts.filter(({ state }) => !open || state !== 'ok'));
        if (page.cursor !== null) query.set('cursor', page.cursor);
        else {
          for (const { rule, state, detail } of page.health)
            output.note(`${rule} is ${state}: ${detail}`);
          break;
        }
      }
      output.rows(output.format === 'table' ? rows.map(tableRow) : rows, [
        'id',
        'rule',
        'labels',
        'state',
        'value',
        'threshold',
        'started',
        'owner',
      ]);
    });
}

const tableRow = ({ owner, startedAt, ...row }: Page['alerts'][number]): Row => ({
  ...row,
  started: startedAt,
  owner: owner.accountable,
});

function registerShow(alerts: Command): void {
  alerts
    .command('show')
    .description('one alert: its episode, timeline, evidence, and what became of every message')
    .argument('<id>', 'as alerts list shows it')
    .addHelpText('after', '\nExample:\n  $ tidemark alerts show 5a10c0…')
    .action(async (id: string, _options: object, command: Command) => {
      const output = outputOf(command);
      const api = apiOf(readConfig(command));
      const detail = await ask<Detail>(api, `/v1/alerts/${encodeURIComponent(id)}`);
      if (output.format !== 'table') return output.record(detail);
      const { evidence, timeline, deliveries, ...head } = detail;
      output.record(head);
      if (evidence) {
        output.title('evidence');
        output.record(evidence);
      }
      output.title('timeline');
      output.rows(timeline, ['at', 'transition', 'reason', 'state', 'value']);
      output.title('deliveries');
      output.rows(deliveries, ['decidedAt', 'kind', 'receiver', 'status', 'attempts', 'detail']);
    });
}

function registerTest(alerts: Command): void {
  alerts
    .command('test-receiver')
    .description(
      'send a test message to a receiver, by the path that alerts take; one that arrives ends its receiver-unreachable',
    )
    .argument('<receiver>', 'id of a published receiver')
    .addHelpText('after', '\nExample:\n  $ tidemark alerts test-receiver ops-hook')
    .action(async (receiver: string, _options: object, command: Command) => {
      const output = outputOf(command);
      const api = apiOf(readConfig(command));
      const path = `/v1/receivers/${encodeURIComponent(receiver)}/test`;
      const tested = await ask<Row & { readonly outcome: string }>(api, path, 'POST');
      output.record(tested);
      if (tested.outcome !== 'delivered') process.exitCode = 1;
    });
}

function registerEnable(alerts: Command): void {
  alerts
    .command('enable-receiver')
    .description('let messages go to a receiver again that said that it wants nothing more (410)')
    .argument('<receiver>', 'id of a published receiver')
    .addHelpText('after', '\nExample:\n  $ tidemark alerts enable-receiver ops-hook')
    .action(async (receiver: string, _options: object, command: Command) => {
      const output = outputOf(command);
      const api = apiOf(readConfig(command));
      const path = `/v1/receivers/${encodeURIComponent(receiver)}/enable`;
      output.record(await ask<Row>(api, path, 'POST'));
    });
}

async function ask<T>(api: Api, path: string, method: 'GET' | 'POST' = 'GET'): Promise<T> {
  const answer = await api(path, { method });
  if (answer.status !== 200) throw problemOf(answer);
  return answer.body as T;
}
