/** What can be wrong with a catalogue. `catalog check` prints these codes; docs/reference lists them. */
export const CATALOG_FAULTS = {
  not_parseable: 'The file is no YAML (or, for a schema, no JSON), or cannot be read.',
  kind_unknown: 'The document has no kind that exists.',
  not_supported: 'The contract names it, this version does not have it yet.',
  field_unknown: 'There is no such field.',
  field_missing: 'A field that is needed is absent.',
  field_invalid: 'A field has a value that is not possible.',
  id_taken: 'Another document of this kind has the same id, or this alias.',
  reference_unknown: 'It names something that no document defines.',
  schema_invalid: 'The Avro schema of an event type is not valid or has no use here.',
  expression_invalid: 'An expression cannot be read, or its types do not fit.',
  breakdown_unavailable: 'The metric is not kept by these dimensions.',
  grain_unavailable: 'The metric keeps no cells that tile these windows.',
  definition_cycle: 'A derived metric reads itself, directly or through others.',
  driver_mismatch: 'The operator of a driver is not the role that it has in the formula.',
  target_overlap: 'Two values of a target are for the same windows.',
  definition_duplicate: 'Another definition computes exactly the same.',
} as const;
export type CatalogFaultCode = keyof typeof CATALOG_FAULTS;

export type DocumentPath = readonly (string | number)[];

/** One fault of one document: where in it, and within the text of an expression, where in that. */
export type CatalogFault = {
  /** Index of the document in the list that was given. */
  readonly document: number;
  readonly path: DocumentPath;
  readonly code: CatalogFaultCode;
  readonly message: string;
  readonly offset?: number;
  /** The name of the field is at fault, not its value. */
  readonly isName?: boolean;
  /** The name that a field which is not known most likely stands for. */
  readonly meant?: string;
  /** The other one, where two documents do not go together. */
  readonly related?: { readonly document: number; readonly path: DocumentPath };
};

/** Notes a fault of the document at hand. */
export type Report = (path: DocumentPath, fault: Omit<CatalogFault, 'document' | 'path'>) => void;
