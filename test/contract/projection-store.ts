import type { ProjectionStore } from '../../services/aggregator/ports.ts';
import { accumulatorsContract } from './projection-store/accumulators.ts';
import { fencingContract } from './projection-store/fencing.ts';
import { livesContract } from './projection-store/lives.ts';
import { readingContract } from './projection-store/reading.ts';
import { windowsContract } from './projection-store/windows.ts';

/** The contract of ProjectionStore: run on the memory and on the Redis adapter. */
export function projectionStoreContract(
  name: string,
  makeStore: () => Promise<ProjectionStore>,
): void {
  fencingContract(name, makeStore);
  accumulatorsContract(name, makeStore);
  windowsContract(name, makeStore);
  livesContract(name, makeStore);
  readingContract(name, makeStore);
}
