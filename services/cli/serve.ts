import { Argument } from 'commander';
import type { Command } from 'commander';
import { readConfig, requireAddresses, withRunningServers } from './environment.ts';
import { outputOf } from './output.ts';
import { runUntilStopped, serve } from './process.ts';
import { SERVICE_NAMES, SERVICE_PORTS } from './services.ts';
import type { ServiceName } from './services.ts';

export function register(program: Command): void {
  program
    .command('serve')
    .description('run one service of an installation; Kafka, registry and Redis run elsewhere')
    .addArgument(new Argument('<service>', 'which').choices(SERVICE_NAMES))
    .option(
      '--port <port>',
      `port of its routes (TIDEMARK_PORT; ${SERVICE_NAMES.map((name) => `${name} ${SERVICE_PORTS[name]}`).join(', ')})`,
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ KAFKA_BROKERS=kafka:9092 SCHEMA_REGISTRY_URL=http://registry:8080/apis/ccompat/v7 REDIS_URL=redis://redis:6379 tidemark serve ingest',
    )
    .action(async (service: ServiceName, _options: unknown, command: Command) => {
      const config = requireAddresses(
        withRunningServers(readConfig(command, { TIDEMARK_PORT: String(SERVICE_PORTS[service]) })),
      );
      const output = outputOf(command);
      await runUntilStopped(output, async (lifecycle) => {
        const { url } = await serve({ config, lifecycle, name: service, services: [service] });
        output.note(`${service} listens at ${url}`);
      });
    });
}
