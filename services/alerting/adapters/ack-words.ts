import type { Condition } from '../../kernel/alert.ts';
import type { Locale } from '../core/words/text-words.ts';
import type { LinkVerb } from '../core/overlay/link-use.ts';

/** Who did it, until when it holds, to whom it was assigned, as they are shown. */
type Done = { readonly by: string; readonly until: string; readonly to: string };

const EN = {
  lang: 'en',
  ack: 'Acknowledge',
  unack: 'Withdraw acknowledgement',
  snooze: (hours: number) => `Snooze ${hours} h`,
  assign: (who: string) => `Assign to ${who}`,
  text: 'Comment',
  comment: 'Add comment',
  close: 'Close this alert',
  console: 'Open in the console',
  runbook: 'Runbook',
  back: 'Back to the alert',
  condition: {
    firing: 'firing',
    recovering: 'recovering',
    nodata: 'no data',
    pending: 'pending',
    ok: 'ended',
  } satisfies Record<Condition, string> as Readonly<Record<Condition, string>>,
  acknowledged: 'Acknowledged',
  snoozed: 'Snoozed',
  assigned: 'Assigned to',
  closed: 'Closed',
  until: (who: string, time: string) => `${who}, until ${time}`,
  isUntil: (time: string) => `until ${time}`,
  done: {
    ack: ({ by, until }) => `Acknowledged by ${by} until ${until}.`,
    unack: ({ by }) => `Acknowledgement withdrawn by ${by}.`,
    snooze: ({ by, until }) => `Snoozed by ${by} until ${until}.`,
    assign: ({ by, to }) => `Assigned to ${to} by ${by}.`,
    comment: ({ by }) => `Comment of ${by} added.`,
    close: ({ by }) => `Closed by ${by}.`,
  } as Readonly<Record<LinkVerb, (of: Done) => string>>,
};
export type AckWords = typeof EN;

const ZH: AckWords = {
  lang: 'zh-CN',
  ack: '确认告警',
  unack: '撤销确认',
  snooze: (hours) => `暂停提醒 ${hours} 小时`,
  assign: (who) => `指派给 ${who}`,
  text: '评论',
  comment: '添加评论',
  close: '关闭此告警',
  console: '在控制台查看',
  runbook: '处理手册',
  back: '返回告警',
  condition: {
    firing: '告警中',
    recovering: '恢复中',
    nodata: '无数据',
    pending: '待触发',
    ok: '已结束',
  },
  acknowledged: '已确认',
  snoozed: '已暂停提醒',
  assigned: '已指派给',
  closed: '已关闭',
  until: (who, time) => `${who}，至 ${time}`,
  isUntil: (time) => `至 ${time}`,
  done: {
    ack: ({ by, until }) => `${by} 已确认，有效至 ${until}。`,
    unack: ({ by }) => `${by} 已撤销确认。`,
    snooze: ({ by, until }) => `${by} 已暂停提醒，至 ${until}。`,
    assign: ({ by, to }) => `${by} 已指派给 ${to}。`,
    comment: ({ by }) => `已添加 ${by} 的评论。`,
    close: ({ by }) => `${by} 已关闭此告警。`,
  },
};

export const ACK_WORDS: Readonly<Record<Locale, AckWords>> = { en: EN, zh: ZH };

/** Why a link does nothing, in Chinese too: whom it was for is not known then. */
export const REFUSED_ZH: Readonly<Record<string, string>> = {
  link_invalid: '链接无效、已过期或已使用过',
  episode_ended: '该告警已结束',
  invalid_parameter: '该页面没有这个操作',
};
