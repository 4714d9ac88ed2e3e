import { describe, expect, test } from 'vitest';
import type { SilenceScope } from '../../../services/kernel/command.ts';
import { overdueEscalations } from '../../../services/alerting/core/alert/escalation.ts';
import { owedOf } from '../../../services/alerting/core/alert/lifecycle.ts';
import { localDateAt } from '../../../services/alerting/core/people/local-time.ts';
import type { Absence, PersonDefinition } from '../../../services/kernel/definitions.ts';
import { aReceiver, aRule, at, bench, HOUR, salesCatalog } from '../../support/alerting.ts';
import { aMetric } from '../../support/metrics.ts';
import type { Definitions } from '../../support/platform.ts';

/** Sales that answer by ops-hook, and a chain above them: the chief after one hour, the board after two. */
const answering = (rule: Parameters<typeof aRule>[0] = {}, zone = 'UTC') => {
  const team = (id: string, receiver: string) => {
    return { id, name: { en: id }, members: [], timezone: zone, receivers: [receiver] };
  };
  const escalation = [
    { afterMs: HOUR, to: 'team:chief' as const },
    { afterMs: 2 * HOUR, to: 'team:board' as const },
  ];
  const entry = { metric: 'net-sales', where: {}, accountable: 'team:sales' as const, escalation };
  return salesCatalog({
    rules: [aRule(rule)],
    teams: [team('sales', 'ops-hook'), team('chief', 'chief-hook'), team('board', 'board-hook')],
    receivers: ['ops-hook', 'chief-hook', 'board-hook'].map((id) => aReceiver({ id })),
    responsibilities: [{ id: 'sales-owners', entries: [entry] }],
  });
};
type Bench = ReturnType<typeof bench>;
const toldTo = (b: Bench) => b.messages().map(({ kind, receiver }) => `${kind} ${receiver}`);
const silence = (from: number, to: number, over: Partial<SilenceScope> = {}) => {
  const matchers = [{ name: 'rule', op: '=', value: 'net-sales-low' }] as const;
  const scope = { kind: 'silence', matchers, startsAt: at(from), endsAt: at(to), ...over } as const;
  return { kind: 'silence', silence: scope } as const;
};

