import { err, ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';
import { slackApiAnswer } from '../../core/sending/chat-verdict.ts';
import type { SlackAnswer } from '../../core/sending/chat-verdict.ts';
import type { Verdict } from '../../core/sending/delivery.ts';
import { slackForm } from '../../core/words/slack-form.ts';
import { kindOf, parseBody } from '../../core/words/text-body.ts';
import type { Place, Thread, Threads } from '../../ports.ts';
import { postJson, readSecrets } from './chat-post.ts';
import type { ChatPorts } from './chat-post.ts';
import type { WordsOf } from './message-words.ts';
import type { SlackBot } from './slack.ts';

export const SLACK_API = 'https://slack.com/api';

/** The first message is not there any more, or may not be changed any more: what is told stands on its own. */
const LOST = new Set([
  'message_not_found',
  'thread_not_found',
  'cant_update_message',
  'edit_window_closed',
]);
/** They change what the first message says; all else is said in its thread. */
const UPDATES = new Set(['resolved', 'corrected']);
/** Said in the thread and in the channel: people must see it now. */
const BROADCASTS = new Set(['firing', 'escalated', 'unmuted', 'nodata', 'assigned']);

/**
 * One message for each episode: the first is posted and remembered, its end or correction changes it in place, what comes
 * between is a reply in its thread. Tests have no episode and digests have many: both stand on their own.
 * @see https://docs.slack.dev/reference/methods/chat.postMessage
 */
export function slackBot(
  ports: ChatPorts & { wordsOf: WordsOf; threads: Threads; apiUrl?: string },
): SlackBot {
  const { threads, wordsOf } = ports;
  return async (message, receiver) => {
    const read = readSecrets(ports.secrets, { token: receiver.token });
    if (!read.ok) return read.error;
    const { token } = read.value;
    const call = async (method: string, body: object): Promise<SlackAnswer> => {
      const answer = await postJson(ports, {
        url: `${ports.apiUrl ?? SLACK_API}/${method}`,
        headers: { authorization: `Bearer ${token}` },
        body,
        hidden: [token],
      });
      return answer.ok ? slackApiAnswer(answer.value) : { verdict: answer.error };
    };
    const body = parseBody(message.body);
    const form = slackForm(wordsOf(message, receiver));
    const episode = body.data.alert?.episode;
    const thread = episode === undefined ? undefined : { receiver: receiver.id, episode };
    const first = thread && (await found(threads, thread));
    if (first?.ok === false) return { kind: 'retryable', detail: first.error };
    if (first?.value) {
      const answer = await follow(call, { first: first.value, form, kind: kindOf(body) });
      if (answer.error === undefined || !LOST.has(answer.error)) return answer.verdict;
    }
    const posted = await call('chat.postMessage', { channel: receiver.channel, ...form });
    if (posted.verdict.kind !== 'delivered' || !posted.place || !thread) return posted.verdict;
    return kept(threads, thread, posted.place);
  };
}

/** Err where Redis does not say: to post now could tell people twice. */
async function found(threads: Threads, thread: Thread): Promise<Result<Place | undefined, string>> {
  try {
    return ok(await threads.find(thread));
  } catch (error) {
    return err((error as Error).message);
  }
}

/** What is told is told: a place that is not remembered only means that the end is a message of its own. */
async function kept(threads: Threads, thread: Thread, place: Place): Promise<Verdict> {
  try {
    await threads.keep(thread, place);
    return { kind: 'delivered', detail: 'ok' };
  } catch (error) {
    return { kind: 'delivered', detail: `ok, but not remembered: ${(error as Error).message}` };
  }
}

function follow(
  call: (method: string, body: object) => Promise<SlackAnswer>,
  of: { first: Place; form: object; kind: string },
): Promise<SlackAnswer> {
  const { channel, ts } = of.first;
  if (UPDATES.has(of.kind)) return call('chat.update', { channel, ts, ...of.form });
  return call('chat.postMessage', {
    channel,
    thread_ts: ts,
    reply_broadcast: BROADCASTS.has(of.kind),
    ...of.form,
  });
}
