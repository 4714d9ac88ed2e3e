import { z } from 'zod';
import { TOOLS } from '../../services/console/adapters/mcp/tool-table.ts';
import type { ToolName } from '../../services/console/adapters/mcp/tool-table.ts';
import { code, page, table } from './markdown.ts';

type Property = {
  readonly description?: string;
  readonly default?: unknown;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly items?: { readonly enum?: readonly string[] };
};
type Arguments = {
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
};

/** The tools of `/mcp`, as assistants are told of them. */
export function mcpPage(): string {
  const names = Object.keys(TOOLS) as ToolName[];
  return page('Tools for assistants', '`services/console/adapters/mcp/tool-table.ts`', [
    '`POST /mcp` is a [Model Context Protocol](https://modelcontextprotocol.io) server: Streamable HTTP without sessions, of the revisions 2026-07-28 and 2025-11-25 (and those before that the library speaks). Its tools only read; the role is `reader`. How to connect a program: [ask by MCP](../how-to/ask-by-mcp.md).',
    'Each tool answers `{ notes, answer }`: `answer` is what the route answers ([read API](read-api.md)), `notes` are sentences that must not be overlooked (unit and zone, values that are provisional or recounted, what was cut). Both stand in `structuredContent` and, as JSON, in the text. A refusal is an answer with `isError`: its text is `code: sentence` and what to do, its `_meta["tidemark.dev/problem"]` the [problem document](errors.md) that the route would give. An answer of more than 262,144 characters is refused as `too_large`.',
    table(
      ['tool', 'title', '标题', 'answers as'],
      names.map((name) => {
        const { title, answers } = TOOLS[name];
        return [code(name), title.en, title.zh, code(answers)];
      }),
    ),
    ...names.flatMap((name) => [`## ${code(name)}`, TOOLS[name].description, ...inputOf(name)]),
  ]);
}

function inputOf(name: ToolName): readonly string[] {
  const { properties = {}, required = [] } = z.toJSONSchema(TOOLS[name].input, {
    io: 'input',
  }) as Arguments;
  const rows = Object.entries(properties);
  if (rows.length === 0) return ['It takes nothing.'];
  return [
    table(
      ['argument', 'meaning'],
      rows.map(([argument, property]) => [
        `${code(argument)}${required.includes(argument) ? '' : ' (optional)'}`,
        meaningOf(property),
      ]),
    ),
  ];
}

function meaningOf({ description = '', default: fallback, maximum, ...rest }: Property): string {
  const one = rest.enum ?? rest.items?.enum;
  return [
    description,
    ...(one ? [`Of ${one.map(code).join(', ')}.`] : []),
    ...(fallback === undefined ? [] : [`Default ${String(fallback)}, at most ${String(maximum)}.`]),
  ]
    .filter((part) => part !== '')
    .join(' ');
}
