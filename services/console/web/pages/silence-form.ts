import { h } from 'preact';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { send } from '../data/api.ts';
import { matcherText } from '../data/silences.ts';
import type { Silence } from '../data/silences.ts';
import type { Matcher } from '../../../kernel/command.ts';
import { useAction } from '../data/use-action.ts';
import { t } from '../i18n/text.ts';
import { reasonOf } from '../parts/notice.ts';
import { Select } from '../parts/segmented.ts';

const DURATIONS = ['PT1H', 'PT4H', 'P1D', 'P7D'] as const;

/** Silences what matches. First it says what that would cover, then it is done. */
export function SilenceForm(props: {
  readonly matchers: readonly (string | Matcher)[];
  readonly reload: () => void;
}): JSX.Element {
  const { matchers, reload } = props;
  const [lasting, setLasting] = useState('');
  const [preview, setPreview] = useState<Silence | undefined>(undefined);
  const action = useAction(() => undefined);
  const ask = (isPreview: boolean, duration: string): Promise<{ readonly silence: Silence }> =>
    send('POST', '/v1/silences', { matchers, for: duration, preview: isPreview });
  const choose = (duration: string): void => {
    setLasting(duration);
    setPreview(undefined);
    if (duration === '') return;
    void action.run(async () => setPreview((await ask(true, duration)).silence));
  };
  return h(
    'div',
    { class: 'action-row' },
    h(Select, {
      label: t('silence.for'),
      value: lasting,
      choices: [
        { value: '', label: t('alert.do.choose') },
        ...DURATIONS.map((value) => ({ value, label: t(`duration.${value}`) })),
      ],
      onChoose: choose,
    }),
    preview
      ? h(
          'span',
          { class: 'grow', role: 'status' },
          t('silence.covers', { count: preview.matches.count }),
          ' ',
          h('code', null, preview.matchers.map(matcherText).join(', ')),
        )
      : null,
    preview
      ? h(
          'button',
          {
            type: 'button',
            class: 'button',
            disabled: action.isBusy,
            onClick: () =>
              void action.run(async () => {
                await ask(false, lasting);
                choose('');
                reload();
              }),
          },
          t('silence.do'),
        )
      : null,
    action.error
      ? h('p', { class: 'notice notice-bad', role: 'alert' }, reasonOf(action.error))
      : null,
  );
}
