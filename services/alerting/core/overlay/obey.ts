import type { Command, CommandKind, LoggedCommand } from '../../../kernel/command.ts';
import type { TransitionKind } from '../../../kernel/alert.ts';
import { parseFeedback } from '../../../kernel/feedback.ts';
import { assertNever } from '../../../kernel/result.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import { recorded } from '../alert/recorded.ts';
import type { Reduced } from '../alert/recorded.ts';
import type { AlertState, Episode } from '../alert/episode.ts';
import { restarted } from '../alert/escalation.ts';
import { withUse } from './link-use.ts';
import { COMMAND_IDS_MAX, COMMENTS_MAX } from './overlay.ts';
import type { EpisodeOverlay } from './overlay.ts';
import { currentEpisode } from '../alert/record.ts';

/**
 * An alert after a command of its own. Pure, and applied once: a command that the alert knows (by its offset or its id)
 * changes nothing, nor one that comes too late: for an episode that has ended, an end that has passed, a link that was used.
 */
export function obey(state: AlertState, logged: LoggedCommand, logMs: EpochMs): Reduced {
  const { offset, command } = logged;
  const { lastCommand, commandIds } = state.overlay;
  const unchanged: Reduced = { state, transitions: [] };
  if (offset <= lastCommand || commandIds.includes(command.id)) return unchanged;
  if (command.link !== null && !isLinkGood(state.episode, command)) return unchanged;
  const done = carriedOut(state, command, logMs);
  if (!done) return unchanged;
  const { episode } = done.state;
  const overlay = {
    ...done.state.overlay,
    lastCommand: offset,
    commandIds: [...commandIds, command.id].slice(-COMMAND_IDS_MAX),
  };
  const what = { kind: done.kind, reason: done.reason ?? command.by, check: null } as const;
  const next = { ...done.state, overlay, episode: episode && linkUsed(episode, command, logMs) };
  return recorded(next, what, logMs);
}

/** A link is for the episode that it was sent of, and does each thing once. */
const isLinkGood = (episode: Episode | null, { link, episode: meant }: Command): boolean =>
  (meant === null || episode?.id === meant) &&
  !(link !== null && episode?.overlay.linksUsed.includes(link));

function linkUsed(episode: Episode, { link }: Command, logMs: EpochMs): Episode {
  if (link === null) return episode;
  const { overlay } = episode;
  const linksUsed = withUse(overlay.linksUsed, link, logMs);
  return { ...episode, overlay: { ...overlay, linksUsed } };
}

/** `reason`: who it was, where nothing else is said. */
type Done = {
  readonly state: AlertState;
  readonly kind: TransitionKind;
  readonly reason?: string;
};

function carriedOut(state: AlertState, command: Command, logMs: EpochMs): Done | undefined {
  switch (command.kind) {
    case 'snooze':
      return snoozed(state, command, logMs);
    case 'comment':
      return commented(state, command, logMs);
    case 'feedback':
      return judged(state, command, logMs);
    case 'acknowledge':
    case 'unacknowledge':
    case 'assign':
    case 'close': {
      const { episode } = state;
      if (!episode || (command.episode !== null && command.episode !== episode.id))
        return undefined;
      const done = ofEpisode(episode, { ...command, kind: command.kind }, logMs);
      return done && { state: { ...state, episode: done.episode }, kind: done.kind };
    }
    case 'silence':
    case 'unsilence':
    case 'unsubscribe':
    case 'subscribe':
    case 'unreachable':
    case 'reachable':
    case 'disable':
    case 'enable':
      return undefined;
    default:
      return assertNever(command.kind);
  }
}

function snoozed(state: AlertState, command: Command, logMs: EpochMs): Done | undefined {
  const { by, until, text: comment } = command;
  const { overlay } = state;
  if (until === null)
    return overlay.snooze
      ? { state: { ...state, overlay: { ...overlay, snooze: null } }, kind: 'unsnoozed' }
      : undefined;
  if (until <= logMs) return undefined;
  const snooze = { by, atMs: logMs, untilMs: until, comment };
  return { state: { ...state, overlay: { ...overlay, snooze } }, kind: 'snoozed' };
}

function commented(state: AlertState, command: Command, logMs: EpochMs): Done | undefined {
  const { by, text, episode } = command;
  if (text === null) return undefined;
  const { overlay } = state;
  const comments = [...overlay.comments, { by, atMs: logMs, text, episode }].slice(-COMMENTS_MAX);
  return { state: { ...state, overlay: { ...overlay, comments } }, kind: 'commented' };
}

/** What somebody says of the open episode, or of the last one: of older ones nobody can say it any more. */
function judged(state: AlertState, command: Command, logMs: EpochMs): Done | undefined {
  const { by, text } = command;
  const given = parseFeedback(text ?? '');
  if (!given || text === null || currentEpisode(state)?.id !== command.episode) return undefined;
  const note = (one: Episode): Episode => {
    const overlay = { ...one.overlay, feedback: { ...given, by, atMs: logMs } };
    return one.id === command.episode ? { ...one, overlay } : one;
  };
  const { episode, ended } = state;
  const next = { ...state, episode: episode && note(episode), ended: ended.map(note) };
  return { state: next, kind: 'feedback', reason: text };
}

type OfEpisode = Extract<CommandKind, 'acknowledge' | 'unacknowledge' | 'assign' | 'close'>;

function ofEpisode(
  episode: Episode,
  command: Command & { readonly kind: OfEpisode },
  logMs: EpochMs,
): { readonly episode: Episode; readonly kind: TransitionKind } | undefined {
  const { by, until, text: comment, assignee } = command;
  const { overlay } = episode;
  const laid = (change: Partial<EpisodeOverlay>): Episode => {
    return { ...episode, overlay: { ...overlay, ...change } };
  };
  const said = { by, atMs: logMs, comment };
  switch (command.kind) {
    case 'acknowledge': {
      if (until === null || until <= logMs) return undefined;
      const ack = { ...said, untilMs: until };
      const firstAckMs = overlay.firstAckMs ?? logMs;
      return { episode: laid({ ack, firstAckMs }), kind: 'acknowledged' };
    }
    case 'unacknowledge':
      if (!overlay.ack) return undefined;
      return { episode: unacknowledged(episode, logMs), kind: 'unacknowledged' };
    case 'assign':
      return { episode: laid({ assignee }), kind: 'assigned' };
    case 'close':
      if (overlay.closed) return undefined;
      return { episode: laid({ closed: said, mutedBy: 'closed' }), kind: 'closed' };
    default:
      return assertNever(command.kind);
  }
}

/** Nobody sees to it any more: the escalation begins anew. */
export const unacknowledged = (episode: Episode, logMs: EpochMs): Episode => ({
  ...episode,
  overlay: { ...episode.overlay, ack: null },
  escalation: restarted(episode.escalation, logMs),
});
