import type { CatalogTools } from '../../kernel/catalog/context.ts';
import { schemaPolicyFault } from '../avro/schema-policy.ts';
import { compilePattern, parseCel } from '../cel.ts';
import { templateFault } from '../template.ts';

/** The packages that building a catalogue needs: CEL's parser, RE2, Avro, Liquid. */
export const catalogTools: CatalogTools = {
  parse: parseCel,
  compilePattern,
  templateFault,
  schemaFault(schema) {
    try {
      return schemaPolicyFault(schema);
    } catch (error) {
      return `the schema is not valid Avro: ${(error as Error).message}`;
    }
  },
};
