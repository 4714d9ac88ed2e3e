import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { WebhookReceiver } from '../../support/webhook-receiver.ts';
import type { CrashPoint } from './crash-points.ts';
import { answerOf, callsScript, fetchedWith, fetches, writes, written } from './signs.ts';
import type { Sign } from './signs.ts';

const LUA = new URL('../../../services/alerting/adapters/lua/', import.meta.url);

const calls = (name: 'claim' | 'commit' | 'create'): Sign => {
  const text = readFileSync(new URL(`${name}.lua`, LUA), 'utf8');
  return callsScript(createHash('sha1').update(text).digest('hex'), text);
};

/** What alerting does between a record that shows a breach and the last trace of its message, in order. */
export function stepsOfTelling({
  topic,
  metric,
  receiver,
}: {
  readonly topic: string;
  readonly metric: string;
  readonly receiver: Pick<WebhookReceiver, 'received'>;
}): readonly CrashPoint[] {
  const before = receiver.received.length;
  const onceTold =
    (sign: Sign): Sign =>
    (passing) =>
      receiver.received.length > before && sign(passing);
  return [
    { name: 'records are fetched', line: 'kafka', isNow: fetchedWith(metric) },
    { name: 'the transition is being recorded', line: 'kafka', isNow: writes(topic) },
    { name: 'the transition is recorded', line: 'kafka', isNow: written(topic) },
    { name: 'the state is being written', line: 'redis', isNow: calls('commit') },
    { name: 'the state is written', line: 'redis', isNow: answerOf(calls('commit')) },
    { name: 'the delivery is being recorded', line: 'kafka', isNow: onceTold(writes(topic)) },
    { name: 'the delivery is recorded', line: 'kafka', isNow: onceTold(written(topic)) },
    { name: 'the delivery is being written', line: 'redis', isNow: onceTold(calls('commit')) },
    {
      name: 'the delivery is written',
      line: 'redis',
      isNow: onceTold(answerOf(onceTold(calls('commit')))),
    },
  ];
}

/** What it does when a partition becomes its own. */
export const stepsOfTakingOver = (): readonly CrashPoint[] => [
  { name: 'the partition is being claimed', line: 'redis', isNow: calls('claim') },
  { name: 'the partition is claimed', line: 'redis', isNow: answerOf(calls('claim')) },
];

/** What it does when Redis has nothing of its state. */
export const stepsOfRecovery = (topic: string): readonly CrashPoint[] => [
  { name: 'alerts are read again', line: 'kafka', isNow: fetches(topic) },
  { name: 'the state is begun anew', line: 'redis', isNow: calls('create') },
  { name: 'the state has begun anew', line: 'redis', isNow: answerOf(calls('create')) },
  {
    name: 'the first state is being written',
    line: 'redis',
    isNow: afterFirst('create', 'commit'),
  },
  {
    name: 'the first state is written',
    line: 'redis',
    isNow: answerOf(afterFirst('create', 'commit')),
  },
];

/** The second of two, once the first was seen. */
const afterFirst = (first: 'create', second: 'commit'): Sign => {
  const [isFirst, isSecond] = [calls(first), calls(second)];
  let isSeen = false;
  return (passing) => {
    const isNow = isSeen && isSecond(passing);
    isSeen ||= isFirst(passing);
    return isNow;
  };
};
