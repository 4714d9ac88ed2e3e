type Json = Readonly<Record<string, unknown>>;
/** As much of an OpenAPI document as says what a route answers. */
type Documented = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
};
type Answering = {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: Json }>> }>
  >;
};

const COMPONENT = /#\/components\/schemas\/(\w+)/g;

/**
 * JSON Schema of a tool's answer: what the route answers, which the OpenAPI document says, and notes before it. Nothing is
 * written twice.
 * @param route `GET /v1/metrics/{id}`
 */
export function answerSchema({ paths, components }: Documented, route: string): Json {
  const [method = '', url = ''] = route.split(' ');
  const operation = paths[url]?.[method.toLowerCase()] as Answering | undefined;
  const schema = operation?.responses['200']?.content?.['application/json']?.schema;
  if (!schema) throw new Error(`${route} is not in the OpenAPI document`);
  const names = new Set<string>();
  const visit = (part: unknown): void => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(COMPONENT)) {
      if (names.has(name)) continue;
      names.add(name);
      visit(components.schemas[name] ?? {});
    }
  };
  visit(schema);
  const whole = {
    type: 'object',
    properties: {
      notes: {
        type: 'array',
        items: { type: 'string' },
        description: 'What must not be overlooked in the answer: say it with the values.',
      },
      answer: schema,
    },
    required: ['notes', 'answer'],
    additionalProperties: false,
    ...(names.size === 0
      ? {}
      : { $defs: Object.fromEntries([...names].map((name) => [name, components.schemas[name]])) }),
  };
  return JSON.parse(JSON.stringify(whole).replaceAll(COMPONENT, '#/$defs/$1')) as Json;
}
