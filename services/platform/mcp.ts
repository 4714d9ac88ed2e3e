import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import type { CallToolResult, StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { ERRORS, TidemarkError } from '../kernel/errors.ts';
import type { ErrorCode, Refusal } from '../kernel/errors.ts';
import { err } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';
import type { Access } from './access.ts';
import { ownNames, strangeOrigin } from './callers.ts';
import type { Config } from './config.ts';
import { authorize, problemOf, sendProblem } from './http.ts';

/** A question that a program may put by the Model Context Protocol. It changes nothing. */
export type McpTool = {
  readonly name: string;
  readonly title: string;
  /** For the program: what it answers, in which units, when it is right to ask it. */
  readonly description: string;
  readonly input: z.ZodObject;
  /** JSON Schema of what it answers: an object. */
  readonly output: Readonly<Record<string, unknown>>;
  /** @param input as `input` reads it   @param authorization of whoever asks, as it came */
  readonly call: (
    input: Readonly<Record<string, unknown>>,
    authorization: string | undefined,
  ) => Promise<Result<object, Refusal>>;
};

export type McpOptions = {
  readonly server: { readonly name: string; readonly title: string; readonly version: string };
  /** How to go about it, for the program. */
  readonly instructions: string;
  /** @param accepted `Accept-Language`: titles are shown to people */
  readonly tools: (accepted: string | undefined) => readonly McpTool[];
  readonly config: Pick<
    Config,
    'TIDEMARK_TOKENS_FILE' | 'TIDEMARK_PUBLIC_URL' | 'TIDEMARK_HOST' | 'TIDEMARK_PORT'
  >;
  /** After each call of a tool that there is. */
  readonly onCall: (tool: string, outcome: 'ok' | ErrorCode) => void;
  /** What failed inside; `undefined` code: what was refused to a program that does not keep to the protocol. */
  readonly onFault: (error: Error, code?: ErrorCode) => void;
};

/** An answer goes through a model: more than this it can do nothing with. */
const ANSWER_CHARACTERS_MAX = 256 * 1024;
/** Where a refusal stands beside its sentence, for programs. */
const PROBLEM_KEY = 'tidemark.dev/problem';

/**
 * `POST path`: a Model Context Protocol server of read-only tools over Streamable HTTP without sessions: each request
 * stands for itself, so any process answers it. Role reader. Nothing is told by itself, so there is nothing to `GET`.
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports
 */
export function mcpRoute(
  http: FastifyInstance,
  access: Access,
  { path, ...options }: McpOptions & { readonly path: string },
): void {
  const handler = createMcpHandler(
    ({ requestInfo }) => {
      const { server: about, instructions } = options;
      const server = new McpServer(about, {
        instructions,
        capabilities: { tools: { listChanged: false } },
      });
      const authorization = requestInfo?.headers.get('authorization') ?? undefined;
      const accepted = requestInfo?.headers.get('accept-language') ?? undefined;
      for (const tool of options.tools(accepted))
        server.registerTool(tool.name, told(tool), (given) =>
          called(tool, { given, authorization, options }),
        );
      return server;
    },
    // The tools stay what they are: whoever waits to hear of changes would hold a connection for nothing.
    { maxSubscriptions: 0, onerror: (error) => options.onFault(error) },
  );
  http.post(path, async (request, reply) => {
    const names = ownNames(options.config);
    const strange = strangeOrigin(request.headers, names);
    if (strange !== undefined) return sendProblem(reply, { code: 'forbidden', detail: strange });
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    return reply.send(await handler.fetch(requestOf(request, path), { parsedBody: request.body }));
  });
}

const told = (tool: McpTool) => ({
  title: tool.title,
  description: tool.description,
  inputSchema: unread(tool.input),
  outputSchema: trusted(tool.output),
  annotations: {
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: false,
  },
});

/** Told by its schema, and read when it is called: what is wrong with it is then said as other routes say it. */
const unread = (input: z.ZodObject): StandardSchemaWithJSON<unknown, unknown> => ({
  '~standard': { ...input['~standard'], validate: (value) => ({ value }) },
});
/** Answers have their form by their types, and tests hold them to it: reading each again would only cost time. */
const trusted = (schema: McpTool['output']): StandardSchemaWithJSON<unknown, unknown> => ({
  '~standard': {
    version: 1,
    vendor: 'tidemark',
    validate: (value) => ({ value }),
    jsonSchema: { input: () => ({ ...schema }), output: () => ({ ...schema }) },
  },
});

async function called(
  tool: McpTool,
  of: {
    readonly given: unknown;
    readonly authorization: string | undefined;
    readonly options: McpOptions;
  },
): Promise<CallToolResult> {
  const { onCall, onFault } = of.options;
  const answer = await attempt(tool, of.given, { authorization: of.authorization, onFault });
  const text = answer.ok ? JSON.stringify(answer.value) : '';
  if (answer.ok && text.length <= ANSWER_CHARACTERS_MAX) {
    onCall(tool.name, 'ok');
    return { content: [{ type: 'text', text }], structuredContent: { ...answer.value } };
  }
  const refusal = answer.ok
    ? {
        code: 'too_large' as const,
        detail: `the answer has ${text.length} characters, at most ${ANSWER_CHARACTERS_MAX} are given: ask for less (limit, from and to, where)`,
      }
    : answer.error;
  onCall(tool.name, refusal.code);
  return refused(refusal);
}

async function attempt(
  tool: McpTool,
  given: unknown,
  of: {
    readonly authorization: string | undefined;
    readonly onFault: McpOptions['onFault'];
  },
): Promise<Result<object, Refusal>> {
  const read = tool.input.safeParse(given ?? {});
  if (!read.success) return err(refusalOf(read.error));
  try {
    return await tool.call(read.data, of.authorization);
  } catch (error) {
    if (error instanceof TidemarkError) return err({ code: error.code, detail: error.message });
    of.onFault(error as Error, 'invariant_broken');
    return err({
      code: 'invariant_broken',
      detail: 'the question failed inside; the log has the reason',
    });
  }
}

/** The first fault that was found, and where. */
function refusalOf({ issues }: z.ZodError): Refusal {
  const { message = '', path = [] } = issues[0] ?? {};
  const pointer = path
    .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
  return { code: 'invalid_parameter', detail: `${pointer || 'arguments'}: ${message}`, pointer };
}

/** As the protocol has it, a tool's refusal is an answer, which the model reads and may mend. */
const refused = (refusal: Refusal): CallToolResult => ({
  isError: true,
  content: [
    {
      type: 'text',
      text: `${refusal.code}: ${refusal.detail}\n${ERRORS[refusal.code].remedy}`,
    },
  ],
  _meta: { [PROBLEM_KEY]: problemOf(refusal) },
});

/** The address is of no matter: what is asked for stands in the body, which was read. */
function requestOf({ headers }: FastifyRequest, path: string): Request {
  const given = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  return new Request(`http://localhost${path}`, { method: 'POST', headers: given });
}
