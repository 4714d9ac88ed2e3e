import type { Place, Threads } from '../../services/alerting/ports.ts';

/** First messages of episodes in memory; a test may take them away. */
export function memoryThreads(): Threads & { readonly lose: () => void } {
  const places = new Map<string, Place>();
  return {
    find: async ({ receiver, episode }) => places.get(`${receiver} ${episode}`),
    keep: async ({ receiver, episode }, place) => {
      places.set(`${receiver} ${episode}`, place);
    },
    lose: () => places.clear(),
  };
}