describe('case 8, escalation', () => {
  test('whose rule is no more ends for everybody, and says nothing of a step to those who answered', () => {
    const b = bench(answering());
    b.hour(0, 900);
    b.clock(2);
    expect(b.publish(salesCatalog({ rules: [] }))).toEqual(['resolved: rule_removed']);
    const ends = b.messages().filter(({ kind }) => kind === 'resolved');
    expect(ends.map(({ receiver }) => receiver)).toEqual(['ops-hook', 'chief-hook']);
    for (const { body } of ends) expect(JSON.parse(body).data.escalation).toBeUndefined();
  });

  test('whom a step calls in is not reminded with the same second', () => {
    const b = bench(answering({ notify: { repeatMs: [HOUR], max: 1 } }));
    b.hour(0, 900);
    expect(b.clock(2)).toEqual(['escalated: step 1 team:chief', 'repeated: repeat_interval']);
    expect(toldTo(b)).toEqual(['firing ops-hook', 'escalated chief-hook', 'repeated ops-hook']);
  });

  test('steps fall due by the clock of the log, each is told once, and its people are owed the end', () => {
    const b = bench(answering());
    expect(b.hour(0, 900)).toEqual(['firing: breach']);
    expect(b.clock(1.9)).toEqual([]);
    expect(b.clock(2)).toEqual(['escalated: step 1 team:chief']);
    expect(b.clock(2.5)).toEqual([]);
    expect(b.clock(3)).toEqual(['escalated: step 2 team:board']);
    expect(b.clock(4)).toEqual([]);
    b.value(1, 900);
    b.value(2, 5000);
    b.tick(3);
    expect(toldTo(b).slice(0, 3)).toEqual([
      'firing ops-hook',
      'escalated chief-hook',
      'escalated board-hook',
    ]);
    expect(toldTo(b).slice(3).toSorted()).toEqual([
      'resolved board-hook',
      'resolved chief-hook',
      'resolved ops-hook',
    ]);
    const escalated = JSON.parse(b.messages()[1]?.body ?? '');
    expect(escalated.type).toBe('alert.escalated');
    expect(escalated.data.escalation).toEqual({
      to: 'team:chief',
      after: 3600,
      answering: { who: 'team:chief', as: 'escalation' },
      passedOver: [],
    });
  });

  test('an edit of the chain does not touch what is under way', () => {
    const b = bench(answering());
    b.hour(0, 900);
    const plain = salesCatalog();
    b.publish({ ...answering(), responsibilities: plain.responsibilities ?? [] });
    expect(b.clock(2)).toEqual(['escalated: step 1 team:chief']);
  });

  test('an acknowledgement stops it, its end begins it anew', () => {
    const b = bench(answering());
    b.hour(0, 900);
    expect(b.say(1.5, { kind: 'acknowledge', until: at(10) })).toEqual([
      'acknowledged: person:li-wei',
    ]);
    expect(b.clock(9)).toEqual([]);
    expect(b.clock(10)).toEqual(['unacknowledged: expired']);
    expect(b.clock(10.9)).toEqual([]);
    expect(b.clock(11)).toEqual(['escalated: step 1 team:chief']);
  });

  test('taken back by a person, an acknowledgement begins it anew too', () => {
    const b = bench(answering());
    b.hour(0, 900);
    b.say(1.5, { kind: 'acknowledge', until: at(10) });
    expect(b.say(2.5, { kind: 'unacknowledge' })).toEqual(['unacknowledged: person:li-wei']);
    expect(b.clock(3.4)).toEqual([]);
    expect(b.clock(3.5)).toEqual(['escalated: step 1 team:chief']);
  });

  test('maintenance that begins in mid-chain halts it, and at its end it goes on with the current step', () => {
    const b = bench(answering());
    b.hour(0, 900);
    b.clock(2);
    expect(b.say(2.5, silence(2.5, 12.5, { kind: 'maintenance' }))).toEqual([
      'silenced: maintenance sil-1',
    ]);
    expect(b.clock(12)).toEqual([]);
    expect(b.clock(12.5)).toEqual(['unmuted: maintenance sil-1']);
    expect(b.clock(12.9)).toEqual([]);
    expect(b.clock(13)).toEqual(['escalated: step 2 team:board']);
  });

  test('the end of the episode ends it', () => {
    const b = bench(answering());
    b.hour(0, 900);
    b.hour(1, 5000);
    expect(b.clock(5)).toEqual([]);
  });

  test('the auditor finds a step that is more than a minute late, and a chain that is gone', () => {
    const b = bench(answering());
    b.hour(0, 900);
    const late = (alert: ReturnType<Bench['alert']>, hour: number) =>
      overdueEscalations([alert], at(hour)).length;
    const alert = b.alert();
    expect(late(alert, 2 + 1 / 60)).toBe(0);
    expect(late(alert, 2 + 1.1 / 60)).toBe(1);
    const { episode } = alert;
    if (!episode) throw new Error('no episode');
    expect(late({ ...alert, episode: { ...episode, escalation: null } }, 1)).toBe(1);
    b.say(1.5, { kind: 'acknowledge', until: at(30) });
    expect(late(b.alert(), 20)).toBe(0);
  });
});

