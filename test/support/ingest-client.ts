/** What ingest answers (contract section 3), as tests look at it. */
export type IngestAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly accepted: number;
    readonly rejected: number;
    readonly results: readonly {
      readonly index: number;
      readonly id?: string;
      readonly status: string;
      readonly position?: string;
      readonly error?: {
        readonly code: string;
        readonly detail: string;
        readonly pointer?: string;
      };
    }[];
    /** Of problem answers. */
    readonly code?: string;
    readonly detail?: string;
    readonly type?: string;
  };
};
export type IngestClient = (
  body: RequestInit['body'],
  options?: { readonly headers?: Readonly<Record<string, string>>; readonly query?: string },
) => Promise<IngestAnswer>;

export const STRUCTURED = { 'content-type': 'application/cloudevents+json' };
export const BATCH = { 'content-type': 'application/cloudevents-batch+json' };

/** POST /v1/events; structured mode unless the headers say otherwise. */
export function ingestClient(url: string): IngestClient {
  return async (body, { headers = {}, query = '' } = {}) => {
    const response = await fetch(`${url}/v1/events${query}`, {
      method: 'POST',
      headers: { ...STRUCTURED, ...headers },
      body: body ?? null,
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as IngestAnswer['body'],
    };
  };
}
