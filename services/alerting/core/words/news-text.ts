import type { AlertBody, Name } from './text-body.ts';
import { shownAmount } from './text-values.ts';
import type { Locale } from './text-words.ts';

/** What a scheduled digest says before it lists its alerts. */
export type NewsText = {
  readonly title: string;
  readonly summary: string;
  readonly lines: readonly string[];
};

const WORDS = {
  en: {
    title: (every: string, date: string) => `${every === 'week' ? 'Week' : 'Day'} up to ${date}`,
    summary: (firing: number, ended: number) =>
      firing + ended === 0 ? 'No alerts.' : `${firing} firing, ${ended} ended.`,
    none: 'no value',
    before: (value: string) => `before: ${value}`,
    colon: ': ',
  },
  zh: {
    title: (every: string, date: string) => `${every === 'week' ? '周报' : '日报'} ${date}`,
    summary: (firing: number, ended: number) =>
      firing + ended === 0 ? '没有告警。' : `触发中 ${firing} 条，已结束 ${ended} 条。`,
    none: '无数值',
    before: (value: string) => `上期：${value}`,
    colon: '：',
  },
} as const;

/** Title, counts, and a line for each value with that of the period before. @returns undefined for other digests */
export function newsText({ data }: AlertBody, locale: Locale): NewsText | undefined {
  if (!data.digest) return undefined;
  const words = WORDS[locale];
  const { every, date, firing, ended } = data.digest;
  const amount = (value: string | null, unit: string): string =>
    value === null ? words.none : shownAmount(value, unit);
  return {
    title: words.title(every, date),
    summary: words.summary(firing, ended),
    lines: (data.values ?? []).map(({ metric, labels, value, previous }) => {
      const of = Object.values(labels).join(' ');
      const name = [nameIn(metric.name, locale), of].filter(Boolean).join(' ');
      const before = words.before(amount(previous, metric.unit));
      return `${name}${words.colon}${amount(value, metric.unit)} (${before})`;
    }),
  };
}

const nameIn = (name: Name, locale: Locale): string =>
  typeof name === 'string' ? name : (name[locale] ?? name.en);