describe('a step of the escalation to somebody who is away', () => {
  const person = (id: string, over: Partial<PersonDefinition> = {}): PersonDefinition => ({
    id,
    name: { en: id },
    locale: 'en',
    timezone: 'UTC',
    receivers: [`${id}-hook`],
    ...over,
  });
  const steps = (absence: Omit<Absence, 'from'>, over: Definitions = {}): Definitions => ({
    ...answering(),
    people: [
      person('cy', { absences: [{ from: localDateAt(at(1.5), 'UTC'), ...absence }] }),
      person('dee'),
    ],
    receivers: ['ops-hook', 'cy-hook', 'dee-hook'].map((id) => aReceiver({ id })),
    responsibilities: [
      {
        id: 'sales-owners',
        entries: [
          {
            metric: 'net-sales',
            where: {},
            accountable: 'team:sales',
            escalation: [{ afterMs: HOUR, to: 'person:cy' }],
          },
        ],
      },
    ],
    ...over,
  });
  const nextWeek = localDateAt(at(7 * 24), 'UTC');

  test('goes to the deputy whom his absence names, and says so', () => {
    const b = bench(steps({ to: nextWeek, deputy: 'person:dee' }));
    b.hour(0, 900);
    expect(b.clock(2)).toEqual(['escalated: step 1 person:cy']);
    expect(toldTo(b)).toEqual(['firing ops-hook', 'escalated dee-hook']);
    const { escalation } = JSON.parse(b.messages()[1]?.body ?? '').data;
    expect(escalation).toEqual({
      to: 'person:cy',
      after: 3600,
      answering: { who: 'person:dee', as: 'absence' },
      passedOver: [{ who: 'person:cy', as: 'escalation', reason: 'absent', until: nextWeek }],
    });
  });

  test('without a deputy goes to the owner of the metric, then to the fallback team', () => {
    const b = bench(steps({ to: nextWeek }));
    b.hour(0, 900);
    b.clock(2);
    expect(toldTo(b)).toEqual(['firing ops-hook', 'escalated ops-hook']);
    const gone = bench(
      steps(
        { to: nextWeek },
        {
          metrics: [aMetric({ timezone: 'UTC', owner: 'person:nobody' })],
          settings: { fallbackTeam: 'team:sales' },
        },
      ),
    );
    gone.hour(0, 900);
    gone.clock(2);
    expect(JSON.parse(gone.messages()[1]?.body ?? '').data.escalation).toMatchObject({
      answering: { who: 'team:sales', as: 'fallback' },
      passedOver: [{ who: 'person:cy' }, { who: 'person:nobody', reason: 'unknown' }],
    });
  });

  test('who is away is asked when the step is due, not when the episode begins', () => {
    const today = localDateAt(at(0), 'UTC');
    const tomorrow = localDateAt(at(24), 'UTC');
    const chain = steps({ to: tomorrow });
    const away = {
      ...chain,
      people: [person('cy', { absences: [{ from: today, to: tomorrow }] })],
    };
    const entry = chain.responsibilities?.[0]?.entries[0];
    if (!entry) throw new Error('no entry');
    const escalation = [{ afterMs: 24 * HOUR, to: 'person:cy' as const }];
    const b = bench({
      ...away,
      responsibilities: [{ id: 'sales-owners', entries: [{ ...entry, escalation }] }],
    });
    b.hour(0, 900);
    expect(b.clock(25)).toContain('escalated: step 1 person:cy');
    expect(toldTo(b).at(-1)).toBe('escalated cy-hook');
  });

  test('a step that reaches nobody is recorded as such, and the auditor counts it until somebody sees to it', () => {
    const owner = aMetric({ timezone: 'UTC', owner: 'person:nobody' });
    const b = bench(steps({ to: nextWeek }, { metrics: [owner] }));
    b.hour(0, 900);
    expect(overdueEscalations([b.alert()], at(2))).toHaveLength(0);
    expect(b.clock(2)).toEqual(['not_delivered: step 1 person:cy reaches nobody']);
    expect(toldTo(b)).toEqual(['firing ops-hook']);
    expect(overdueEscalations([b.alert()], at(2))).toHaveLength(1);
    b.say(2.5, { kind: 'acknowledge', until: at(30) });
    expect(overdueEscalations([b.alert()], at(3))).toHaveLength(0);
  });
});

