import { formsOf, sayBy } from '../../core/catalog/chinese/forms.ts';
import type { FormTable } from '../../core/catalog/chinese/forms.ts';
import { language } from '../i18n/language.ts';

/**
 * Sentences of ours that stand in answers beside numbers and deliveries, and have no code of their own. What a receiver or
 * a server said stays as it said it.
 */
export const SAID: FormTable = [
  // Why there is no value.
  ['division by zero', '除数为零'],
  ['{metric} has no value', '{metric} 无数值'],
  ['the value is being recomputed from the log', '正在从日志重新计算该值'],
  ['the metric is being recomputed from the log', '正在从日志重新计算该指标'],
  ['cells of this window are past their retention', '此窗口的数据已超过保留期'],
  ['the series may be among those beyond the limit of series', '该序列可能超出序列数上限'],
  // Of rules of quality.
  ['there is no watermark yet', '尚无水位线'],
  ['no window is due yet', '尚无到期窗口'],
  ['the condition decides nothing where it reads no value', '没有数值时条件无法判定'],
  // What there is to say of values.
  [
    'distinct counts marked approximate are estimates with a standard error of 0.81 %',
    '标为近似的去重计数为估计值，标准误差 0.81%',
  ],
  [
    '{metric} has no projection yet: no aggregator has begun it',
    '{metric} 尚无投影：还没有聚合服务开始计算',
  ],
  [
    '{metric} is being rebuilt from the log: its values are withheld until it is done',
    '正在从日志重建 {metric}：完成前不显示其数值',
  ],
  [
    "{metric} is incomplete: the log's retention took {n} records before they were counted",
    '{metric} 不完整：有 {n} 条记录在计入前已被日志保留期清除',
  ],
  [
    '{grain} cells of {metric} are past their retention in the whole range',
    '整个范围内 {metric} 的 {grain} 粒度数据均已超过保留期',
  ],
  [
    '{grain} cells of {metric} before {time} are past their retention',
    '{metric} 在 {time} 之前的 {grain} 粒度数据已超过保留期',
  ],
  ['{metric} counts events from {time} on only', '{metric} 只计入 {time} 起的事件'],
  [
    'version {version} of {metric} is shown until {next}, which is published, has caught up',
    '显示 {metric} 的版本 {version}，直至已发布的版本 {next} 追上',
  ],
  [
    'the broker does not tell where {topic} ends: lag and in flight are unknown',
    'Kafka 未告知 {topic} 的末尾位置：积压与在途数未知',
  ],
  // Of rules that judge less than they should.
  [
    'the rule has more series than are watched; those that were first are',
    '该规则的序列多于可监视的数量；只监视最先出现的',
  ],
  [
    '{n} of {all} series wait for windows that should have closed by now',
    '{all} 个序列中有 {n} 个在等待早应关闭的窗口',
  ],
  // What became of a message.
  ['in a digest of {n}: {said}', '在一条含 {n} 个告警的汇总消息中：{said}'],
  ['no receiver {receiver} is published', '没有已发布的接收方 {receiver}'],
  ['no answer within {n} ms', '{n} 毫秒内没有应答'],
  ['no connection within {n} ms', '{n} 毫秒内未能连接'],
  ['the connection failed', '连接失败'],
  ['the address is no http or https URL', '地址不是 http 或 https URL'],
  [
    'plain http to {address} is allowed only within TIDEMARK_WEBHOOK_ALLOW',
    '仅允许对 TIDEMARK_WEBHOOK_ALLOW 范围内的地址使用明文 http：{address}',
  ],
  [
    'the address {address} is private: name its range in TIDEMARK_WEBHOOK_ALLOW to allow it',
    '地址 {address} 是内网地址：要允许它，请在 TIDEMARK_WEBHOOK_ALLOW 中写明其范围',
  ],
  ['the environment variable {name} is not set', '未设置环境变量 {name}'],
  ['the secret file {file} is missing or cannot be read', '密钥文件 {file} 不存在或无法读取'],
  ['no server of mail is set: Settings, smtp', '未设置邮件服务器：Settings 的 smtp'],
  ['the server offers no TLS', '服务器不提供 TLS'],
  ['the login was refused: {said}', '登录被拒绝：{said}'],
  [
    'the receiver said before that it wants nothing more (410); tidemark alerts enable-receiver {receiver} lets messages go there again',
    '接收方此前表示不再接收消息（410）；用 tidemark alerts enable-receiver {receiver} 可恢复发送',
  ],
  ['no answer of this service: {said}', '不是该服务的应答：{said}'],
  ['no answer of this service', '不是该服务的应答'],
];
const forms = formsOf(SAID);

/** A sentence of an answer in the reader's language, as it came where it is not one of ours. Pure, but for that language. */
export function saidWords(sentence: string): string {
  if (language.value === 'en') return sentence;
  const within = (value: string, name: string): string =>
    name === 'said' ? saidWords(value) : value;
  return sayBy(forms, sentence, within) ?? sentence;
}
