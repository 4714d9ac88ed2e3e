import { ApiError, authorization, refuseAccess } from './api.ts';

/** `POST /v1/rules/test` as alerting's API answers it. Times are RFC 3339, values decimal strings. */
export type RuleTest = {
  readonly rule: string;
  readonly metric: string;
  readonly condition: string;
  readonly from: string;
  readonly to: string;
  /** Start of the first window that could be judged; null: none could. */
  readonly coveredFrom: string | null;
  readonly series: number;
  readonly windows: number;
  readonly verdicts: Readonly<
    Record<'breach' | 'clear' | 'in_band' | 'inconclusive' | 'absent', number>
  >;
  readonly episodes: number;
  readonly perMonth: number;
  readonly firingSeconds: number;
  readonly nearMisses: number;
  readonly wouldHaveTold: readonly {
    readonly receiver: string;
    readonly kind: string;
    readonly messages: number;
  }[];
  /** Those that fired, the most often first. */
  readonly bySeries: readonly { readonly labels: Labels; readonly episodes: number }[];
  readonly episodeList: readonly TestedEpisode[];
  readonly nearMissList: readonly {
    readonly labels: Labels;
    readonly from: string;
    readonly to: string;
  }[];
  readonly notes: readonly string[];
  readonly chart?: RuleChart;
};
export type Labels = Readonly<Record<string, string>>;
export type TestedEpisode = {
  readonly labels: Labels;
  readonly startedAt: string;
  readonly firedAt: string | null;
  readonly endedAt: string | null;
  readonly firingSeconds: number;
  readonly value: string | null;
  readonly worst: string | null;
  readonly owner: { readonly accountable: string | null };
};
/** One series as it was judged; where it has more windows than a picture has room for, several are one point. */
export type RuleChart = {
  readonly labels: Labels;
  readonly threshold: string | null;
  readonly breachIs: 'above' | 'below' | null;
  readonly points: readonly RulePoint[];
};
export type RulePoint = {
  readonly start: string;
  readonly end: string;
  readonly low: string | null;
  readonly high: string | null;
  readonly breaches: number;
  readonly target?: string;
};

/** Below it the reader must know that the test saw less than he asked for; first windows begin a little later anyway. */
const COVERED_MIN = 0.95;

/**
 * How much of the time that was asked for has history, where it is clearly not all of it: a rule tested over a month
 * of which an hour is known must not pass for calm. Lengths in ms.
 */
export function shortHistory(
  result: Pick<RuleTest, 'from' | 'to' | 'coveredFrom'>,
): { readonly coveredMs: number; readonly askedMs: number } | undefined {
  const toMs = Date.parse(result.to);
  const askedMs = toMs - Date.parse(result.from);
  const coveredMs = result.coveredFrom === null ? 0 : toMs - Date.parse(result.coveredFrom);
  return coveredMs < askedMs * COVERED_MIN ? { coveredMs, askedMs } : undefined;
}

type Line = {
  readonly progress?: number;
  readonly result?: RuleTest;
  readonly error?: { readonly code: string; readonly detail: string };
};

/**
 * Tests a rule that need not be saved over stored history.
 * @param onProgress told the share that is done, 0–1
 * @throws ApiError with the problem's code; `unreachable` when the answer broke off
 */
export async function testRule(
  asked: {
    readonly text: string;
    readonly from: string;
    readonly to: string;
    /** Of the series that is drawn; absent: the one that fired most. */
    readonly labels?: Labels | undefined;
  },
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<RuleTest> {
  const { text, from, to, labels } = asked;
  const response = await fetch('/v1/rules/test', {
    method: 'POST',
    headers: {
      accept: 'application/x-ndjson',
      'content-type': 'application/json',
      ...authorization(),
    },
    body: JSON.stringify({ text, from, to, chart: { labels } }),
    signal,
  }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new ApiError(0, 'unreachable', '');
  });
  if (response.status === 401) refuseAccess();
  if (!response.ok || !response.body) {
    const problem = (await response.json()) as { code?: string; detail?: string };
    throw new ApiError(response.status, problem.code ?? 'unknown', problem.detail ?? '');
  }
  for await (const { progress, result, error } of linesOf(response.body)) {
    if (progress !== undefined) onProgress(progress);
    if (error) throw new ApiError(response.status, error.code, error.detail);
    if (result) return result;
  }
  throw new ApiError(0, 'unreachable', '');
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield JSON.parse(line) as Line;
  }
}
