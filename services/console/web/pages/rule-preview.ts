import { h } from 'preact';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { formatAge, formatCount, formatShare } from '../data/format.ts';
import { labelText, useMetrics } from '../data/metric-names.ts';
import { dayAfter, localDay, startOfDay } from '../data/rule-range.ts';
import { shortHistory, testRule } from '../data/rule-test.ts';
import type { Labels, RuleTest } from '../data/rule-test.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { Term } from '../parts/link.ts';
import { reasonOf } from '../parts/notice.ts';
import { Select } from '../parts/segmented.ts';
import { RuleEpisodes } from './rule-episodes.ts';
import { RuleStrip } from './rule-strip.ts';

const DAYS_DEFAULT = 30;

type Run =
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly share: number }
  | { readonly kind: 'done'; readonly result: RuleTest; readonly of: string }
  | { readonly kind: 'failed'; readonly error: Error };

/** How often and when a rule would have fired, before it is saved, over days that the reader chooses. */
export function RulePreview(props: {
  readonly text: string;
  /** Whether the text has no fault: only then it can be tested. */
  readonly isSound: boolean;
}): JSX.Element {
  const { text, isSound } = props;
  const [from, setFrom] = useState(() => localDay(Date.now(), -DAYS_DEFAULT));
  const [to, setTo] = useState(() => localDay(Date.now(), 0));
  const [run, setRun] = useState<Run>({ kind: 'none' });
  const abort = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => abort.current?.abort(), []);
  const isValid = from !== '' && to !== '' && from <= to;
  const start = async (labels?: Labels): Promise<void> => {
    const current = new AbortController();
    abort.current = current;
    setRun({ kind: 'running', share: 0 });
    // The last day is meant as a whole, as far as it has come.
    const asked = { text, from: startOfDay(from), to: startOfDay(dayAfter(to)), labels };
    const progress = (share: number): void => setRun({ kind: 'running', share });
    try {
      setRun({ kind: 'done', result: await testRule(asked, progress, current.signal), of: text });
    } catch (error) {
      if (!current.signal.aborted) setRun({ kind: 'failed', error: error as Error });
    }
  };
  const day = (label: string, value: string, set: (value: string) => void): JSX.Element =>
    h(
      'label',
      { class: 'select' },
      h('span', { class: 'select-label' }, label),
      h('input', {
        type: 'date',
        class: 'input',
        value,
        onChange: (event: Event) => set((event.currentTarget as HTMLInputElement).value),
      }),
    );
  return h(
    'section',
    { class: 'rule-preview' },
    h('h2', null, t('rule.preview')),
    h(
      'div',
      { class: 'controls' },
      day(t('rule.from'), from, setFrom),
      day(t('rule.to'), to, setTo),
      h(
        'button',
        {
          type: 'button',
          class: 'button button-strong',
          disabled: !isSound || !isValid || run.kind === 'running',
          onClick: () => void start(),
        },
        t('rule.test'),
      ),
      isSound ? null : h('span', { class: 'faint' }, t('rule.unsound')),
    ),
    h(Outcome, {
      run,
      isOld: run.kind === 'done' && run.of !== text,
      onSeries: (labels) => void start(labels),
    }),
  );
}

function Outcome(props: {
  readonly run: Run;
  readonly isOld: boolean;
  readonly onSeries: (labels: Labels) => void;
}): JSX.Element | null {
  const { run, isOld } = props;
  switch (run.kind) {
    case 'none':
      return h('p', { class: 'faint' }, t('rule.previewHelp'));
    case 'running':
      return h(
        'p',
        { role: 'status' },
        h('progress', { 'aria-label': t('rule.preview'), max: 1, value: run.share }),
        ' ',
        formatShare(run.share, locale()),
      );
    case 'failed':
      return h('p', { class: 'notice notice-bad', role: 'alert' }, reasonOf(run.error));
    case 'done':
      return h(
        'div',
        { class: 'rule-outcome', 'data-episodes': run.result.episodes },
        isOld ? h('p', { class: 'notice notice-warn', role: 'status' }, t('rule.old')) : null,
        h(Headline, { result: run.result }),
        run.result.chart && run.result.bySeries.length > 1
          ? h(SeriesChoice, { result: run.result, onSeries: props.onSeries })
          : null,
        run.result.chart ? h(RuleStrip, { result: run.result, chart: run.result.chart }) : null,
        h(RuleEpisodes, { result: run.result }),
        run.result.notes.map((note) => h('p', { key: note, class: 'faint' }, note)),
      );
  }
}

function Headline({ result }: { readonly result: RuleTest }): JSX.Element {
  const count = (value: number): string => formatCount(value, locale());
  const { breach, clear, in_band: inBand } = result.verdicts;
  const judged = breach + clear + inBand;
  const short = shortHistory(result);
  return h(
    'div',
    null,
    h(
      'p',
      { class: 'rule-verdict', role: 'status' },
      result.coveredFrom === null
        ? t('rule.nothingJudged')
        : result.episodes === 0
          ? t('rule.never', { windows: count(judged) })
          : t('rule.fired', { n: count(result.episodes), month: perMonth(result.perMonth) }),
    ),
    short && short.coveredMs > 0
      ? h(
          'p',
          { class: 'notice notice-warn', role: 'status' },
          t('rule.short', {
            covered: formatAge(short.coveredMs, locale()),
            asked: formatAge(short.askedMs, locale()),
          }),
        )
      : null,
    h(
      'dl',
      { class: 'headline-terms rule-terms' },
      h(Term, { name: t('rule.firingFor') }, formatAge(result.firingSeconds * 1_000, locale())),
      h(Term, { name: t('rule.nearMisses') }, count(result.nearMisses)),
      h(
        Term,
        { name: t('rule.breaches') },
        t('catalog.difference.of', { n: count(breach), total: count(judged) }),
      ),
      h(Term, { name: t('rule.series') }, count(result.series)),
      h(
        Term,
        { name: t('rule.messages') },
        count(result.wouldHaveTold.reduce((sum, { messages }) => sum + messages, 0)),
      ),
    ),
  );
}

/** Which of the series that fired is drawn. */
function SeriesChoice(props: {
  readonly result: RuleTest;
  readonly onSeries: (labels: Labels) => void;
}): JSX.Element {
  const { bySeries, chart } = props.result;
  const metric = useMetrics().get(props.result.metric);
  const textOf = (labels: Labels): string => labelText(labels, metric) || t('metric.total');
  const value = String(
    bySeries.findIndex(({ labels }) => textOf(labels) === textOf(chart?.labels ?? {})),
  );
  return h(Select, {
    label: t('rule.shown'),
    value,
    choices: bySeries.slice(0, CHOICES_MAX).map(({ labels, episodes }, i) => ({
      value: String(i),
      label: `${textOf(labels)} (${formatCount(episodes, locale())})`,
    })),
    onChoose: (chosen) => props.onSeries(bySeries[Number(chosen)]?.labels ?? {}),
  });
}
const CHOICES_MAX = 100;

const perMonth = (value: number): string =>
  value.toLocaleString(locale(), { maximumFractionDigits: value < 10 ? 1 : 0 });
