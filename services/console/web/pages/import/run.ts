import { h } from 'preact';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { EventTypesAnswer } from '../../../core/imports.ts';
import { beginning } from '../../../../kernel/import/ledger.ts';
import { planOf } from '../../../../kernel/import/mapping.ts';
import type { Mapping } from '../../../../kernel/import/mapping.ts';
import { send } from '../../data/api.ts';
import { formatCount, formatDateTime, formatShare } from '../../data/format.ts';
import { locale } from '../../i18n/language.ts';
import { t } from '../../i18n/text.ts';
import { Link } from '../../parts/link.ts';
import { reasonOf } from '../../parts/notice.ts';
import { Faults } from './faults.ts';
import type { OpenFile } from './open-file.ts';
import { passOver } from './pass.ts';
import type { Passed, PassStart } from './pass.ts';
import { postEvents } from './post-events.ts';
import { Repeats } from './repeats.ts';

type Stage = 'ready' | 'checking' | 'checked' | 'importing' | 'stopped' | 'done';
type RunProps = {
  readonly file: OpenFile;
  readonly mapping: Mapping;
  readonly type: EventTypesAnswer['eventTypes'][number];
  readonly onDone: () => void;
};

const START: Passed = {
  rows: 0,
  accepted: 0,
  rejected: 0,
  repeated: 0,
  twins: 0,
  share: 0,
  faults: [],
  faulty: 0,
  repeats: [],
};
/** How often the ledger is told how far it is: after a crash so much is sent twice, and counts once. */
const NOTE_EVERY_MS = 1_000;
const count = (value: number): string => formatCount(value, locale());

/** Rehearses the whole file, says what is wrong with it, and imports it. */
export function Run(props: RunProps): JSX.Element {
  const { file, mapping, type } = props;
  const [stage, setStage] = useState<Stage>('ready');
  const [passed, setPassed] = useState<Passed>(START);
  const [good, setGood] = useState(0);
  const [isForced, setForced] = useState(false);
  const [error, setError] = useState<Error | undefined>(undefined);
  const [entry, setEntry] = useState(file.entry);
  const stopping = useRef(new AbortController());
  useEffect(() => () => stopping.current.abort(), []);
  const plan = planOf(mapping, true);
  const begin = beginning(entry, { plan, isForced });

  /** @returns what came of it when it was read to its end */
  const pass = async (
    from: PassStart,
    isRehearsal: boolean,
    onPassed: (passed: Passed) => Promise<void>,
  ): Promise<Passed> => {
    stopping.current = new AbortController();
    const { signal } = stopping.current;
    let last: Passed = { ...START, ...from, share: 0 };
    const pass = passOver(
      { source: file.source, sheet: file.sheet, hash: file.hash, mapping, schema: type.schema },
      from,
      (events) => postEvents(events, { isRehearsal, signal }),
    );
    for await (const now of pass) {
      last = now;
      setPassed(now);
      await onPassed(now);
    }
    return last;
  };
  const attempt = async (during: Stage, after: Stage, work: () => Promise<void>): Promise<void> => {
    setStage(during);
    setError(undefined);
    try {
      await work();
      setStage(after);
    } catch (caught) {
      setStage(during === 'importing' ? 'stopped' : 'ready');
      if (!stopping.current.signal.aborted) setError(caught as Error);
    }
  };
  const check = (): Promise<void> =>
    attempt('checking', 'checked', async () => {
      setPassed(START);
      const last = await pass(START, true, () => Promise.resolve());
      setPassed(last);
      setGood(last.accepted);
    });
  const run = (): Promise<void> =>
    attempt('importing', 'done', async () => {
      if (!begin.ok) return;
      const startedAt = new Date().toISOString();
      let notedMs = performance.now();
      const note = async (
        { rows, accepted, rejected }: Passed,
        finishedAt?: string,
      ): Promise<void> => {
        const next = {
          file: file.source.name,
          ...(file.sheet === undefined ? {} : { sheet: file.sheet }),
          plan,
          startedAt,
          ...(finishedAt === undefined ? {} : { finishedAt }),
          rows,
          accepted,
          rejected,
        };
        await send('PUT', `/v1/imports/${file.hash}`, next);
        setEntry(next);
      };
      const last = await pass(begin.value, false, async (now) => {
        if (performance.now() - notedMs < NOTE_EVERY_MS) return;
        notedMs = performance.now();
        await note(now);
      });
      setPassed(last);
      await note(last, new Date().toISOString());
    });

  const isBusy = stage === 'checking' || stage === 'importing';
  return h(
    'section',
    { class: 'run', 'data-stage': stage },
    h(Known, { begin, isForced, isDone: stage === 'done', onForce: setForced }),
    h(
      'div',
      { class: 'run-actions' },
      stage === 'ready'
        ? h(Button, { label: t('import.check'), isStrong: true, onClick: check })
        : null,
      stage === 'checked' || stage === 'stopped'
        ? h(Button, {
            label: importLabel(stage, { passed, good, entryRows: begin.ok ? begin.value.rows : 0 }),
            isStrong: true,
            isDisabled: !begin.ok || good === 0,
            onClick: run,
          })
        : null,
      isBusy
        ? h(Button, { label: t('import.stop'), onClick: () => stopping.current.abort() })
        : null,
      stage === 'done' ? h(Button, { label: t('import.other'), onClick: props.onDone }) : null,
    ),
    isBusy ? h(Progress, { stage, passed }) : null,
    stage === 'stopped'
      ? h('p', { role: 'status' }, t('import.stopped', { n: count(passed.rows) }))
      : null,
    stage === 'checked' || stage === 'done' ? h(Outcome, { stage, passed }) : null,
    error ? h('p', { class: 'notice notice-bad', role: 'alert' }, reasonOf(error)) : null,
    passed.faults.length > 0 ? h(Faults, { passed }) : null,
    passed.repeats.length > 0 ? h(Repeats, { passed }) : null,
  );
}

