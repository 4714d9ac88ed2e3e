/** The words of messages in English and Chinese: one entry per thing said, so that a language is added in one place. */
export type Locale = 'en' | 'zh';

/** `zh-CN`, `zh-Hant` and the like are told in Chinese, all else in English. */
export const localeOf = (tag: string | undefined): Locale =>
  tag !== undefined && /^zh\b/i.test(tag) ? 'zh' : 'en';

const EN = {
  severity: { critical: 'Critical', warning: 'Warning', info: 'Info' },
  kind: {
    firing: 'firing',
    resolved: 'resolved',
    corrected: 'corrected',
    nodata: 'no data',
    escalated: 'escalated',
    repeated: 'still firing',
    unmuted: 'firing, no longer muted',
    assigned: 'assigned',
    test: 'test message',
  },
  /** Of a window before the newest, by late data: instead of `firing`, and why it comes now. */
  past: {
    kind: 'breach in a past window',
    said: 'Late data has come for a window of before: with it, it breaches.',
  },
  /** Instead of `resolved`, where nothing says that the value is well again. */
  over: 'ended',
  /** Instead of the same of `kind`, while there is no data. */
  silent: { repeated: 'still no data', unmuted: 'no data, no longer muted' },
  /** Why an episode ended. */
  outcome: {
    recovered: 'The value has recovered.',
    data_returned: 'Data has come again.',
    missing_series: 'There is no data of this series any more.',
    rule_changed: 'The rule was changed; it is judged anew.',
    rule_removed: 'The rule was removed.',
    rule_paused: 'The rule was paused; nothing is judged by it for now.',
    retracted: 'Late data corrected the value: with what is known now it would never have fired.',
    closed: 'It was closed by hand.',
  },
  said: {
    nodata: 'No data has come for this window.',
    escalated: 'Nobody has acknowledged it so far.',
    repeated: 'It still holds.',
    unmuted: 'It fired while it was muted, and still holds.',
  },
  fact: {
    value: 'Value',
    threshold: 'Threshold',
    rule: 'Rule',
    condition: 'Condition',
    previous: 'Previous window',
    target: 'Target',
    window: 'Window',
    labels: 'Where',
    breached: 'Value at the breach',
    worst: 'Worst value',
    recovered: 'Value at recovery',
    started: 'Started',
    ended: 'Ended',
    owner: 'Owner',
    deputy: 'Deputy',
    followed: 'For information, you follow',
    evidence: 'Evidence',
    drivers: 'Driven by',
    alerts: 'Alerts',
  },
  side: {
    below: (by: string, threshold: string) => `${by} below the threshold of ${threshold}`,
    above: (by: string, threshold: string) => `${by} above the threshold of ${threshold}`,
    at: (_by: string, threshold: string) => `exactly the threshold of ${threshold}`,
  },
  windowState: { open: 'not over yet', closed: '', final: 'final' },
  revision: (count: number) => `revision ${count}`,
  viaMetric: 'owner of the metric',
  viaFallback: 'nobody answers for it: told to the fallback team',
  via: (id: string) => `by ${id}`,
  /** Why somebody other than the accountable is told: what stands behind the / of `via`. */
  instead: {
    absence: 'away: told to whom the absence names as deputy',
    deputy: 'not to be reached: told to the deputy',
    escalation: 'not to be reached: told to the next in the chain',
    metric: 'not to be reached: told to the owner of the metric',
    fallback: 'nobody can be reached: told to the fallback team',
  },
  nobody: 'nobody',
  awayUntil: (who: string, date: string) => `${who} is away until ${date}`,
  noValue: 'no value',
  team: (id: string) => `team ${id}`,
  escalatedTo: (to: string, after: string) =>
    `Not acknowledged within ${after}: now told to ${to}.`,
  alreadyBreached: 'It was so already when the rule was taken up.',
  noDataSince: (time: string, windows: number) =>
    `No data since ${time}${windows > 1 ? `, ${windows} windows` : ''}.`,
  assignedBy: (to: string, by: string) => `Assigned to ${to} by ${by}.`,
  quoted: (note: string) => `“${note}”`,
  duration: { h: ' h', min: ' min', s: ' s' },
  lacking: (sources: string) => `silent: ${sources}`,
  evidence: (of: { until: string; completeness: string; cursors: number }) =>
    `counted up to ${of.until}, ${of.completeness} complete, from ${of.cursors} ${of.cursors === 1 ? 'partition' : 'partitions'}`,
  link: {
    console: 'Open',
    ack: 'Acknowledge',
    more: 'Snooze, comment, close',
    runbook: 'Runbook',
    unsubscribe: 'Unsubscribe',
  },
  digestTitle: (count: number) => `${count} alerts`,
  digestSummary: (count: number) =>
    `More messages than this destination takes: ${count} are told in this one, the worst first.`,
  incidentSummary: (count: number) => `One incident, ${count} messages, the worst first.`,
  testSummary: (receiver: string, askedBy: string) =>
    `Receiver ${receiver} works. Asked for by ${askedBy}.`,
  templateFailed: (why: string) =>
    `The receiver’s own template failed, this is the built-in text: ${why}`,
  sentence: (parts: readonly string[]) => parts.join(' '),
  colon: ': ',
};
export type Words = typeof EN;