describe('no data burns as a breach does', () => {
  const silentFrom = (b: Bench, from: number) => {
    const seen: string[] = [];
    for (let hour = from; hour < from + 1.2; hour += 1 / 240) seen.push(...b.clock(hour));
    return seen;
  };

  test('what fires unacknowledged is escalated and said again when its source falls silent', () => {
    const b = bench(answering({ notify: { repeatMs: [3 * HOUR] } }));
    b.hour(0, 900);
    expect(silentFrom(b, 1)).toEqual(['escalated: step 1 team:chief', 'nodata: absent']);
    expect(overdueEscalations([b.alert()], at(3.1))).toHaveLength(1);
    expect(b.clock(3)).toEqual(['escalated: step 2 team:board']);
    expect(b.clock(5.5)).toEqual(['repeated: repeat_interval']);
    expect(JSON.parse(b.messages().at(-1)?.body ?? '').data.alert.state).toBe('nodata');
  });

  test('an episode that begins as no data has its chain, which goes on when it fires', () => {
    const b = bench(answering());
    b.hour(0, 5000);
    expect(silentFrom(b, 1.5)).toEqual(['nodata: absent']);
    expect(b.alert().episode?.escalation?.steps).toHaveLength(2);
    expect(b.clock(3.2)).toEqual(['escalated: step 1 team:chief']);
    b.value(1, 900);
    expect(b.tick(3.3)).toContain('firing: breach');
    expect(b.clock(3.9)).toEqual([]);
    expect(b.clock(4.2)).toEqual(['escalated: step 2 team:board']);
  });

  test('a rise in severity is told while there is no data, too', () => {
    const b = bench(answering({ severity: 'warning' }));
    b.hour(0, 5000);
    silentFrom(b, 1.5);
    b.say(2.8, { kind: 'acknowledge', until: at(30) });
    expect(b.publish(answering({ severity: 'critical' }))).toEqual(['nodata: severity_rise']);
    expect(b.alert().episode?.overlay.ack).toBeNull();
  });
});

describe('case 9, an end is owed to all who were told', () => {
  test.each([
    ['a silence', silence(1.1, 30)],
    ['maintenance', silence(1.1, 30, { kind: 'maintenance' })],
    ['a snooze', { kind: 'snooze', until: at(30) }],
    ['an acknowledgement', { kind: 'acknowledge', until: at(30) }],
    ['a close', { kind: 'close' }],
  ] as const)('under %s', (_, command) => {
    const b = bench(answering());
    b.hour(0, 900);
    b.say(1.2, command);
    b.clock(1.3);
    expect(b.hour(1, 5000)).toEqual(['resolved: recovered']);
    expect(toldTo(b)).toEqual(['firing ops-hook', 'resolved ops-hook']);
  });

  test('who was told nothing is told of no end', () => {
    const b = bench();
    b.say(0.5, silence(0.5, 30));
    expect(b.hour(0, 900)).toEqual(['firing: breach', 'silenced: silence sil-1']);
    expect(b.hour(1, 5000)).toEqual(['resolved: recovered']);
    expect(b.told()).toEqual([]);
    // Whoever goes by the numbers passes over nothing.
    expect(b.emitted.map(({ alert }) => alert.sequence)).toEqual([1, 2, 3]);
  });

  test('a correction is owed under a silence too', () => {
    const b = bench();
    b.hour(0, 900);
    b.say(1.2, silence(1.1, 30));
    b.clock(1.3);
    b.value(0, 2000, { state: 'revised', revision: 1 });
    expect(b.told()).toEqual(['firing', 'corrected']);
  });
});

