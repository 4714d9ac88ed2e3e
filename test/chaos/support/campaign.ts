import { signalGroup, identityOf } from '../../../services/platform/embedded/process.ts';
import type { EmbeddedServer } from '../../../services/platform/embedded/server.ts';
import type { FaultProxy } from './fault-proxy.ts';
import type { ServiceProcess } from './service-process.ts';

/** Something that goes wrong. `begin` resolves when it has; `end` makes it good again, as an operator or a supervisor would. */
export type Fault = {
  readonly name: string;
  readonly begin: () => Promise<void> | void;
  readonly end: () => Promise<void> | void;
};

const DELAY_MS_MAX = 300;
const SLOW_BYTES_PER_SECOND = 50_000;
const CUT_SHARE = 0.05;

const SUPERVISED_FOR_MS = 60_000;

/** A service that cannot start while its servers are away ends with the reason; its supervisor starts it again. */
async function startSupervised(service: ServiceProcess): Promise<void> {
  for (const untilMs = performance.now() + SUPERVISED_FOR_MS; ;) {
    try {
      return await service.start();
    } catch (error) {
      if (performance.now() > untilMs) throw error;
    }
  }
}

export const serviceFaults = (service: ServiceProcess, name: string): readonly Fault[] => {
  const end = (): Promise<void> => startSupervised(service);
  return [
    { name: `kill ${name}`, begin: service.kill, end },
    { name: `SIGTERM ${name}`, begin: async () => void (await service.stop()), end },
    { name: `pause ${name}`, begin: service.pause, end: service.resume },
  ];
};

export const serverFaults = (server: EmbeddedServer): readonly Fault[] => {
  const signal = (signal: NodeJS.Signals): void => {
    const pid = server.pid();
    if (pid !== undefined) signalGroup(identityOf(pid), signal);
  };
  return [
    { name: `kill ${server.name}`, begin: server.kill, end: server.start },
    {
      name: `pause ${server.name}`,
      begin: () => signal('SIGSTOP'),
      end: () => signal('SIGCONT'),
    },
  ];
};

export const lineFaults = (
  line: FaultProxy,
  { name, random }: { readonly name: string; readonly random: () => number },
): readonly Fault[] => [
  { name: `cut ${name}`, begin: line.cut, end: line.heal },
  { name: `mute ${name}`, begin: line.mute, end: line.heal },
  {
    name: `delay ${name}`,
    begin: () => line.delay(() => random() * DELAY_MS_MAX),
    end: line.heal,
  },
  {
    name: `throttle ${name}`,
    begin: () => line.throttle(SLOW_BYTES_PER_SECOND),
    end: line.heal,
  },
  {
    name: `swallow answers of ${name}`,
    begin: () =>
      line.watch(({ from }) => (from === 'server' && random() < CUT_SHARE ? 'cut' : 'pass')),
    end: line.heal,
  },
];

export type Swizzle = {
  readonly faults: readonly Fault[];
  readonly random: () => number;
  readonly forMs: number;
};

const AT_ONCE_MAX = 5;
const HOLD_MS = { min: 200, max: 4_000 };
const STAGGER_MS_MAX = 1_500;

/**
 * Rounds of several faults at once, begun one by one and ended in random order; the choice follows from `random` alone. No
 * two of one round are of the same thing, so that each can be made good again.
 * @returns the names in the order in which they began; all of them have ended
 */
export async function swizzle({ faults, random, forMs }: Swizzle): Promise<readonly string[]> {
  const untilMs = performance.now() + forMs;
  const begun: string[] = [];
  const between = (min: number, max: number): number => min + random() * (max - min);
  while (performance.now() < untilMs) {
    const count = 1 + Math.floor(random() * AT_ONCE_MAX);
    const chosen = new Map<string, { fault: Fault; afterMs: number; holdMs: number }>();
    for (let index = 0; index < count; index++) {
      const fault = faults[Math.floor(random() * faults.length)] as Fault;
      const plan = { fault, afterMs: random() * STAGGER_MS_MAX, holdMs: 0 };
      chosen.set(subjectOf(fault), { ...plan, holdMs: between(HOLD_MS.min, HOLD_MS.max) });
    }
    await Promise.all(
      [...chosen.values()].map(async ({ fault, afterMs, holdMs }) => {
        await pause(afterMs);
        begun.push(fault.name);
        await fault.begin();
        await pause(holdMs);
        await fault.end();
      }),
    );
  }
  return begun;
}

/** What it happens to: the last word of its name. */
const subjectOf = ({ name }: Fault): string => name.slice(name.lastIndexOf(' ') + 1);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
