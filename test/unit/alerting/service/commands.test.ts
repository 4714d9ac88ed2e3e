import { describe, expect, test } from 'vitest';
import { BLANK_COMMAND } from '../../../../services/kernel/command.ts';
import type { Command, SilenceScope } from '../../../../services/kernel/command.ts';
import { HOUR, T0 } from '../../../support/alerting.ts';
import { hour, kinds, running, tick, transitions } from '../../../support/alerting-process.ts';
import { memoryWorld } from '../../../support/memory-alerting.ts';

describe('commands', () => {
  const command = (over: Partial<Command> & Pick<Command, 'kind' | 'target'>): Command => ({
    ...BLANK_COMMAND,
    id: `of-${over.kind}`,
    by: 'person:li-wei',
    at: T0,
    ...over,
  });
  const scope: SilenceScope = {
    kind: 'silence',
    matchers: [{ name: 'rule', op: '=', value: 'net-sales-low' }],
    startsAt: T0,
    endsAt: T0 + 100 * HOUR,
  };
  const silence = command({ kind: 'silence', target: 'sil-1', silence: scope });

  test('what was told is on the topic, then on alerts, and counts once, whoever comes after', async () => {
    const world = memoryWorld();
    const first = await running(world);
    world.write(tick(0), ...hour(0, 500));
    await first.read();
    const target = world.alerts[0]?.id ?? '';
    const ack = command({ kind: 'acknowledge', target, until: T0 + 50 * HOUR });
    await first.alerting.tell(ack);
    await first.read();
    expect(transitions(world)).toEqual(['firing', 'acknowledged']);
    expect(world.alerts.at(-1)).toMatchObject({ acknowledgedBy: 'person:li-wei', command: 0 });
    await first.alerting.stop();
    // A restart, then a loss of the store: the log of commands is read again, and the document has this one.
    const second = await running(world);
    await second.alerting.stop();
    world.store.lose();
    const third = await running(world);
    expect(transitions(world)).toEqual(['firing', 'acknowledged']);
    const [alert] = [...third.alerting.alerts()];
    expect(alert?.episode?.overlay.ack).toMatchObject({ by: 'person:li-wei' });
    await third.alerting.stop();
  });

  test('the same command again changes nothing', async () => {
    const world = memoryWorld();
    const process = await running(world);
    world.write(tick(0), ...hour(0, 500));
    await process.read();
    const comment = command({ kind: 'comment', target: world.alerts[0]?.id ?? '', text: 'seen' });
    await process.alerting.tell(comment);
    await process.alerting.tell(comment);
    await process.read();
    expect(transitions(world)).toEqual(['firing', 'commented']);
    await process.alerting.stop();
  });

  test('a silence outlives the store: it is rebuilt from the topic before anything is judged', async () => {
    const world = memoryWorld();
    const first = await running(world);
    world.write(tick(0), ...hour(0, 5000));
    await first.read();
    await first.alerting.tell(silence);
    world.write(...hour(1, 500), ...hour(2, 5000));
    await first.read();
    expect(kinds(first)).toEqual([]);
    expect(transitions(world)).toEqual(['firing', 'silenced', 'resolved']);
    await first.alerting.stop();
    world.store.lose();
    const second = await running(world);
    world.write(...hour(3, 400));
    await second.read();
    expect(kinds(second)).toEqual([]);
    expect(transitions(world).slice(3)).toEqual(['firing', 'silenced']);
    await second.alerting.tell(command({ kind: 'unsilence', target: 'sil-1' }));
    await second.read();
    expect(kinds(second)).toEqual(['unmuted']);
    await second.alerting.stop();
  });

  test('a process that died before the commit is followed by one that applies the command alike', async () => {
    const world = memoryWorld();
    let isDying = false;
    const commit: typeof world.store.commit = (...args) =>
      isDying ? Promise.reject(new Error('gone')) : world.store.commit(...args);
    const first = await running(world, undefined, { store: { ...world.store, commit } });
    world.write(tick(0), ...hour(0, 500));
    await first.read();
    isDying = true;
    const close = command({ kind: 'close', target: world.alerts[0]?.id ?? '' });
    await first.alerting.tell(close);
    await first.stepAndLeave();
    await first.alerting.stop();
    expect(transitions(world)).toEqual(['firing', 'closed']);
    const second = await running(world);
    await second.read();
    // Read again, and written again under the number that it had.
    expect(transitions(world)).toEqual(['firing', 'closed', 'closed']);
    expect(world.alerts.map(({ sequence }) => sequence)).toEqual([1, 2, 2]);
    const [alert] = [...second.alerting.alerts()];
    expect(alert?.episode?.overlay.closed).toMatchObject({ by: 'person:li-wei' });
    await second.alerting.stop();
  });
});