describe('case 10, a mute that ends', () => {
  test('while it fires its people are told at once, once', () => {
    const b = bench();
    b.say(0.5, silence(0.5, 5));
    b.hour(0, 900);
    expect(b.clock(4.9)).toEqual([]);
    expect(b.clock(5)).toEqual(['unmuted: silence sil-1']);
    expect(b.clock(6)).toEqual([]);
    expect(toldTo(b)).toEqual(['unmuted ops-hook']);
    const { type, data } = JSON.parse(b.messages()[0]?.body ?? '');
    expect([type, data.alert.state, data.alert.reason]).toEqual([
      'alert.unmuted',
      'firing',
      'silence sil-1',
    ]);
    b.value(1, 900);
    b.value(2, 5000);
    b.tick(3);
    expect(toldTo(b)).toEqual(['unmuted ops-hook', 'resolved ops-hook']);
  });

  test('by a person who ends the silence, too', () => {
    const b = bench();
    b.say(0.5, silence(0.5, 50));
    b.hour(0, 900);
    expect(b.say(2, { kind: 'unsilence', target: 'sil-1' })).toEqual(['unmuted: silence sil-1']);
  });

  test('no counter was used up: repeats begin with the telling', () => {
    const b = bench(answering({ notify: { repeatMs: [HOUR], max: 1 } }));
    b.say(0.5, silence(0.5, 5));
    b.hour(0, 900);
    b.clock(5);
    expect(b.clock(5.9)).toEqual([]);
    expect(b.clock(6)).toContain('repeated: repeat_interval');
  });

  test('while it recovers nobody is told; when it burns again they are', () => {
    const b = bench(salesCatalog({ rules: [aRule({ keepFiringMs: 3 * HOUR })] }));
    b.say(0.5, silence(0.5, 2.5));
    b.hour(0, 900);
    expect(b.hour(1, 5000)).toEqual(['recovering: healthy']);
    expect(b.clock(2.6)).toEqual([]);
    expect(b.hour(2, 900)).toEqual(['firing: breach_again']);
    expect(b.clock(3.1)).toEqual(['unmuted: silence sil-1']);
    expect(toldTo(b)).toEqual(['unmuted ops-hook']);
  });

  test('one mute after another is one mute', () => {
    const b = bench();
    b.say(0.5, silence(0.5, 3));
    b.hour(0, 900);
    expect(b.say(2, { kind: 'snooze', until: at(6) })).toEqual([
      'snoozed: person:li-wei',
      'silenced: snoozed',
    ]);
    expect(b.clock(3)).toEqual([]);
    expect(b.clock(6)).toEqual(['unsnoozed: expired', 'unmuted: snoozed']);
    expect(b.told()).toEqual(['unmuted']);
  });
});

describe('case 7, severity', () => {
  test('a rise tells at once and asks again who had acknowledged', () => {
    const b = bench(answering({ severity: 'warning' }));
    b.hour(0, 900);
    b.say(1.5, { kind: 'acknowledge', until: at(30) });
    expect(b.publish(answering({ severity: 'critical' }))).toEqual(['firing: severity_rise']);
    expect(b.alert().episode?.overlay.ack).toBeNull();
    expect(JSON.parse(b.messages()[1]?.body ?? '').data.alert.severity).toBe('critical');
    expect(b.clock(2.6)).toEqual(['escalated: step 1 team:chief']);
  });

  test('a rise while it recovers takes the acknowledgement back, and is told when it burns again', () => {
    const rule = { keepFiringMs: 3 * HOUR };
    const b = bench(answering({ ...rule, severity: 'warning' }));
    b.hour(0, 900);
    b.say(1.5, { kind: 'acknowledge', until: at(30) });
    expect(b.hour(1, 5000)).toEqual(['recovering: healthy']);
    expect(b.publish(answering({ ...rule, severity: 'critical' }))).toEqual([
      'unacknowledged: severity_rise',
    ]);
    expect(b.alert().episode?.overlay.ack).toBeNull();
    expect(b.told()).toEqual(['firing']);
    expect(b.hour(2, 900)).toEqual(['firing: breach_again']);
    expect(b.told()).toEqual(['firing', 'firing']);
    expect(JSON.parse(b.messages()[1]?.body ?? '').data.alert.severity).toBe('critical');
    expect(b.clock(3.9)).toEqual([]);
    expect(b.clock(4)).toEqual(['escalated: step 1 team:chief']);
  });

  test('a fall is told with what is told next', () => {
    const b = bench(answering({ severity: 'critical' }));
    b.hour(0, 900);
    expect(b.publish(answering({ severity: 'info' }))).toEqual([]);
    b.hour(1, 5000);
    expect(JSON.parse(b.messages().at(-1)?.body ?? '').data.alert.severity).toBe('info');
  });
});