function importLabel(
  stage: Stage,
  at: { readonly passed: Passed; readonly good: number; readonly entryRows: number },
): string {
  if (at.entryRows > 0) return t('import.goOn', { n: count(at.entryRows) });
  return stage === 'checked' && at.passed.rejected > 0
    ? t('import.doGood', { n: count(at.good) })
    : t('import.do', { n: count(at.good) });
}

const Button = (props: {
  readonly label: string;
  readonly isStrong?: boolean;
  readonly isDisabled?: boolean;
  readonly onClick: () => unknown;
}): JSX.Element =>
  h(
    'button',
    {
      type: 'button',
      class: `button ${props.isStrong ? 'button-strong' : ''}`,
      disabled: props.isDisabled === true,
      onClick: () => void props.onClick(),
    },
    props.label,
  );

/** What the ledger knows of this content, and the way past it. */
function Known(props: {
  readonly begin: ReturnType<typeof beginning>;
  readonly isForced: boolean;
  readonly isDone: boolean;
  readonly onForce: (isForced: boolean) => void;
}): JSX.Element | null {
  const { begin, isForced, isDone, onForce } = props;
  if (isDone) return null;
  if (begin.ok && !isForced)
    return begin.value.rows > 0
      ? h('p', { class: 'notice' }, t('import.interrupted', { n: count(begin.value.rows) }))
      : null;
  const { reason, entry } = begin.ok ? { reason: undefined, entry: undefined } : begin.error;
  const at = entry?.finishedAt ?? entry?.startedAt ?? '';
  return h(
    'div',
    { class: 'notice notice-warn' },
    reason === 'imported' && entry
      ? t('import.already', {
          at: formatDateTime(Date.parse(at), { locale: locale() }),
          file: entry.file.slice(entry.file.lastIndexOf('/') + 1),
          n: count(entry.accepted),
        })
      : reason === 'other_options' && entry
        ? t('import.otherOptions', { n: count(entry.rows) })
        : null,
    h(
      'label',
      { class: 'check' },
      h('input', {
        type: 'checkbox',
        checked: isForced,
        onChange: (event: Event) => onForce((event.currentTarget as HTMLInputElement).checked),
      }),
      t('import.force'),
    ),
  );
}

function Progress(props: { readonly stage: Stage; readonly passed: Passed }): JSX.Element {
  const { stage, passed } = props;
  return h(
    'div',
    { class: 'run-progress', role: 'status' },
    h('progress', { max: 1, value: passed.share, 'aria-label': t('import.title') }),
    h(
      'span',
      null,
      `${formatShare(passed.share, locale())} · ${t('import.checked', { n: count(passed.accepted) })}`,
      passed.rejected > 0 ? ` · ${t('import.faulty', { n: count(passed.rejected) })}` : '',
    ),
    stage === 'importing' ? h('p', { class: 'faint' }, t('import.importing')) : null,
  );
}

function Outcome(props: { readonly stage: Stage; readonly passed: Passed }): JSX.Element {
  const { stage, passed } = props;
  const values = { n: count(passed.accepted), rejected: count(passed.rejected) };
  const repeated =
    passed.repeated > 0
      ? h('span', null, t('import.repeated', { n: count(passed.repeated) }))
      : passed.twins > 0
        ? h('span', null, t('import.twins', { n: count(passed.twins) }))
        : null;
  return h(
    'div',
    {
      class: `run-outcome ${passed.rejected === 0 && repeated === null ? 'find-good' : 'find-warn'}`,
      role: 'status',
      'data-accepted': passed.accepted,
      'data-rejected': passed.rejected,
      'data-repeated': passed.repeated + passed.twins,
    },
    stage === 'done'
      ? [
          h('strong', null, t('import.done')),
          h('span', null, t('import.doneDetail', values)),
          repeated,
          h(Link, { to: { page: 'pipeline' } }, t('nav.pipeline')),
        ]
      : [
          h('strong', null, t('import.checked', values)),
          passed.rejected > 0
            ? h('span', null, t('import.faulty', { n: values.rejected }))
            : repeated === null
              ? h('span', null, t('import.allGood'))
              : null,
          repeated,
        ],
  );
}
