import type { Command } from 'commander';
import { apiOf, problemOf } from './api.ts';
import { readConfig } from './environment.ts';
import { outputOf } from './output.ts';
import type { Output, Row } from './output.ts';

type Explained = Row & {
  readonly atAlert: Row;
  readonly recounted: (Row & { readonly isEqual: boolean }) | null;
  readonly recountFault: { readonly code: string; readonly detail: string } | null;
  readonly now: Row | null;
  readonly events: readonly Row[];
  readonly route: Row | null;
  readonly timeline: readonly Row[];
};

/** `alerts explain`: exit code 1 where the log does not give the value that the alert stands on. */
export function registerExplain(alerts: Command): void {
  alerts
    .command('explain')
    .description('counts the value of an alert again from the log, and says who was told and why')
    .argument('<id>', 'as alerts list shows it')
    .addHelpText('after', '\nExample:\n  $ tidemark alerts explain 5a10c0…')
    .action(async (id: string, _options: object, command: Command) => {
      const answer = await apiOf(readConfig(command))(
        `/v1/alerts/${encodeURIComponent(id)}/explain`,
      );
      if (answer.status !== 200) throw problemOf(answer);
      const found = answer.body as Explained;
      if (!found.recounted?.isEqual) process.exitCode = 1;
      show(outputOf(command), found);
    });
}

function show(output: Output, found: Explained): void {
  if (output.format !== 'table') return output.record(found);
  const { atAlert, recounted, recountFault, now, events, route, timeline, ...head } = found;
  output.record(head);
  output.title('value');
  output.rows(
    [
      { when: 'at the alert', ...atAlert },
      ...(recounted ? [{ when: 'recounted from the log', ...recounted }] : []),
      ...(now ? [{ when: 'now', ...now }] : []),
    ],
    ['when', 'value', 'count'],
  );
  if (recountFault) output.note(`not recounted: ${recountFault.code}: ${recountFault.detail}`);
  else
    output.note(
      recounted?.isEqual ? 'the log gives the same value' : 'the log gives ANOTHER value',
    );
  output.title('events that contributed most');
  output.rows(events, ['time', 'source', 'id', 'value', 'position']);
  output.title('route');
  output.rows(route ? [route] : [], ['accountable', 'deputy', 'via', 'why', 'receivers']);
  output.title('timeline');
  output.rows(timeline, ['at', 'transition', 'reason', 'state', 'value']);
}
