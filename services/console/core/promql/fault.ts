/** Why a query has no answer: `bad_data` (400) is not well-formed, `execution` (422) is and cannot be answered. */
export type QueryFault = { readonly type: 'bad_data' | 'execution'; readonly detail: string };

/** Carries a fault out of the depth of a parse or an evaluation; it never leaves this folder. */
export class QueryFaultError extends Error {
  readonly fault: QueryFault;

  constructor(type: QueryFault['type'], detail: string) {
    super(detail);
    this.name = 'QueryFaultError';
    this.fault = { type, detail };
  }
}

export const malformed = (detail: string): never => {
  throw new QueryFaultError('bad_data', detail);
};
export const unanswerable = (detail: string): never => {
  throw new QueryFaultError('execution', detail);
};
