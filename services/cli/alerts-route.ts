import { Option } from 'commander';
import type { Command } from 'commander';
import { apiOf, problemOf } from './api.ts';
import { readConfig } from './environment.ts';
import { repeated, TIME_OR_DATE } from './options.ts';
import { outputOf } from './output.ts';
import type { Row } from './output.ts';

type Preview = Row & {
  readonly hearers: readonly Row[];
  readonly escalation: readonly {
    readonly after: number;
    readonly to: string;
    readonly hearers: readonly Row[];
  }[];
  readonly answering: { readonly who: string; readonly as: string } | null;
  readonly passedOver: readonly {
    readonly who: string;
    readonly reason: string;
    readonly until: string | null;
  }[];
};

/** `alerts route`: who would be told, by the code that decides it. */
export function registerRoute(alerts: Command): void {
  alerts
    .command('route')
    .description('who would be told of an alert, why he, when, and by what')
    .argument('<metric>', 'id of a published metric')
    .option('--where <dimension:member>', 'of the series; may be repeated', repeated, [])
    // What it was called before.
    .addOption(new Option('--label <name=member>').argParser(repeated).default([]).hideHelp())
    .option('--rule <id>', 'of this rule: its severity, and who follows it')
    .option('--severity <severity>', 'critical, warning or info; default warning')
    .option('--at <time>', `${TIME_OR_DATE}; default now`)
    .addHelpText(
      'after',
      '\nExample:\n  $ tidemark alerts route net-sales --where store:S001 --at 2026-12-24',
    )
    .action(
      async (
        metric: string,
        options: {
          where: readonly string[];
          label: readonly string[];
          rule?: string;
          severity?: string;
          at?: string;
        },
        command: Command,
      ) => {
        const output = outputOf(command);
        const api = apiOf(readConfig(command));
        const { where, label, at, ...rest } = options;
        const body = {
          metric,
          ...rest,
          labels: Object.fromEntries([
            ...where.map((text) => memberOf(text, ':')),
            ...label.map((text) => memberOf(text, '=')),
          ]),
          ...(at === undefined ? {} : { at }),
        };
        const answer = await api('/v1/routes/preview', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
        if (answer.status !== 200) throw problemOf(answer);
        const preview = answer.body as Preview;
        if (output.format !== 'table') return output.record(preview);
        for (const { who, reason, until } of preview.passedOver)
          output.note(`${who} is passed over: ${reason}${until === null ? '' : ` until ${until}`}`);
        if (!preview.answering) output.note('nobody answers for it: no message is sent');
        output.rows(
          [
            ...preview.hearers.map((one) => ({ after: '', ...one })),
            ...preview.escalation.flatMap(({ after, hearers }) =>
              hearers.map((one) => ({ after: `${after} s`, ...one })),
            ),
          ],
          ['after', 'to', 'receiver', 'type', 'why', 'locale', 'heldUntil'],
        );
      },
    );
}

function memberOf(text: string, between: ':' | '='): readonly [string, string] {
  const at = text.indexOf(between);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
