import type { CatalogTools } from '../../kernel/catalog/context.ts';
import { avroType } from '../avro/types.ts';
import { compilePattern, parseCel } from '../cel.ts';

/** The packages that building a catalogue needs: CEL's parser, RE2, Avro. */
export const catalogTools: CatalogTools = {
  parse: parseCel,
  compilePattern,
  schemaFault(schema) {
    try {
      avroType(schema);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  },
};
