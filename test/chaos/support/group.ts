import { expect, vi } from 'vitest';
import type { World } from './world.ts';

/** The consumer group of the aggregators of this installation. */
export const groupOf = ({ prefix, log }: World): string => `${prefix}aggregator.${log.topic}`;

/** How many are in the group; 0 while it meets, or when there is none. */
export async function membersOf(world: World, group: string): Promise<number> {
  const admin = world.platform.kafka.admin();
  await admin.connect();
  try {
    const { groups } = await admin.describeGroups([group]);
    return groups[0]?.state === 'Stable' ? groups[0].members.length : 0;
  } finally {
    await admin.disconnect();
  }
}

/** Waits until so many workers share the partitions. */
export const untilMembers = (world: World, count: number, withinMs = 20_000): Promise<void> =>
  vi.waitFor(async () => expect(await membersOf(world, groupOf(world))).toBe(count), {
    timeout: withinMs,
    interval: 50,
  });
