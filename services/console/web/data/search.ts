import type { MetricSummary } from '../../core/answers.ts';

type Searched = Pick<MetricSummary, 'id' | 'name' | 'tags' | 'domainName'>;

/** Whether a metric has the text in its id, its names, its tags or what its domain is called; no text is in all of them. */
export function matches({ id, name, tags, domainName }: Searched, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  const named = [name, domainName].flatMap((one) => [one?.en ?? '', one?.zh ?? '']);
  return [id, ...named, ...tags].some((part) => part.toLowerCase().includes(wanted));
}
