import { describe, expect, test } from 'vitest';
import type { ReadLedger } from '../../../services/console/ports.ts';

/** The contract of ReadLedger: run on the memory and on the Redis adapter. */
export function readLedgerContract(name: string, make: () => ReadLedger): void {
  describe(`${name} remembers who is read`, () => {
    test('nothing is known of what was never seen, even when it was read', async () => {
      const ledger = make();
      await ledger.note(new Map([['net-sales', 5]]));
      expect(await ledger.all()).toEqual(new Map());
    });

    test('the first sight stays, the last read moves on', async () => {
      const ledger = make();
      await ledger.see(['net-sales', 'orders'], 100);
      await ledger.see(['net-sales'], 200);
      await ledger.note(new Map([['net-sales', 300]]));
      await ledger.note(new Map([['net-sales', 400]]));
      expect(await ledger.all()).toEqual(
        new Map([
          ['net-sales', { seenMs: 100, readMs: 400 }],
          ['orders', { seenMs: 100 }],
        ]),
      );
    });

    test('what is forgotten is new when it is seen again', async () => {
      const ledger = make();
      await ledger.see(['net-sales', 'orders'], 100);
      await ledger.note(new Map([['net-sales', 150]]));
      await ledger.forget(['net-sales']);
      await ledger.see(['net-sales'], 200);
      expect(await ledger.all()).toEqual(
        new Map([
          ['net-sales', { seenMs: 200 }],
          ['orders', { seenMs: 100 }],
        ]),
      );
    });

    test('no metrics are nothing to do', async () => {
      const ledger = make();
      await ledger.see([], 1);
      await ledger.note(new Map());
      await ledger.forget([]);
      expect(await ledger.all()).toEqual(new Map());
    });
  });
}