describe('case 11, repeats', () => {
  test('back off by the list, the last wait for good, up to the maximum', () => {
    const b = bench(
      salesCatalog({ rules: [aRule({ notify: { repeatMs: [HOUR, 2 * HOUR], max: 3 } })] }),
    );
    const repeats: number[] = [];
    for (let hour = 0; hour < 20; hour++) {
      b.hour(hour, 900);
      if (b.clock(hour + 1).includes('repeated: repeat_interval')) repeats.push(hour + 1);
      deliverAll(b);
    }
    expect(repeats).toEqual([2, 4, 6]);
  });

  test('not while somebody sees to it', () => {
    const b = bench(salesCatalog({ rules: [aRule({ notify: { repeatMs: [HOUR] } })] }));
    b.hour(0, 900);
    b.say(1.5, { kind: 'acknowledge', until: at(4) });
    expect(b.clock(3)).toEqual([]);
    expect(b.clock(4)).toEqual(['unacknowledged: expired', 'repeated: repeat_interval']);
  });

  test('of a month not before the next month is there', () => {
    const window = { kind: 'period', period: 'month' } as const;
    const rule = aRule({ window, notify: { repeatMs: [HOUR] }, when: 'value < 100000000' });
    const b = bench(salesCatalog({ rules: [rule] }));
    const day = 24 * HOUR;
    // Of December: November was not watched from its start.
    const start = at(0) - (at(0) % day) + 20 * day;
    b.value(0, 900, { grain: 'day', start, end: start + day });
    expect(b.tick(24 * 50)).toEqual(['firing: breach']);
    expect(b.clock(24 * 60)).toEqual([]);
    b.tick(24 * 80);
    expect(b.clock(24 * 81)).toEqual(['repeated: repeat_interval']);
  });
});

describe('case 16, what was red before its rule', () => {
  test('fires, says so, and escalates from the next window on', () => {
    const b = bench({ ...answering(), rules: [aRule({ id: 'other' })] });
    b.hour(0, 900);
    expect(b.publish(answering())).toContain('resolved: rule_removed');
    expect(b.clock(1.01)).toEqual([]);
    expect(b.tick(1.02)).toEqual(['firing: already_breached']);
    expect(b.clock(3)).toEqual([]);
    b.hour(1, 900);
    expect(b.clock(3.9)).toEqual([]);
    expect(b.clock(4.1)).toEqual(['escalated: step 1 team:chief']);
  });

  test('the beginning of a window that may come to be well is no next window', () => {
    const b = bench({ ...answering(), rules: [aRule({ id: 'other' })] });
    b.hour(0, 900);
    const high = aRule({ evaluate: 'onUpdate', when: 'value > 800' });
    b.publish({ ...answering(), rules: [high] });
    expect(b.tick(1.02)).toEqual(['firing: already_breached']);
    b.value(1, 100);
    expect(b.clock(3)).toEqual([]);
  });
});

