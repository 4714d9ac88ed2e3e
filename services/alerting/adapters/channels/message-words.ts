import type { MessageTemplate } from '../../../kernel/definitions.ts';
import { createTemplates } from '../../../platform/template.ts';
import type { Message } from '../../core/alert/episode.ts';
import type { MessageText } from '../../core/words/message-text.ts';
import { kindOf, parseBody } from '../../core/words/text-body.ts';
import type { AlertBody } from '../../core/words/text-body.ts';
import { audienceOf, textOf } from '../../core/words/text.ts';
import type { Audience } from '../../core/words/text.ts';
import { WORDS } from '../../core/words/text-words.ts';

/** The words of a message for whom it is for. Pure. */
export type WordsOf = (
  message: Pick<Message, 'body' | 'locale' | 'timezone'>,
  own: { readonly template?: MessageTemplate; readonly keyword?: string },
) => MessageText;

/**
 * Built-in texts, or those of the receiver's own template. A template that fails tells nobody less: the built-in text goes
 * out with a note. Digests and test messages are always built in: templates are written for alerts.
 * @param escape makes a value harmless in the channel's markup
 */
export function wordsWith(escape: (text: string) => string): WordsOf {
  const renderTitle = createTemplates((text) => text);
  const renderBody = createTemplates(escape);
  return (message, { template, keyword }) => {
    const body = parseBody(message.body);
    const audience = audienceOf(message);
    const text = textOf(body, audience);
    const isPlain = template === undefined || ['test', 'digest'].includes(kindOf(body));
    if (isPlain) return withKeyword(text, keyword);
    const data = templateData(body, text, audience);
    const title = template.title === undefined ? undefined : renderTitle(template.title, data);
    const own = template.body === undefined ? undefined : renderBody(template.body, data);
    const fault = [title, own].find((one) => one?.ok === false);
    if (fault?.ok === false)
      return withKeyword(
        { ...text, note: WORDS[audience.locale].templateFailed(fault.error) },
        keyword,
      );
    return withKeyword(
      {
        ...text,
        ...(title?.ok && title.value.trim() !== '' ? { title: title.value.trim() } : {}),
        ...(own?.ok ? { own: own.value.trim() } : {}),
      },
      keyword,
    );
  };
}

/** What templates see: the body's data, and the built-in texts. docs/how-to/chat-channels.md lists it. */
const templateData = (body: AlertBody, text: MessageText, audience: Audience): object => ({
  ...body.data,
  kind: kindOf(body),
  timestamp: body.timestamp,
  locale: audience.locale,
  timezone: audience.timezone,
  title: text.title,
  summary: text.summary,
  facts: text.facts.map(([label, value]) => ({ label, value })),
});

function withKeyword(text: MessageText, keyword: string | undefined): MessageText {
  if (keyword === undefined) return text;
  const { note } = text;
  return { ...text, note: note === undefined ? keyword : `${note} ${keyword}` };
}
