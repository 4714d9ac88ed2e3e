import { expect, it } from 'vitest';
import { profileTable, selfTimes } from '../../../bench/support/profile-table.ts';
import type { CpuProfile } from '../../../bench/support/profile-table.ts';

const node = (id: number, functionName: string, url = ''): CpuProfile['nodes'][number] => ({
  id,
  callFrame: { functionName, url, lineNumber: 9 },
});
const PROFILE: CpuProfile = {
  nodes: [
    node(1, '(idle)'),
    node(2, 'fold', 'file:///repo/services/fold.ts'),
    node(3, 'fold', 'file:///repo/services/fold.ts'),
    node(4, '', 'node:buffer'),
  ],
  samples: [1, 2, 3, 4, 2],
  timeDeltas: [9_000, 1_000, 2_000, 1_500, 3_000],
};

it('time in a function itself is added up over all callers, and waiting is left out', () => {
  expect(selfTimes(PROFILE, '/repo')).toEqual([
    { name: 'fold services/fold.ts:10', ms: 6 },
    { name: '(anonymous) node:buffer:10', ms: 1.5 },
  ]);
});

it('the table says how much of all it is, and per event', () => {
  const text = profileTable(selfTimes(PROFILE, '/repo'), { per: 'event', count: 1_000, rows: 1 });
  const [head, first, total] = text.split('\n').map((line) => line.trim().split(/ {2,}|(?<=\d) /));
  expect(head).toEqual(['ms', '%', 'µs/event']);
  expect(first?.slice(0, 3)).toEqual(['6', '80.0', '6.000']);
  expect(total?.slice(0, 3)).toEqual(['8', '100.0', '7.500']);
});
