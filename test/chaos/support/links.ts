import { faultProxy } from './fault-proxy.ts';
import type { FaultProxy } from './fault-proxy.ts';
import { API, withPorts } from './kafka-frames.ts';

export type Addresses = {
  readonly brokers: readonly string[];
  readonly registryUrl: string;
  readonly redisUrl: string;
};

/** The lines from one or several services to the servers, each of which can be disturbed. */
export type Links = {
  /** One per broker, in their order. */
  readonly kafka: readonly FaultProxy[];
  readonly registry: FaultProxy;
  readonly redis: FaultProxy;
  readonly all: readonly FaultProxy[];
  /** Settings of a service whose every connection goes through these lines. */
  readonly environment: Readonly<Record<string, string>>;
  readonly heal: () => void;
  readonly close: () => Promise<void>;
};

/** Brokers tell their own addresses, which clients then use: in their answers the proxies' stand instead. */
export async function openLinks({ brokers, registryUrl, redisUrl }: Addresses): Promise<Links> {
  const ports = new Map<number, number>();
  const kafka = await Promise.all(
    brokers.map(async (broker) => {
      const { port } = new URL(`kafka://${broker}`);
      const proxy = await faultProxy(() => ({ host: '127.0.0.1', port: Number(port) }), {
        protocol: 'kafka',
        rewrite: ({ from, api, bytes }) =>
          from === 'server' && (api === API.metadata || api === API.findCoordinator)
            ? withPorts(bytes, ports)
            : bytes,
      });
      ports.set(Number(port), proxy.port);
      return proxy;
    }),
  );
  const behind = (url: string): Promise<FaultProxy> => {
    // Of several addresses the first: nodes of a cluster tell their own, which clients then use.
    const { hostname, port } = new URL(url.split(',')[0] ?? url);
    return faultProxy(() => ({ host: hostname, port: Number(port) }));
  };
  const [registry, redis] = await Promise.all([behind(registryUrl), behind(redisUrl)]);
  const all = [...kafka, registry, redis];
  return {
    kafka,
    registry,
    redis,
    all,
    environment: {
      KAFKA_BROKERS: kafka.map(({ port }) => `127.0.0.1:${port}`).join(','),
      SCHEMA_REGISTRY_URL: registryUrl.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${registry.port}`),
      REDIS_URL: `redis://127.0.0.1:${redis.port}`,
    },
    heal: () => all.forEach((proxy) => proxy.heal()),
    close: async () => void (await Promise.all(all.map((proxy) => proxy.close()))),
  };
}