const ZH: Words = {
  severity: { critical: '严重', warning: '警告', info: '提示' },
  kind: {
    firing: '告警触发',
    resolved: '已恢复',
    corrected: '已更正',
    nodata: '无数据',
    escalated: '告警升级',
    repeated: '仍在告警',
    unmuted: '静默结束，仍在告警',
    assigned: '告警指派',
    test: '测试消息',
  },
  past: { kind: '历史窗口触发告警', said: '此前的窗口收到迟到数据：据此该窗口触发告警。' },
  over: '已结束',
  silent: { repeated: '仍无数据', unmuted: '静默结束，仍无数据' },
  outcome: {
    recovered: '数值已恢复正常。',
    data_returned: '数据已恢复上报。',
    missing_series: '该序列已不再有数据。',
    rule_changed: '规则已修改，将重新判定。',
    rule_removed: '规则已删除。',
    rule_paused: '规则已暂停，暂不再判定。',
    retracted: '迟到数据更正了数值：按现有数据，本次告警不应触发。',
    closed: '已人工关闭。',
  },
  said: {
    nodata: '该窗口没有收到数据。',
    escalated: '至今无人确认。',
    repeated: '告警条件仍然成立。',
    unmuted: '静默期间已触发，目前仍然成立。',
  },
  fact: {
    value: '数值',
    threshold: '阈值',
    rule: '规则',
    condition: '条件',
    previous: '上一窗口',
    target: '目标',
    window: '窗口',
    labels: '维度',
    breached: '触发时数值',
    worst: '最差数值',
    recovered: '恢复时数值',
    started: '开始时间',
    ended: '结束时间',
    owner: '责任人',
    deputy: '代理人',
    followed: '仅供参考，您关注',
    evidence: '依据',
    drivers: '主要由以下指标引起',
    alerts: '告警',
  },
  side: {
    below: (by, threshold) => `低于阈值 ${threshold}，相差 ${by}`,
    above: (by, threshold) => `高于阈值 ${threshold}，相差 ${by}`,
    at: (_by, threshold) => `等于阈值 ${threshold}`,
  },
  windowState: { open: '尚未结束', closed: '', final: '已定稿' },
  revision: (count) => `第 ${count} 次修订`,
  viaMetric: '指标负责人',
  viaFallback: '无人负责：已通知兜底团队',
  via: (id) => `依据 ${id}`,
  instead: {
    absence: '本人不在：已通知其指定的代理人',
    deputy: '无法联系本人：已通知代理人',
    escalation: '无法联系本人：已通知升级链上的下一位',
    metric: '无法联系本人：已通知指标负责人',
    fallback: '无法联系任何责任人：已通知兜底团队',
  },
  nobody: '无人',
  awayUntil: (who, date) => `${who} 至 ${date} 不在`,
  noValue: '无数值',
  team: (id) => `团队 ${id}`,
  escalatedTo: (to, after) => `${after}内无人确认：已升级至 ${to}。`,
  alreadyBreached: '规则启用时已处于该状态。',
  noDataSince: (time, windows) =>
    `自 ${time} 起无数据${windows > 1 ? `，已 ${windows} 个窗口` : ''}。`,
  assignedBy: (to, by) => `由 ${by} 指派给 ${to}。`,
  quoted: (note) => `“${note}”`,
  duration: { h: ' 小时', min: ' 分钟', s: ' 秒' },
  lacking: (sources) => `以下来源无上报：${sources}`,
  evidence: ({ until, completeness, cursors }) =>
    `统计截至 ${until}，完整度 ${completeness}，来自 ${cursors} 个分区`,
  link: {
    console: '查看',
    ack: '确认',
    more: '暂停提醒、评论、关闭',
    runbook: '处理手册',
    unsubscribe: '退订',
  },
  digestTitle: (count) => `${count} 条告警`,
  digestSummary: (count) => `消息超过该渠道的频率上限：合并告知 ${count} 条，最严重的在前。`,
  incidentSummary: (count) => `同一事件，共 ${count} 条，最严重的在前。`,
  testSummary: (receiver, askedBy) => `接收渠道 ${receiver} 可用。由 ${askedBy} 发起测试。`,
  templateFailed: (why) => `渠道的自定义模板出错，以下为内置文本：${why}`,
  sentence: (parts) => parts.join(''),
  colon: '：',
};

export const WORDS: Readonly<Record<Locale, Words>> = { en: EN, zh: ZH };

/** The word for a code; a code without one is shown as it is. */
export const wordOf = (words: Readonly<Record<string, string>>, code: string): string =>
  Object.hasOwn(words, code) ? (words[code] ?? code) : code;
