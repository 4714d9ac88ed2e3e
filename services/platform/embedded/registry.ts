import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { javaArguments } from './java.ts';
import type { JavaProgram } from './java.ts';
import type { ServerDefinition } from './server.ts';

const PROBE_TIMEOUT_MS = 2_000;

export const registryUrl = (port: number): string => `http://127.0.0.1:${port}/apis/ccompat/v7`;

/** Apicurio with its Confluent API, its schemas in an H2 file. */
export function registryDefinition(options: {
  readonly directory: string;
  readonly logPath: string;
  readonly program: JavaProgram;
  readonly port: number;
}): ServerDefinition {
  const settings: Record<string, string> = {
    'quarkus.http.host': '127.0.0.1',
    'quarkus.http.port': String(options.port),
    'quarkus.http.access-log.enabled': 'false',
    'apicurio.storage.kind': 'sql',
    'apicurio.storage.sql.kind': 'h2',
    // H2 by itself writes half a second later: killed in between it would forget a schema that records carry already.
    'apicurio.datasource.url': `jdbc:h2:file:${join(options.directory, 'registry')};WRITE_DELAY=0`,
  };
  // Its default of 20 connections for each of three data sources costs a second of the start.
  for (const source of ['', 'blue.', 'green.']) {
    settings[`apicurio.datasource.${source}jdbc.initial-size`] = '1';
    settings[`apicurio.datasource.${source}jdbc.min-size`] = '1';
    settings[`apicurio.datasource.${source}jdbc.max-size`] = '10';
  }
  return {
    name: 'registry',
    directory: options.directory,
    logPath: options.logPath,
    async command() {
      mkdirSync(options.directory, { recursive: true });
      const properties = Object.entries(settings).map(([key, value]) => `-D${key}=${value}`);
      return {
        command: options.program.java,
        args: [...javaArguments(options.program), ...properties, 'io.quarkus.runner.GeneratedMain'],
      };
    },
    isReady: () => isBackwardCompatible(registryUrl(options.port)),
  };
}

/** Apicurio checks nothing unless told: BACKWARD is what Confluent's registry has by default. */
async function isBackwardCompatible(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/config`, {
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    if (!response.ok) return false;
    const { compatibilityLevel } = (await response.json()) as { compatibilityLevel?: string };
    if (compatibilityLevel !== undefined && compatibilityLevel !== 'NONE') return true;
    const answer = await fetch(`${url}/config`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ compatibility: 'BACKWARD' }),
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    return answer.ok;
  } catch {
    return false; // Not listening yet.
  }
}
