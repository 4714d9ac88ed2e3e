import { serversDirectory } from '../../../infra/bootstrap/prepare.mjs';
import { startServers } from '../../../services/platform/embedded/servers.ts';

/** A process that owns servers until it is killed: prints where they are, then waits. */
const [dataDir = '', only = ''] = process.argv.slice(2);
const servers = await startServers({
  dataDir,
  serversDir: serversDirectory(),
  only: only
    .split(',')
    .filter((kind) => kind === 'kafka' || kind === 'registry' || kind === 'redis'),
  trainArchives: false,
});
const pids = [...servers.kafka, servers.registry, servers.redis]
  .map((server) => server.pid())
  .filter((pid) => pid !== undefined);
process.stdout.write(
  `${JSON.stringify({ brokers: servers.brokers, registryUrl: servers.registryUrl, redisUrl: servers.redisUrl, pids })}\n`,
);
