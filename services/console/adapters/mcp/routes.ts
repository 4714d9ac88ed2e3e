import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { metricTree } from '../../../kernel/catalog/tree.ts';
import { mcpRoute } from '../../../platform/mcp.ts';
import type { McpTool } from '../../../platform/mcp.ts';
import type { Platform } from '../../../platform/platform.ts';
import { serviceCall } from '../../../platform/service-call.ts';
import { languageOf } from '../../core/catalog/in-language.ts';
import { answerSchema } from '../../core/mcp/answer-schema.ts';
import type { ConsoleReads } from '../../service.ts';
import { toolCalls } from './tool-calls.ts';
import type { ToolCalls } from './tool-calls.ts';
import { INSTRUCTIONS, TOOLS } from './tool-table.ts';
import type { ToolName } from './tool-table.ts';

const OPENAPI = new URL('../../../../schemas/openapi.json', import.meta.url);
const PATH = '/mcp';

/** `POST /mcp`: what assistants ask, by the Model Context Protocol; role reader. */
export function mcpRoutes(
  scope: FastifyInstance,
  platform: Platform,
  { reads, noted }: { readonly reads: ConsoleReads; readonly noted: (metric: string) => void },
): void {
  const { access, catalog, config, http, logger, telemetry } = platform;
  const calls = telemetry.counter('console_tool_calls_total', 'Calls of tools by MCP.', [
    'tool',
    'outcome',
  ]);
  const bound = toolCalls({
    reads,
    noted,
    tree: () => metricTree(catalog.current()),
    aggregator: serviceCall(http, { service: 'aggregator', url: config.TIDEMARK_AGGREGATOR_URL }),
    alerting: serviceCall(http, { service: 'alerting', url: config.TIDEMARK_ALERTING_URL }),
  });
  const openApi = JSON.parse(readFileSync(OPENAPI, 'utf8')) as OpenApi;
  mcpRoute(scope, access, {
    path: PATH,
    config,
    server: { name: 'tidemark', title: 'Tidemark', version: openApi.info.version },
    instructions: INSTRUCTIONS,
    tools: toolsOf(bound, openApi),
    onCall: (tool, outcome) => calls.inc({ tool, outcome }),
    onFault: (error, code) =>
      code === undefined
        ? logger.debug({ err: error }, 'a request by MCP was refused')
        : logger.error({ err: error }, 'a question by MCP failed'),
  });
}

type OpenApi = Parameters<typeof answerSchema>[0] & { readonly info: { readonly version: string } };

/** @returns the tools, their titles in the language that is asked for */
export function toolsOf(
  calls: ToolCalls,
  openApi: Parameters<typeof answerSchema>[0],
): (accepted: string | undefined) => readonly McpTool[] {
  const tools = (Object.keys(TOOLS) as ToolName[]).map((name) => ({
    ...TOOLS[name],
    name,
    output: answerSchema(openApi, TOOLS[name].answers),
    call: calls[name] as McpTool['call'],
  }));
  return (accepted) => tools.map((tool) => ({ ...tool, title: tool.title[languageOf(accepted)] }));
}
