import type { MetricSummary } from '../../core/answers.ts';

type Searched = Pick<MetricSummary, 'id' | 'name' | 'tags'>;

/** Whether a metric has the text in its id, its names or its tags; no text is in all of them. */
export function matches({ id, name, tags }: Searched, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return [id, name.en, name.zh ?? '', ...tags].some((part) => part.toLowerCase().includes(wanted));
}
