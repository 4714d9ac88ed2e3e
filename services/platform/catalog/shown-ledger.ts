import type { Ledger } from './ledger.ts';

/** The ledger as of the last time that the end of the topic was reached. */
export type ShownLedger = {
  readonly current: () => Ledger;
  /** Resolves when the record at this offset is in what `current` gives. The caller bounds how long it waits. */
  readonly reached: (offset: number) => Promise<void>;
};

/** Whoever follows the topic shows what it has folded; whoever has written to it waits until that is shown. */
export function createShownLedger(): ShownLedger & {
  readonly show: (ledger: Ledger, offset: number) => void;
} {
  let current: Ledger = { lives: new Map(), entries: new Map(), refused: new Set() };
  let shownOffset = -1;
  let waiting: readonly { readonly offset: number; readonly resolve: () => void }[] = [];
  return {
    current: () => current,
    reached(offset) {
      if (offset <= shownOffset) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting = [...waiting, { offset, resolve }];
      return promise;
    },
    show(ledger, offset) {
      current = ledger;
      shownOffset = offset;
      for (const one of waiting) if (one.offset <= offset) one.resolve();
      waiting = waiting.filter((one) => one.offset > offset);
    },
  };
}
