import type { EpochMs } from '../kernel/time.ts';
import { dueOf, flushed } from './core/alert/incident.ts';
import type { Told } from './core/alert/incident.ts';
import type { Message } from './core/alert/episode.ts';

/** Incidents that are remembered; beyond it the oldest one is, and its next message is told by itself. */
const INCIDENTS_MAX = 10_000;
const TIMER_MAX_MS = 0x7fff_ffff;

export type IncidentsPorts<T> = {
  readonly now: () => EpochMs;
  /** Whether the receiver takes messages about several alerts; others get each at once. */
  readonly isGrouped: (receiver: string) => boolean;
  /** They are due, and belong together. */
  readonly release: (jobs: readonly T[]) => void;
};
type Grouped = { readonly message: Message };
export type Incidents<T> = {
  /** @returns whether it took the job: it is released when it is due; otherwise it is due now */
  readonly collect: (job: T, episode: string) => boolean;
  /** Takes it back. */
  readonly forget: (job: T) => void;
  readonly stop: () => void;
};

/**
 * Collects messages of one incident to one receiver. It decides when and with which others a message travels, never
 * whether: what is collected here is owed as before, and whoever takes over tells it.
 */
export function createIncidents<T extends Grouped>(ports: IncidentsPorts<T>): Incidents<T> {
  const known = new Map<string, Told>();
  const waiting = new Map<string, { jobs: Set<T>; timer: NodeJS.Timeout }>();

  const keep = (key: string, told: Told): void => {
    known.delete(key);
    known.set(key, told);
    const oldest = known.size > INCIDENTS_MAX ? known.keys().next().value : undefined;
    if (oldest !== undefined && !waiting.has(oldest)) known.delete(oldest);
  };

  const flush = (key: string): void => {
    const told = known.get(key);
    const jobs = [...(waiting.get(key)?.jobs ?? [])];
    waiting.delete(key);
    if (told) keep(key, flushed(told, ports.now()));
    if (jobs.length > 0) ports.release(jobs);
  };

  return {
    collect(job, episode) {
      const { incident, receiver } = job.message;
      if (!incident || !ports.isGrouped(receiver)) return false;
      const key = `${receiver} ${incident.key}`;
      const nowMs = ports.now();
      const { dueMs, told } = dueOf(known.get(key), incident, { episode, nowMs });
      keep(key, told);
      if (dueMs <= nowMs && told.dueMs === null) return false;
      const group = waiting.get(key);
      if (group) group.jobs.add(job);
      else {
        const timer = setTimeout(() => flush(key), Math.min(dueMs - nowMs, TIMER_MAX_MS));
        waiting.set(key, { jobs: new Set([job]), timer });
      }
      return true;
    },
    forget(job) {
      for (const { jobs } of waiting.values()) jobs.delete(job);
    },
    stop() {
      for (const { timer } of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}
