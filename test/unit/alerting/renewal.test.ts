import { expect, test } from 'vitest';
import { renewalRound } from '../../../services/alerting/adapters/channels/renewal.ts';
import type { NotRenewed } from '../../../services/alerting/adapters/channels/renewal.ts';
import { createTelemetry } from '../../../services/platform/telemetry.ts';
import type { Logger } from '../../../services/platform/logger.ts';

/** Rounds that meet these faults, one after the other. @returns what was logged in each, and what was counted in all */
async function rounds(...met: readonly (readonly NotRenewed[] | Error)[]) {
  const lines: unknown[] = [];
  const note = (fault: unknown): number => lines.push(fault);
  const logger = { warn: note, error: note } as Partial<Logger> as Logger;
  const telemetry = createTelemetry();
  const left = [...met];
  const round = renewalRound(
    async () => {
      const next = left.shift() ?? [];
      if (next instanceof Error) throw next;
      return next;
    },
    { logger, telemetry },
  );
  const logged: unknown[] = [];
  for (const _ of met) {
    await round();
    logged.push(lines.splice(0));
  }
  const counter = telemetry.registry.getSingleMetric('tidemark_receiver_renewals_failed_total');
  return { logged, counted: (await counter?.get())?.values };
}

const away = { receiver: 'am', detail: '503' };
const torn = { receiver: 'am', detail: 'message msg_1 is not readable: …' };

test('a fault is logged when it begins, and counted as long as it lasts', async () => {
  const { logged, counted } = await rounds([away], [away, torn], [torn], [away]);
  expect(logged).toEqual([[away], [torn], [], [away]]);
  expect(counted).toEqual([{ labels: { receiver: 'am' }, value: 5 }]);
});

test('a round that ends early is logged, and the next one is made', async () => {
  const err = new Error('no alerts');
  expect((await rounds(err, [away])).logged).toEqual([[{ err }], [away]]);
});