describe('commands', () => {
  test('the same id again has no further effect, nor has one for another episode, nor a link twice', () => {
    const b = bench();
    b.hour(0, 900);
    const ack = { kind: 'acknowledge', until: at(10), id: 'once' } as const;
    expect(b.say(1.1, ack)).toEqual(['acknowledged: person:li-wei']);
    expect(b.say(1.2, ack)).toEqual([]);
    expect(b.say(1.3, { kind: 'unacknowledge', episode: 'another' })).toEqual([]);
    const byLink = { kind: 'acknowledge', until: at(10), link: 'ops-hook' } as const;
    expect(b.say(1.4, byLink)).toEqual(['acknowledged: person:li-wei']);
    expect(b.say(1.5, { ...byLink, id: 'again' })).toEqual([]);
    const snooze = { kind: 'snooze', until: at(10), link: 'ops-hook 9 snooze' } as const;
    expect(b.say(1.5, { ...snooze, id: 'late', episode: 'another' })).toEqual([]);
    expect(b.say(1.5, snooze)).toContain('snoozed: person:li-wei');
    expect(b.say(1.5, { ...snooze, id: 'twice' })).toEqual([]);
    expect(b.say(1.6, { kind: 'acknowledge', until: at(1.5) })).toEqual([]);
  });

  test('comments, an assignee and a close lie on the alert; the condition knows nothing of them', () => {
    const b = bench(answering());
    b.hour(0, 900);
    const before = b.alert().machine;
    expect(b.say(1.1, { kind: 'comment', text: 'looking' })).toEqual(['commented: person:li-wei']);
    expect(b.say(1.2, { kind: 'assign', assignee: 'person:anna' })).toEqual([
      'assigned: person:li-wei',
    ]);
    expect(b.say(1.3, { kind: 'close', text: 'known' })).toEqual(['closed: person:li-wei']);
    expect(b.alert().machine).toEqual(before);
    expect(b.alert().overlay.comments).toMatchObject([{ by: 'person:li-wei', text: 'looking' }]);
    expect(b.alert().episode?.overlay).toMatchObject({
      assignee: 'person:anna',
      closed: { by: 'person:li-wei', comment: 'known' },
    });
    expect(b.clock(9)).toEqual([]);
    b.hour(1, 5000);
    b.hour(2, 900);
    expect(b.alert().episode?.overlay).toMatchObject({ assignee: null, closed: null });
    expect(toldTo(b).at(-1)).toBe('firing ops-hook');
  });

  test('a snooze holds over episodes until it ends', () => {
    const b = bench();
    b.hour(0, 900);
    b.say(1.1, { kind: 'snooze', until: at(4.5) });
    b.hour(1, 5000);
    expect(b.hour(2, 900)).toEqual(['firing: breach', 'silenced: snoozed']);
    expect(b.say(3.2, { kind: 'snooze', until: null })).toEqual([
      'unsnoozed: person:li-wei',
      'unmuted: snoozed',
    ]);
  });

  test('the same two logs give the same messages; a command counts where a clock says so', () => {
    const told = (): readonly string[] => {
      const b = bench(answering());
      b.hour(0, 900);
      b.say(1.5, silence(1, 3));
      b.hour(1, 5000);
      b.hour(2, 800);
      b.clock(4);
      return b.messages().map(({ id, body }) => `${id} ${body}`);
    };
    expect(told()).toEqual(told());
  });
});

/** Every message that is owed is delivered, as far as a decision looks at it. */
function deliverAll(b: Bench): void {
  const track = b.state().tracks.get(b.alert().id);
  if (!track) throw new Error('no track');
  const delivery = {
    status: 'delivered',
    attempts: 1,
    firstAttemptMs: 1,
    nextAttemptMs: 1,
    detail: '',
  } as const;
  const { episode } = track.alert;
  if (!episode) return;
  const deliveries = Object.fromEntries(
    owedOf(track.alert).map(({ message }) => [message.id, delivery]),
  );
  const all = { ...episode.deliveries, ...deliveries };
  b.state().setAlert(track, { ...track.alert, episode: { ...episode, deliveries: all } });
}
