/** Prometheus' HTTP API, as far as it is spoken here: a part of what `schemas/openapi.json` is made of. */

type Prometheus = { readonly role: 'reader'; readonly answer: PrometheusAnswer };
/** In the form of Prometheus' HTTP API. */
type PrometheusAnswer = {
  readonly status: 'success' | 'error';
  readonly data?: unknown;
  readonly errorType?: string;
  readonly error?: string;
  readonly warnings?: readonly string[];
};
type Selecting = { readonly 'match[]'?: readonly string[]; readonly limit?: number };

export type PrometheusApi = {
  /** PromQL at an instant. */
  readonly 'GET /prometheus/api/v1/query': Prometheus & {
    readonly query: { readonly query: string; readonly time?: string; readonly timeout?: string };
  };
  /** PromQL over a range. */
  readonly 'GET /prometheus/api/v1/query_range': Prometheus & {
    readonly query: {
      readonly query: string;
      readonly start: string;
      readonly end: string;
      readonly step: string;
      readonly timeout?: string;
    };
  };
  /** Series that match. */
  readonly 'GET /prometheus/api/v1/series': Prometheus & { readonly query: Selecting };
  /** Names of labels. */
  readonly 'GET /prometheus/api/v1/labels': Prometheus & { readonly query: Selecting };
  /** Values of a label. */
  readonly 'GET /prometheus/api/v1/label/{name}/values': Prometheus & { readonly query: Selecting };
  /** Types and helps of metrics. */
  readonly 'GET /prometheus/api/v1/metadata': Prometheus & {
    readonly query: { readonly metric?: string; readonly limit?: number };
  };
  /** Which API this is. */
  readonly 'GET /prometheus/api/v1/status/buildinfo': Prometheus;
  /** Rules, as Grafana shows them. */
  readonly 'GET /prometheus/api/v1/rules': Prometheus;
  /** Alerts that are open. */
  readonly 'GET /prometheus/api/v1/alerts': Prometheus;
};
