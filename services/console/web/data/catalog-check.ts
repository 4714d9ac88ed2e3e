import { useEffect, useState } from 'preact/hooks';
import type { CheckAnswer } from '../../core/catalog/answers.ts';
import { language } from '../i18n/language.ts';
import { send } from './api.ts';

/** After the last key; checking each letter would only tell of words that are half written. */
const PAUSE_MS = 300;

/** What the server says of a text. While a newer one is checked, that of the one before still stands. */
export type Check = {
  readonly answer: CheckAnswer | undefined;
  readonly error: Error | undefined;
  /** Whether it is of the text as it stands. */
  readonly isCurrent: boolean;
};

type Held = {
  readonly of: string | undefined;
  readonly answer: CheckAnswer | undefined;
  readonly error: Error | undefined;
};

/** Checks the text as it is typed; nothing is changed by that. */
export function useCheck(text: string): Check {
  const [held, setHeld] = useState<Held>({ of: undefined, answer: undefined, error: undefined });
  useEffect(() => {
    let isOver = false;
    const hold = (next: { answer: CheckAnswer } | { error: Error }): void => {
      if (!isOver) setHeld((before) => ({ ...before, error: undefined, ...next, of: text }));
    };
    const timer = setTimeout(
      () => {
        send<CheckAnswer>('POST', '/v1/catalog/check', { text }).then(
          (answer) => hold({ answer }),
          (error: unknown) => hold({ error: error as Error }),
        );
      },
      held.of === undefined ? 0 : PAUSE_MS,
    );
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [text, language.value]);
  return { answer: held.answer, error: held.error, isCurrent: held.of === text };
}
