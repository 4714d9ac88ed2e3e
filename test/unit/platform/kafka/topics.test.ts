import type { Kafka } from 'kafkajs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensureTopics } from '../../../../services/platform/kafka/topics.ts';
import type { TopicSpec } from '../../../../services/platform/kafka/topics.ts';

const SPEC: TopicSpec = {
  topic: 'orders',
  partitions: 2,
  replication: 1,
  settings: { 'cleanup.policy': 'delete' },
};
type Call = 'listTopics' | 'createTopics' | 'fetchTopicMetadata' | 'describeConfigs';

/** As kafkajs throws what a broker answers: some of it wrapped in what it could not do. */
const answered = (type: string): Error => Object.assign(new Error(type), { type });
const wrapped = (type: string): Error =>
  Object.assign(new Error('several'), { errors: [answered(type)] });

/**
 * A cluster whose admin calls fail as long as the test says so.
 * @param fault of the nth call of its kind, from 1; undefined: it succeeds
 */
function aCluster(fault: (call: Call, nth: number) => Error | undefined) {
  const calls = new Map<Call, number>();
  const topics = new Map<string, { leaders: number[]; settings: Record<string, string> }>();
  const state = { isConnected: false, hasLeaders: true };
  const answer = async <T>(call: Call, give: () => T): Promise<T> => {
    const nth = (calls.get(call) ?? 0) + 1;
    calls.set(call, nth);
    const error = fault(call, nth);
    if (error) throw error;
    return give();
  };
  const admin = {
    connect: async () => void (state.isConnected = true),
    disconnect: async () => void (state.isConnected = false),
    listTopics: () => answer('listTopics', () => [...topics.keys()]),
    createTopics: ({ topics: wanted }: { topics: { topic: string; numPartitions: number }[] }) =>
      answer('createTopics', () => {
        for (const { topic, numPartitions } of wanted)
          topics.set(topic, {
            leaders: Array.from({ length: numPartitions }, () => 0),
            settings: { ...SPEC.settings },
          });
      }),
    fetchTopicMetadata: () =>
      answer('fetchTopicMetadata', () => ({
        topics: [...topics].map(([name, { leaders }]) => ({
          name,
          partitions: leaders.map(() => ({ leader: state.hasLeaders ? 0 : -1, replicas: [0] })),
        })),
      })),
    describeConfigs: () =>
      answer('describeConfigs', () => ({
        resources: [...topics].map(([resourceName, { settings }]) => ({
          resourceName,
          configEntries: Object.entries(settings).map(([configName, configValue]) => ({
            configName,
            configValue,
          })),
        })),
      })),
  };
  return { kafka: { admin: () => admin } as unknown as Kafka, calls, topics, state };
}

/** Lets the clock run until the call is done. */
async function outcome<T>(call: Promise<T>): Promise<{ value?: T; error?: Error; tookMs: number }> {
  const begunMs = performance.now();
  let end: { value?: T; error?: Error } | undefined;
  call.then(
    (value) => (end = { value }),
    (error: unknown) => (end = { error: error as Error }),
  );
  while (!end && performance.now() - begunMs < 120_000) await vi.advanceTimersByTimeAsync(10);
  return { ...end, tookMs: performance.now() - begunMs };
}

describe('topics are ensured', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([
    ['listTopics', answered('NOT_CONTROLLER')],
    ['createTopics', wrapped('NOT_CONTROLLER')],
    ['fetchTopicMetadata', answered('LEADER_NOT_AVAILABLE')],
    ['describeConfigs', answered('UNKNOWN_TOPIC_OR_PARTITION')],
    [
      'describeConfigs',
      Object.assign(new Error('retries'), { cause: answered('REQUEST_TIMED_OUT') }),
    ],
  ] as const)('though %s fails for a while with what passes', async (failing, error) => {
    const { kafka, calls, state } = aCluster((call, nth) =>
      call === failing && nth <= 20 ? error : undefined,
    );
    const { value, tookMs } = await outcome(ensureTopics(kafka, [SPEC]));
    expect(value).toEqual(new Map([['orders', 2]]));
    expect(calls.get(failing)).toBeGreaterThan(20);
    // Twenty pauses that grow from 50 ms to half a second.
    expect(tookMs).toBeGreaterThan(5_000);
    expect(tookMs).toBeLessThan(30_000);
    expect(state.isConnected).toBe(false);
  });

  it('for half a minute a call, and then the broker is called unavailable', async () => {
    const { kafka, calls, state } = aCluster((call) =>
      call === 'createTopics' ? answered('NOT_CONTROLLER') : undefined,
    );
    const { error, tookMs } = await outcome(ensureTopics(kafka, [SPEC]));
    expect(error).toMatchObject({ code: 'broker_unavailable' });
    expect(error?.message).toContain('NOT_CONTROLLER');
    expect(tookMs).toBeGreaterThanOrEqual(30_000);
    expect(tookMs).toBeLessThan(31_000);
    // At most one call a pause: a broker that is busy is not hammered.
    expect(calls.get('createTopics')).toBeLessThan(80);
    expect(state.isConnected).toBe(false);
  });

  it('but what does not pass is told at once', async () => {
    const { kafka, calls } = aCluster((call) =>
      call === 'listTopics' ? answered('TOPIC_AUTHORIZATION_FAILED') : undefined,
    );
    const { error, tookMs } = await outcome(ensureTopics(kafka, [SPEC]));
    expect(error).toMatchObject({ code: 'broker_unavailable' });
    expect(calls.get('listTopics')).toBe(1);
    expect(tookMs).toBeLessThan(1_000);
  });

  it('and one that another process created meanwhile is taken as it is', async () => {
    const cluster = aCluster((call) => {
      if (call !== 'createTopics') return undefined;
      cluster.topics.set('orders', { leaders: [0, 0, 0], settings: { ...SPEC.settings } });
      return wrapped('TOPIC_ALREADY_EXISTS');
    });
    const { value } = await outcome(ensureTopics(cluster.kafka, [SPEC]));
    expect(value).toEqual(new Map([['orders', 3]]));
  });

  it('and one that never gets a leader is named', async () => {
    const { kafka, state } = aCluster(() => undefined);
    state.hasLeaders = false;
    const { error, tookMs } = await outcome(ensureTopics(kafka, [SPEC], { readyWithinMs: 2_000 }));
    expect(error?.message).toBe('no leader within 2000 ms for orders');
    expect(tookMs).toBeGreaterThanOrEqual(2_000);
    expect(tookMs).toBeLessThan(3_000);
  });
});
