import type { AlertState } from '../../services/alerting/core/alert/episode.ts';
import { BLANK_COMMAND } from '../../services/kernel/command.ts';
import type { Command } from '../../services/kernel/command.ts';
import { chance } from './chance.ts';
import type { World } from './world.ts';

const COMMANDS_MAX = 12;
/** How long what people say holds, at most; runs last some tens of seconds. */
const HOLDS_MAX_MS = 20_000;

/**
 * People say things at any moment, by what they see then; what they said lies on the topic in its order.
 * @param commands the topic, to which they are added
 */
export function scheduleCommands(
  { seed, scheduler, workload }: World,
  commands: Command[],
  alerts: () => Iterable<AlertState>,
): void {
  const draw = chance(seed, 'commands');
  const say = (): void => {
    const nowMs = workload.logNow(scheduler.now());
    const untilMs = nowMs + draw.between(500, HOLDS_MAX_MS);
    const kind = draw.pick([
      'acknowledge',
      'unacknowledge',
      'snooze',
      'comment',
      'close',
      'silence',
      'silence',
      'unsilence',
    ] as const);
    const about = [...alerts()];
    const alert = about.length > 0 ? draw.pick(about) : undefined;
    const silences = commands.filter((one) => one.kind === 'silence');
    const isOfSilence = kind === 'silence' || kind === 'unsilence';
    const target =
      kind === 'silence'
        ? `sil-${commands.length}`
        : kind === 'unsilence'
          ? silences.at(-1)?.target
          : alert?.id;
    if (target === undefined) return;
    commands.push({
      ...BLANK_COMMAND,
      id: `request-${draw.is(0.1) ? commands.length - 1 : commands.length}`,
      kind,
      target,
      episode: isOfSilence ? null : (alert?.episode?.id ?? null),
      by: 'person:anna',
      at: nowMs,
      until: kind === 'acknowledge' || (kind === 'snooze' && draw.is(0.8)) ? untilMs : null,
      text: kind === 'comment' ? 'seen' : null,
      silence:
        kind === 'silence'
          ? {
              kind: draw.pick(['silence', 'maintenance']),
              matchers: [{ name: 'rule', op: '=~', value: draw.pick(['*', 'net-sales-*']) }],
              startsAt: nowMs + draw.pick([0, 1_000]),
              endsAt: untilMs + 1_000,
            }
          : null,
    });
  };
  for (let i = draw.below(COMMANDS_MAX); i > 0; i--)
    scheduler.after(draw.between(0, workload.healedMs), say);
}
