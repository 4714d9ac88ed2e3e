import { afterStep, lastPublication, UNBORN } from '../../kernel/catalog/life.ts';
import type { DocumentLife, Publication, Step } from '../../kernel/catalog/life.ts';
import { readKey, stepOfEntry } from './entry.ts';
import type { CatalogEntry } from './entry.ts';

/** What the topic holds about every document, also about those that are not published. */
export type Ledger = {
  /** By `KIND/ID`. */
  readonly lives: ReadonlyMap<string, DocumentLife>;
  /** What stands under `KIND/ID`, retired ones too. */
  readonly entries: ReadonlyMap<string, CatalogEntry>;
  /** Keys of the steps that were not taken. */
  readonly refused: ReadonlySet<string>;
};

/** Folds records of the topic, in their order, into a ledger. */
export type LedgerFold = {
  /** @param entry null: the record is a tombstone */
  readonly take: (key: string, entry: CatalogEntry | null) => void;
  /** As it is now; later records do not change it. */
  readonly ledger: () => Ledger;
};

/** Law: equal records on the log, in equal order, give an equal ledger; steps that were taken off it leave no trace but what later ones say. */
export function createLedgerFold(): LedgerFold {
  const entries = new Map<string, CatalogEntry>();
  /** By document, then by key, in the order of the log. */
  const steps = new Map<string, Map<string, Step>>();
  const lives = new Map<string, DocumentLife>();

  const refused = new Set<string>();

  const takeStep = (of: string, key: string, step: Step): void => {
    const known = steps.get(of) ?? new Map<string, Step>();
    steps.set(of, known.set(key, step));
    const after = afterStep(lives.get(of) ?? UNBORN, step);
    if (after) lives.set(of, after);
    else refused.add(key);
  };
  const dropStep = (of: string, key: string): void => {
    const known = steps.get(of);
    if (!known?.delete(key)) return;
    refused.delete(key);
    if (known.size > 0) lives.set(of, lifeOf(known.values()));
    else lives.delete(of);
  };

  return {
    take(key, entry) {
      const read = readKey(key);
      const step = read?.is === 'step' && entry ? stepOfEntry(entry) : undefined;
      if (read?.is === 'step' && step) takeStep(read.of, key, step);
      else if (read?.is === 'step') dropStep(read.of, key);
      else if (read && entry) entries.set(read.of, entry);
      else if (read) entries.delete(read.of);
    },
    ledger: () => ({
      lives: new Map(lives),
      entries: new Map(entries),
      refused: new Set(refused),
    }),
  };
}

/** Steps in the order of the log. */
export function lifeOf(steps: Iterable<Step>): DocumentLife {
  let life = UNBORN;
  for (const step of steps) life = afterStep(life, step) ?? life;
  return life;
}

/**
 * Publications that were decided and do not stand under `KIND/ID`: whoever decided them was cut off before he had
 * written that, or wrote it after somebody who decided later. An entry without a number is by a version that knew no
 * steps: it stands.
 */
export function owedPublications({
  lives,
  entries,
}: Ledger): readonly { readonly key: string; readonly publication: Publication }[] {
  return [...lives].flatMap(([key, life]) => {
    const publication = lastPublication(life);
    if (!publication) return [];
    const entry = entries.get(key);
    const isKept = entry ? isSame(entry, publication) : isAbsentBy(publication);
    return isKept ? [] : [{ key, publication }];
  });
}

const isSame = ({ sequence = 0 }: CatalogEntry, { revision }: Publication): boolean =>
  sequence === 0 || sequence === revision;

/** What was in files leaves no entry behind when it goes. */
const isAbsentBy = ({ state, origin }: Publication): boolean =>
  state === 'retired' && origin === 'file';
