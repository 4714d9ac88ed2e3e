import { TidemarkError } from '../kernel/errors.ts';
import type { Config } from '../platform/config.ts';
import { problemOf } from './api.ts';
import { baseUrl } from './environment.ts';

/** How long nothing may come before the answer counts as lost. */
const SILENCE_MAX_MS = 120_000;

/**
 * Posts JSON and reads an answer of JSON lines as they come.
 * @throws unreachable when nothing answers or the answer breaks off; the problem's own code when it is refused
 */
export async function* postForLines(
  config: Config,
  path: string,
  body: object,
): AsyncIterable<Readonly<Record<string, unknown>>> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), SILENCE_MAX_MS);
  const token = config.TIDEMARK_TOKEN;
  const url = baseUrl(config);
  try {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/x-ndjson',
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      body: JSON.stringify(body),
      signal: silence.signal,
    });
    if (response.status !== 200)
      throw problemOf({
        status: response.status,
        body: await response.json().catch(() => undefined),
      });
    let rest = '';
    for await (const chunk of response.body ?? []) {
      timer.refresh();
      const lines = (rest + Buffer.from(chunk).toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as Readonly<Record<string, unknown>>;
    }
  } catch (cause) {
    if (cause instanceof TidemarkError) throw cause;
    throw new TidemarkError('unreachable', `nothing answers at ${url}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}
