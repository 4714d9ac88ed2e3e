import { join } from 'node:path';
import { jarsOf } from './java.ts';
import type { JavaProgram } from './java.ts';
import { brokerDefinition, newClusterId } from './kafka.ts';
import { registryDefinition } from './registry.ts';
import { choosePorts } from './run-file.ts';
import { isTrainedFor } from './training.ts';
import type { Trainee } from './training.ts';
import { isPortFree } from './wait.ts';

const KAFKA_HEAP_MEGABYTES_MAX = 256;
const REGISTRY_HEAP_MEGABYTES_MAX = 192;

export type JavaPrograms = { readonly kafka: JavaProgram; readonly registry: JavaProgram };

/** The two Java servers out of the fetched folder, with their class archives where these are trained. */
export function javaPrograms(options: {
  readonly serversDir: string;
  readonly java: string;
  readonly isQuickStart: boolean;
}): JavaPrograms {
  const { serversDir, java } = options;
  const withArchive = (program: JavaProgram): JavaProgram => ({
    ...program,
    archive: { kind: isTrainedFor(program) ? 'use' : 'none' },
  });
  const registryDir = join(serversDir, 'registry');
  return {
    kafka: withArchive({
      java,
      classPath: jarsOf(join(serversDir, 'kafka')),
      heapMegabytesMax: KAFKA_HEAP_MEGABYTES_MAX,
      archivePath: join(serversDir, 'kafka.jsa'),
      archive: { kind: 'none' },
      isQuickStart: options.isQuickStart,
    }),
    registry: withArchive({
      java,
      classPath: [...jarsOf(registryDir), ...jarsOf(join(registryDir, 'lib'))],
      heapMegabytesMax: REGISTRY_HEAP_MEGABYTES_MAX,
      archivePath: join(serversDir, 'registry.jsa'),
      archive: { kind: 'none' },
      isQuickStart: true,
    }),
  };
}

/** Both again on spare ports, for their archives. */
export function trainees(programs: JavaPrograms, logPath: string): readonly Trainee[] {
  const sparePorts = (names: readonly string[]): Promise<Record<string, number>> =>
    choosePorts(names, { remembered: {}, isFree: isPortFree, random: Math.random });
  return [
    {
      program: programs.kafka,
      async define(program, directory) {
        const ports = await sparePorts(['broker', 'controller']);
        return brokerDefinition({
          nodeId: 1,
          directory,
          logPath,
          program,
          ports: [{ broker: ports['broker'] ?? 0, controller: ports['controller'] ?? 0 }],
          clusterId: newClusterId(),
          settings: {},
        });
      },
    },
    {
      program: programs.registry,
      async define(program, directory) {
        const ports = await sparePorts(['registry']);
        return registryDefinition({ directory, logPath, program, port: ports['registry'] ?? 0 });
      },
    },
  ];
}
