/** What every process answers: `schemas/openapi.json` is made of these types and their comments. */
export type ProcessApi = {
  /** The process lives. */
  readonly 'GET /healthz': { readonly answer: { readonly status: 'ok' } };
  /** The process can do its job; 503 with what is missing. */
  readonly 'GET /readyz': {
    readonly answer: { readonly ready: boolean; readonly missing: readonly string[] };
  };
  /** Telemetry of the pipeline for Prometheus, as OpenMetrics where that is asked for. */
  readonly 'GET /metrics': {
    readonly role: 'reader';
    readonly media: 'text/plain';
    readonly answer: string;
  };
};
