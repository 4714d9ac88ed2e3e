import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { apiOf, problemOf } from './api.ts';
import { readConfig } from './environment.ts';
import { outputOf } from './output.ts';
import type { Row } from './output.ts';

type Silence = Row & {
  readonly matches: { readonly count: number; readonly alerts: readonly Row[] };
};
type Method = 'POST' | 'DELETE';

/** `alerts ack`, `unack`, `snooze`, `assign`, `comment`, `close`, `silence`, `silences`, `unsilence`. */
export function registerCommands(alerts: Command): void {
  registerAck(alerts);
  registerWords(alerts);
  registerSilence(alerts);
}

const anAlert = (alerts: Command, verb: string, description: string): Command =>
  alerts.command(verb).description(description).argument('<id>', 'as alerts list shows it');

function registerAck(alerts: Command): void {
  anAlert(alerts, 'ack', 'acknowledge: no repeats and no escalation meanwhile')
    .option('--for <duration>', 'how long, such as PT4H; default a day')
    .option('--comment <text>', 'why')
    .addHelpText('after', "\nExample:\n  $ tidemark alerts ack 5a10c0… --comment 'on it'")
    .action((id: string, options: object, command: Command) => say(command, `${id}/ack`, options));
  anAlert(alerts, 'unack', 'take an acknowledgement back')
    .addHelpText('after', '\nExample:\n  $ tidemark alerts unack 5a10c0…')
    .action((id: string, options: object, command: Command) =>
      say(command, `${id}/unack`, options),
    );
  anAlert(alerts, 'snooze', 'withhold the messages of an alert for some time')
    .option('--for <duration>', 'how long, such as PT4H; without it the snooze ends now')
    .option('--comment <text>', 'why')
    .addHelpText('after', '\nExample:\n  $ tidemark alerts snooze 5a10c0… --for PT4H')
    .action((id: string, options: { for?: string }, command: Command) =>
      say(command, `${id}/snooze`, options.for === undefined ? { until: null } : options),
    );
}

function registerWords(alerts: Command): void {
  anAlert(alerts, 'assign', 'say who sees to it')
    .argument('<owner>', 'person:ID, team:ID or nobody')
    .addHelpText('after', '\nExample:\n  $ tidemark alerts assign 5a10c0… person:anna')
    .action((...[id, owner, , command]: [string, string, object, Command]) =>
      say(command, `${id}/assign`, { to: owner === 'nobody' ? null : owner }),
    );
  anAlert(alerts, 'comment', 'add a comment')
    .argument('<text>', 'what is to be said')
    .addHelpText('after', "\nExample:\n  $ tidemark alerts comment 5a10c0… 'the till was off'")
    .action((...[id, text, , command]: [string, string, object, Command]) =>
      say(command, `${id}/comment`, { text }),
    );
  anAlert(alerts, 'close', 'end the messages of this episode; the condition goes on')
    .option('--comment <text>', 'why')
    .addHelpText('after', '\nExample:\n  $ tidemark alerts close 5a10c0…')
    .action((id: string, options: object, command: Command) =>
      say(command, `${id}/close`, options),
    );
}

function registerSilence(alerts: Command): void {
  alerts
    .command('silence')
    .description('withhold the messages of all alerts that match, for some time')
    .argument('<matchers...>', 'store=S001, severity!=info, rule=~net-*|gross-*: all must hold')
    .requiredOption('--for <duration>', 'how long, such as PT4H')
    .option('--starts-at <time>', 'when it begins, RFC 3339; default now')
    .option('--maintenance', 'a window that was planned')
    .option('--comment <text>', 'why')
    .option('--preview', 'only show what it would cover')
    .addHelpText(
      'after',
      '\nExample:\n  $ tidemark alerts silence store=S001 --for PT4H --comment stocktaking --preview',
    )
    .action(
      async (
        matchers: readonly string[],
        { maintenance, ...options }: { maintenance?: true },
        command: Command,
      ) => {
        const kind = maintenance ? 'maintenance' : 'silence';
        showSilence(command, await ask(command, '/v1/silences', { matchers, kind, ...options }));
      },
    );
  alerts
    .command('unsilence')
    .description('end a silence')
    .argument('<silence>', 'as alerts silences shows it')
    .addHelpText('after', '\nExample:\n  $ tidemark alerts unsilence sil-1f2e3d4c5b6a7988')
    .action(async (id: string, _options: object, command: Command) =>
      showSilence(command, await ask(command, `/v1/silences/${encodeURIComponent(id)}`)),
    );
  alerts
    .command('silences')
    .description('silences and maintenance windows, with how many open alerts each covers')
    .addHelpText('after', '\nExample:\n  $ tidemark alerts silences')
    .action(async (_options: object, command: Command) => {
      const answer = await apiOf(readConfig(command))('/v1/silences');
      if (answer.status !== 200) throw problemOf(answer);
      const { silences } = answer.body as { readonly silences: readonly Silence[] };
      const output = outputOf(command);
      if (output.format !== 'table') return output.rows(silences, []);
      const rows = silences.map(({ matches, ...row }) => ({ ...row, covers: matches.count }));
      output.rows(rows, ['id', 'kind', 'state', 'matchers', 'startsAt', 'endsAt', 'by', 'covers']);
    });
}

function showSilence(command: Command, body: object): void {
  const output = outputOf(command);
  const { silence } = body as { readonly silence: Silence };
  if (output.format !== 'table') return output.record(body as Row);
  const { matches, ...head } = silence;
  output.record({ ...head, covers: matches.count });
  if (matches.count > 0) output.rows(matches.alerts, ['id', 'rule', 'labels', 'state', 'value']);
}

/** Tells alerting something of an alert, and shows what is so then. */
export async function say(command: Command, path: string, body: object): Promise<void> {
  const [id = '', verb = ''] = path.split('/');
  const answer = await ask(command, `/v1/alerts/${encodeURIComponent(id)}/${verb}`, body);
  const output = outputOf(command);
  if (output.format !== 'table') return output.record(answer as Row);
  output.record(saidOf(answer as Said));
}

type Said = {
  readonly command: { readonly id: string };
  readonly alert:
    | (Row & {
        readonly acknowledged: { readonly by: string; readonly until: string } | null;
        readonly closed: { readonly by: string } | null;
        readonly feedback: { readonly verdict: string } | null;
      })
    | null;
};

/** What the alert is, and what people have said of it. */
function saidOf({ command, alert }: Said): Row {
  if (!alert) return { command: command.id };
  const { id, rule, labels, state, acknowledged, closed, feedback } = alert;
  const { assignee, mutedBy, snoozedUntil } = alert;
  return {
    id,
    rule,
    labels,
    state,
    acknowledged: acknowledged && `by ${acknowledged.by} until ${acknowledged.until}`,
    assignee,
    mutedBy,
    snoozedUntil,
    closed: closed && `by ${closed.by}`,
    feedback: feedback?.verdict,
    command: command.id,
  };
}

/** POST with a body, DELETE without. One try is one request, whatever is sent twice on the way. */
async function ask(command: Command, path: string, body?: object): Promise<object> {
  const method: Method = body ? 'POST' : 'DELETE';
  const answer = await apiOf(readConfig(command))(path, {
    method,
    headers: {
      'idempotency-key': randomUUID(),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (answer.status !== 200 && answer.status !== 202) throw problemOf(answer);
  return answer.body as object;
}
