import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { javaArguments } from './java.ts';
import type { JavaProgram } from './java.ts';
import { runToEnd } from './process.ts';
import type { ServerDefinition } from './server.ts';
import { exchange } from './wait.ts';

export type BrokerOptions = {
  readonly nodeId: number;
  readonly directory: string;
  readonly logPath: string;
  readonly program: JavaProgram;
  /** Of all brokers, by node id from 1. */
  readonly ports: readonly { readonly broker: number; readonly controller: number }[];
  /** The same for all brokers of an installation. */
  readonly clusterId: string;
  /** Lines of server.properties that replace ours. */
  readonly settings: Readonly<Record<string, string>>;
};

/** A new cluster id: 16 random bytes in URL-safe base64, as Kafka's own tool makes them; no leading dash. */
export function newClusterId(): string {
  return randomBytes(16).toString('base64url').replace(/^-/, 'A');
}

/** One KRaft node that is broker and controller. @see https://kafka.apache.org/documentation/#kraft */
export function brokerDefinition(options: BrokerOptions): ServerDefinition {
  const propertiesPath = join(options.directory, 'server.properties');
  const logDirectory = join(options.directory, 'log');
  return {
    name: `kafka-${options.nodeId}`,
    directory: options.directory,
    logPath: options.logPath,
    async command() {
      mkdirSync(options.directory, { recursive: true });
      writeFileSync(propertiesPath, brokerProperties(options, logDirectory));
      if (!existsSync(join(logDirectory, 'meta.properties'))) await format(options, propertiesPath);
      return {
        command: options.program.java,
        args: [...javaArguments(options.program), 'kafka.Kafka', propertiesPath],
      };
    },
    isReady: () => knowsAllBrokers(portsOf(options).broker, options.ports.length),
  };
}

async function format(options: BrokerOptions, propertiesPath: string): Promise<void> {
  // Of its own short life there is nothing to train.
  const program: JavaProgram =
    options.program.archive.kind === 'train'
      ? { ...options.program, archive: { kind: 'none' } }
      : options.program;
  const args = [
    ...javaArguments(program),
    'kafka.tools.StorageTool',
    'format',
    '-t',
    options.clusterId,
    '-c',
    propertiesPath,
    '--ignore-formatted',
  ];
  await runToEnd({
    command: options.program.java,
    args,
    logPath: options.logPath,
    directory: options.directory,
  });
}

/** The cluster id of a broker's folder. @returns undefined before its first start */
export function storedClusterId(directory: string): string | undefined {
  const path = join(directory, 'log', 'meta.properties');
  return existsSync(path)
    ? /^cluster\.id=(.+)$/m.exec(readFileSync(path, 'utf8'))?.[1]?.trim()
    : undefined;
}

function portsOf(options: BrokerOptions): { readonly broker: number; readonly controller: number } {
  const ports = options.ports[options.nodeId - 1];
  if (!ports) throw new Error(`invariant_broken: no ports for broker ${options.nodeId}`);
  return ports;
}

function brokerProperties(options: BrokerOptions, logDirectory: string): string {
  const { broker, controller } = portsOf(options);
  const replicas = String(Math.min(3, options.ports.length));
  const inSync = String(Math.max(1, Math.min(3, options.ports.length) - 1));
  const properties: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': String(options.nodeId),
    'controller.quorum.voters': options.ports
      .map((ports, index) => `${index + 1}@127.0.0.1:${ports.controller}`)
      .join(','),
    listeners: `PLAINTEXT://127.0.0.1:${broker},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${broker}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': logDirectory,
    // Topics are made with explicit settings by whoever owns them.
    'auto.create.topics.enable': 'false',
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': '1',
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': '1',
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': inSync,
    'share.coordinator.state.topic.num.partitions': '1',
    // A lone developer or test waits for no further members, and learns within a second that one died.
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
    // Small: one machine, few clients. Without them a broker takes twice the memory.
    'num.network.threads': '2',
    'num.io.threads': '4',
    'background.threads': '2',
    'log.cleaner.threads': '1',
    'log.cleaner.dedupe.buffer.size': '16777216',
    'log.segment.bytes': '67108864',
    'log.index.size.max.bytes': '1048576',
    // A restart in a second: elections and unfencing are quick when no network lies between.
    'controller.quorum.election.timeout.ms': '100',
    'broker.heartbeat.interval.ms': '250',
    'broker.session.timeout.ms': '2000',
    'controlled.shutdown.enable': 'true',
    'controlled.shutdown.max.retries': '1',
    ...options.settings,
  };
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

const API_METADATA = 3;
const METADATA_VERSION = 4;
const CORRELATION_ID = 1;

/** A broker answers clients before it knows itself; metadata with every broker in it says that it can be used. */
async function knowsAllBrokers(port: number, brokers: number): Promise<boolean> {
  // MetadataRequest v4: header, then an empty list of topics and no auto-creation.
  const request = Buffer.alloc(19);
  request.writeInt32BE(15, 0);
  request.writeInt16BE(API_METADATA, 4);
  request.writeInt16BE(METADATA_VERSION, 6);
  request.writeInt32BE(CORRELATION_ID, 8);
  request.writeInt16BE(-1, 12);
  // Response: length, correlation id, throttle time, then the list of brokers.
  const count = await exchange(port, request, (response) =>
    response.length >= 16 ? response.readInt32BE(12) : undefined,
  );
  return count === brokers;
}
