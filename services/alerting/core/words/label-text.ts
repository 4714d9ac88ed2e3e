import { oneLine } from './one-line.ts';
import type { AlertBody } from './text-body.ts';
import type { Words } from './text-words.ts';

type Named = Pick<AlertBody, 'data'>;

/** `Store: S001`; of a dimension without a name `store=S001`, as it is written. */
export const shownLabels = ({ data }: Named, words: Words): string =>
  Object.entries(data.labels ?? {})
    .map(([dimension, member]) => {
      const name = ownOf(data.names?.dimensions, dimension);
      const of = name === undefined ? `${dimension}=` : `${oneLine(name)}${words.colon}`;
      return `${of}${oneLine(member)}`;
    })
    .join(', ');

/** A dimension may be called `constructor`. */
const ownOf = (names: Readonly<Record<string, string>> = {}, id: string): string | undefined =>
  Object.hasOwn(names, id) ? names[id] : undefined;

/** As the reader calls it, else its code. */
export const shownUnit = ({ data }: Named): string =>
  oneLine(data.names?.unit ?? data.metric?.unit ?? '');
