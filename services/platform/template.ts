import { Liquid } from 'liquidjs';
import type { Template } from 'liquidjs';
import { err, ok } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';

/** Characters of a template, ms and allocations of one rendering, characters of what comes out. */
const PARSE_CHARACTERS_MAX = 10_000;
const RENDER_MS_MAX = 50;
const RENDER_MEMORY_MAX = 1_000_000;
const OUTPUT_CHARACTERS_MAX = 50_000;
/** They read other files. */
const TAGS_REFUSED = ['include', 'render', 'layout', 'block'] as const;

/** Parsed templates that are kept, and characters of a fault that are. */
const PARSED_MAX = 1_000;
const FAULT_CHARACTERS_MAX = 200;

/** Err says what is wrong with the template. */
export type RenderTemplate = (template: string, data: object) => Result<string, string>;

/**
 * Renders users' own texts. They see the data that they are given and nothing behind it: own properties only, no files, no
 * way around the escaping, bounded in time, memory and size.
 * @param escape makes a value harmless in the markup that the template is written in
 */
export function createTemplates(escape: (text: string) => string): RenderTemplate {
  const engine = engineWith(escape);
  const parsed = new Map<string, Template[]>();
  const parse = (template: string): Template[] => {
    const known = parsed.get(template);
    if (known) return known;
    const made = engine.parse(template);
    if (parsed.size >= PARSED_MAX) parsed.clear();
    parsed.set(template, made);
    return made;
  };
  return (template, data) => {
    try {
      const text = String(engine.renderSync(parse(template), data));
      return text.length > OUTPUT_CHARACTERS_MAX
        ? err(`it makes more than ${OUTPUT_CHARACTERS_MAX} characters`)
        : ok(text);
    } catch (error) {
      return err(faultOf(error));
    }
  };
}

/** @returns why the text is no template; undefined when it is one */
export function templateFault(template: string): string | undefined {
  try {
    engineWith((text) => text).parse(template);
    return undefined;
  } catch (error) {
    return faultOf(error);
  }
}

function engineWith(escape: (text: string) => string): Liquid {
  const engine = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    templates: {},
    parseLimit: PARSE_CHARACTERS_MAX,
    renderLimit: RENDER_MS_MAX,
    memoryLimit: RENDER_MEMORY_MAX,
    timezoneOffset: 'UTC',
    outputEscape: (value: unknown) => (value == null ? '' : escape(shown(value))),
  });
  for (const tag of TAGS_REFUSED) delete engine.tags[tag];
  delete engine.filters['raw'];
  return engine;
}

const shown = (value: unknown): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value);

/** Messages of the engine name the place; what follows in them is the template itself. */
const faultOf = (error: unknown): string =>
  (error as Error).message.replaceAll(/\s+/g, ' ').slice(0, FAULT_CHARACTERS_MAX);
