import { z } from 'zod';
import type { MessageTemplate, ReceiverDefinition, SlackTarget } from '../definitions.ts';
import type { Context } from './context.ts';
import {
  choice,
  document,
  duration,
  fields,
  httpUrl,
  id,
  localizedText,
  textOf,
} from './fields.ts';

/** Receivers as people write them: one document per type, because each type has fields of its own. */

export const RECEIVER_TYPES = [
  'webhook',
  'email',
  'slack',
  'feishu',
  'dingtalk',
  'wecom',
  'alertmanager',
  'browser',
] as const;
/** The type alone, to say what is wrong with it before its fields are looked at. */
export const receiverType = choice(RECEIVER_TYPES, ['teams', 'pagerduty']);

export const secretRef = z.union(
  [fields({ env: z.string().min(1) }), fields({ file: z.string().min(1) })],
  {
    error: 'must be { env: NAME } or { file: PATH }: secrets are never written into the catalogue',
  },
);
/** An address that differs by installation, or that nobody is to read. */
const urlOrRef = z.union(
  [httpUrl, fields({ env: z.string().min(1) }), fields({ file: z.string().min(1) })],
  { error: 'must be { env: NAME }, { file: PATH } or an http or https URL' },
);
/**
 * Whoever knows a chat bot's URL may speak through it. One that is written out is refused where a document is published
 * and not here, since services go on with what was published before.
 */
const secretUrl = urlOrRef.describe(
  'The URL of the bot. It is a secret: { env: NAME } or { file: PATH }.',
);

const rate = fields({ count: z.int().min(1).max(1_000), per: duration })
  .refine(({ per }) => per >= 1_000 && per <= 3_600_000, {
    path: ['per'],
    message: 'must be from PT1S to PT1H',
  })
  .transform(({ count, per }) => ({ count, perMs: per }))
  .exactOptional()
  .describe('How many messages may be sent; above it they are merged into one that names all.');
const template = fields({
  title: z.string().min(1).max(500).exactOptional(),
  body: z.string().min(1).max(8_000).exactOptional(),
})
  .exactOptional()
  .describe('Liquid templates in place of the built-in texts.');
const keyword = z
  .string()
  .min(1)
  .max(50)
  .exactOptional()
  .describe('A word that the bot demands in every message.');
const signingSecret = secretRef.exactOptional().describe('What the bot’s signature is made with.');

const receiver = <const T extends string, S extends z.ZodRawShape>(type: T, spec: S) =>
  document('Receiver', {
    metadata: fields({
      id,
      name: localizedText.exactOptional(),
      description: z.string().exactOptional(),
    }),
    spec: fields({ type: z.literal(type), ...spec }),
  });

const webhookReceiverDocument = receiver('webhook', {
  url: urlOrRef.describe(
    'Or { env: NAME }, { file: PATH }: where it differs by installation, and always where it holds a secret.',
  ),
  format: choice(['standard', 'alertmanager']).default('standard'),
  secret: secretRef.describe('whsec_ and base64 of 24 to 64 bytes.'),
  previousSecret: secretRef
    .exactOptional()
    .describe('Signs too, while receivers move from it to the new one.'),
  rate,
});
const emailReceiverDocument = receiver('email', {
  to: z
    .array(z.email({ error: 'must be an e-mail address' }))
    .min(1)
    .max(50),
  from: z.email({ error: 'must be an e-mail address' }).exactOptional(),
  template,
  rate,
});
const slackDocument = receiver('slack', {
  url: secretUrl.exactOptional(),
  token: secretRef
    .exactOptional()
    .describe('Of a bot, in place of url: messages are then updated.'),
  channel: z
    .string()
    .min(1)
    .max(80)
    .exactOptional()
    .describe('Id of the channel; goes with token.'),
  template,
  rate,
});
const slackReceiverDocument = slackDocument.extend({
  spec: slackDocument.shape.spec.refine(
    ({ url, token, channel }) =>
      url === undefined
        ? token !== undefined && channel !== undefined
        : token === undefined && channel === undefined,
    { error: 'must have either url, or token and channel' },
  ),
});
const feishuReceiverDocument = receiver('feishu', {
  url: secretUrl,
  secret: signingSecret,
  keyword,
  template,
  rate,
});
const dingtalkReceiverDocument = receiver('dingtalk', {
  url: secretUrl,
  secret: signingSecret,
  keyword,
  template,
  rate,
});
const wecomReceiverDocument = receiver('wecom', { url: secretUrl, template, rate });
const alertmanagerReceiverDocument = receiver('alertmanager', {
  url: urlOrRef.describe('Base of the Alertmanager: alerts go to /api/v2/alerts below it.'),
  rate,
});
const browserReceiverDocument = receiver('browser', {});

/** By type, in the order of RECEIVER_TYPES. */
export const receiverDocuments = {
  webhook: webhookReceiverDocument,
  email: emailReceiverDocument,
  slack: slackReceiverDocument,
  feishu: feishuReceiverDocument,
  dingtalk: dingtalkReceiverDocument,
  wecom: wecomReceiverDocument,
  alertmanager: alertmanagerReceiverDocument,
  browser: browserReceiverDocument,
} as const satisfies Record<(typeof RECEIVER_TYPES)[number], z.ZodType>;

export type ReceiverDocument = z.output<(typeof receiverDocuments)[keyof typeof receiverDocuments]>;

/** Definitions are documents with their id: what is checked is what services use. */
export function receiverOf(
  { metadata, spec }: ReceiverDocument,
  context: Context,
): ReceiverDefinition {
  if ('template' in spec) checkTemplate(spec.template, context);
  const { id, name } = metadata;
  const known = name === undefined ? { id } : { id, name: textOf(name) };
  if (spec.type !== 'slack') return { ...known, ...spec };
  const { url, token, channel, ...common } = spec;
  const target = url === undefined ? { token, channel } : { url };
  return { ...known, ...common, ...(target as SlackTarget) };
}

function checkTemplate(template: MessageTemplate | undefined, { tools, report }: Context): void {
  for (const part of ['title', 'body'] as const) {
    const fault = tools.templateFault(template?.[part] ?? '');
    if (fault !== undefined)
      report(['spec', 'template', part], {
        code: 'field_invalid',
        message: `spec.template.${part} is no Liquid template: ${fault}`,
      });
  }
}
