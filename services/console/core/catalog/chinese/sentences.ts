import { EXPRESSION_SENTENCES } from './expression-sentences.ts';

/**
 * What a check, an impact and a comparison say, in Chinese, by the form of the English sentence. The first form that fits
 * counts: a narrower one stands before a wider one.
 */
export const SENTENCES: readonly (readonly [english: string, chinese: string])[] = [
  // Documents and names.
  ['a document has a kind: {list}', '文档须有 kind：{list}'],
  ['a document has a kind and a metadata.id', '文档须有 kind 和 metadata.id'],
  ['there is no kind {kind}; did you mean {close}?', '没有类型 {kind}；是否指 {close}？'],
  ['there is no kind {kind}; there are {list}', '没有类型 {kind}；可用的有 {list}'],
  ['there is no field {name} here; did you mean {close}?', '此处没有字段 {name}；是否指 {close}？'],
  ['there is no field {name} here; there are {list}', '此处没有字段 {name}；可用的有 {list}'],
  ['{what} is not supported yet; there is {list}', '尚不支持 {what}；可用的有 {list}'],
  ['another document of this kind has the same id', '同类型的另一文档已用此标识'],
  [
    'this is the draft of {key}: a document of another name is another draft',
    '这是 {key} 的草稿：换名即为另一份草稿',
  ],
  [
    '{id} is built in: it is there with the first metric of type manual',
    '{id} 为内置：有第一个 manual 类型的指标时即存在',
  ],
  ["{id} is a rule of the system's own", '{id} 是系统自身的规则'],
  ['there is no schema file {path} in {folder}', '{folder} 中没有模式文件 {path}'],
  [
    'there are no files here: the Avro schema stands in spec.avro',
    '此处没有文件：Avro 模式写在 spec.avro 中',
  ],
  ['there is no document', '没有文档'],
  ['a draft is one document; this is another', '一份草稿只含一个文档，这里是另一个'],
  ['the document is nested deeper than {n} levels here', '文档在此处的嵌套超过 {n} 层'],
  ['{alias} is said twice', '{alias} 重复出现'],
  ['{alias} is a name of {holder} already', '{alias} 已是 {holder} 的名称'],
  [
    '{id} computes exactly what {other} does; give {to} an alias instead, and let it keep what both keep',
    '{id} 的计算与 {other} 完全相同；请改为给 {to} 加别名，并让它保存两者所保存的内容',
  ],
  [
    '{id} computes exactly what {other} does; give {to} an alias instead',
    '{id} 的计算与 {other} 完全相同；请改为给 {to} 加别名',
  ],
  // Metrics.
  [
    '{aggregation} takes no percentile; for one say aggregation: percentile',
    '{aggregation} 不带百分位；需要时请用 aggregation: percentile',
  ],
  [
    '{aggregation} takes no entity; for the newest value of each say aggregation: latest',
    '{aggregation} 不带去重对象；需要各对象的最新值时请用 aggregation: latest',
  ],
  [
    'count counts events and takes no value; say in where which of them',
    'count 按事件计数，不带取值；请在 where 中说明计哪些事件',
  ],
  ['the value is always null', '取值始终为 null'],
  [
    'the value has {n} decimal places; sums keep at most {most}',
    '取值有 {n} 位小数；合计最多保留 {most} 位',
  ],
  [
    '{name} is no dimension of this metric; there are {list}',
    '{name} 不是此指标的维度；可用的有 {list}',
  ],
  ['{name} stands twice in one breakdown', '{name} 在同一维度组合中重复'],
  ['another breakdown has the same dimensions', '另一维度组合的维度相同'],
  ['{metric} is named twice', '{metric} 重复出现'],
  ['{name} stands twice', '{name} 重复出现'],
  ['sum adds up members, and there are no dimensions', 'sum 对成员求和，但没有维度'],
  [
    'there are {n} combinations of members; at most {most} can be entered',
    '成员组合有 {n} 个；最多可录入 {most} 个',
  ],
  ['{min} is more than {max}: nothing could be entered', '{min} 大于 {max}：将无法录入任何值'],
  [
    'the schema must be an Avro record, the one under data',
    '模式须为 Avro record，即 data 下的记录',
  ],
  ['the schema is not valid Avro: {why}', 'Avro 模式无效：{why}'],
  ['another rule of the metric is called {id}', '此指标的另一规则也叫 {id}'],
  ['a rule of quality has either expect or maxAge', '质量规则须有 expect 或 maxAge，二者择一'],
  [
    'an age is judged of no window: grain and within go with expect',
    '滞后不按窗口判断：grain 和 within 与 expect 搭配',
  ],
  ['the metric keeps no {grain}s, but {list}', '此指标不保存 {grain} 粒度，只有 {list}'],
  [
    'rules of quality are judged on the total, which the metric does not keep',
    '质量规则按总计判断，而此指标不保存总计',
  ],
  [
    'it reads {name}, which only an AlertRule knows: here are {list}',
    '它读取 {name}，那只在告警规则中可用；此处可用的有 {list}',
  ],
  // Derived metrics and drivers.
  ['the formula reads no metric', '公式没有引用任何指标'],
  ['the formula, expanded, is too long', '公式展开后过长'],
  ['it reads itself: {cycle}', '它引用了自身：{cycle}'],
  ['it drives itself: {cycle}', '它驱动自身：{cycle}'],
  [
    '{metric} is no {operator} here: in the formula it is {roles}',
    '{metric} 在此不是 {operator}：它在公式中为 {roles}',
  ],
  [
    '{metric} is no {operator} here: it is not in the formula, so it is {roles}',
    '{metric} 在此不是 {operator}：它不在公式中，因此为 {roles}',
  ],
  [
    'days differ: {id} is kept in {zone}, {other} in {otherZone}',
    '日界不同：{id} 按 {zone}，{other} 按 {otherZone}',
  ],
  [
    'years differ: {id} is of the calendar {calendar}, {other} of {otherCalendar}; say in spec.calendar of which this is',
    '年度不同：{id} 用日历 {calendar}，{other} 用 {otherCalendar}；请在 spec.calendar 中指明此指标用哪个',
  ],
  [
    '{list} share no breakdown (names in the same order)',
    '{list} 没有共同的维度组合（名称顺序须一致）',
  ],
  ['{list} share no grain', '{list} 没有共同的粒度'],
  ['not all of {list} are kept by {names}', '{list} 并非都按 {names} 保存'],
  ['not all of {list} keep the grain {grain}', '{list} 并非都保存粒度 {grain}'],
  [
    '{operator} between {a} and {b}: units do not combine',
    '{a} 与 {b} 之间不能用 {operator}：单位不能合并',
  ],
  // Rules, targets, people and dashboards.
  [
    '{text} is no window: minute, hour, day, week, month, quarter, year, a duration of whole minutes that divides a day (PT15M), SIZE/EVERY (PT30M/PT1M or P7D/P1D; in a rule also { size, every }), or day-, week-, month-, quarter- or year-to-date',
    '{text} 不是窗口：可用 minute、hour、day、week、month、quarter、year，能整除一天的整分钟时长（PT15M），SIZE/EVERY（PT30M/PT1M 或 P7D/P1D；规则中也可用 { size, every }），或 day-、week-、month-、quarter-、year-to-date',
  ],
  [
    '{text} is too fine: an event lies in many windows of many cells, {n} in all, of at most {most}; take longer steps, or whole hours',
    '{text} 过细：一个事件会落入许多窗口的许多单元，共 {n} 个，最多 {most} 个；请用更长的步长或整小时',
  ],
  ['{n} of {of} windows can never breach', '{of} 个窗口中不可能有 {n} 个越界'],
  [
    'breaches are counted in closed windows; with evaluate: onUpdate use for: { duration }',
    '越界次数按已结束的窗口计；evaluate: onUpdate 时请用 for: { duration }',
  ],
  [
    '{id} counts distinct members, which no sum of windows gives; use one of {list}',
    '{id} 对不同成员计数，无法由窗口相加得出；请用 {list} 之一',
  ],
  [
    '{id} sums the newest values of entities, which no sum of windows gives; use one of {list}',
    '{id} 合计各对象的最新值，无法由窗口相加得出；请用 {list} 之一',
  ],
  ['{id} keeps {list}; this window needs {grain}', '{id} 保存 {list}；此窗口需要 {grain}'],
  [
    '{id} keeps {list} cells, which do not tile windows of {window}',
    '{id} 保存 {list} 粒度，无法拼成 {window} 窗口',
  ],
  ['{id} is kept by {kept}, not by {names}', '{id} 按 {kept} 保存，没有按 {names}'],
  [
    '{id} is not broken down by {name}; there are {list}',
    '{id} 没有按 {name} 细分；可用的有 {list}',
  ],
  ['the rule {rule} watches {metric}, not {other}', '规则 {rule} 监测的是 {metric}，不是 {other}'],
  [
    '{value} has more decimal places than the unit of {metric}, which has {n}',
    '{value} 的小数位数多于 {metric} 的单位（{n} 位）',
  ],
  [
    'there is no target for windows of {window} of {metric} by {names}: write a document of kind Target',
    '{metric} 按 {names} 的 {window} 窗口没有目标值：请写一份类型为 Target 的文档',
  ],
  [
    'there is no target for windows of {window} of {metric}: write a document of kind Target',
    '{metric} 的 {window} 窗口没有目标值：请写一份类型为 Target 的文档',
  ],
  [
    'a window of {window} has no {name}: it is longer than that lies back',
    '{window} 窗口没有 {name}：窗口比所回溯的时间更长',
  ],
  [
    '{name} reaches back over {n} cells of a {grain}, of at most {most}; take a window of whole hours or days',
    '{name} 回溯 {n} 个 {grain} 单元，最多 {most} 个；请用整小时或整天的窗口',
  ],
  ['{period} is no period: write {list}', '{period} 不是期间：可写 {list}'],
  [
    'no window of {window} begins from {from} to before {to}: the value would never hold',
    '{from} 至 {to} 之前没有 {window} 窗口开始：此值将永不生效',
  ],
  ['the target is not by {name}; it is by {list}', '目标值没有按 {name}；它按 {list}'],
  [
    'another value is for the same windows {dates}: leave one of them out, or let it end where the other begins',
    '另一数值用于相同的窗口（{dates}）：请去掉其一，或让其在另一个开始处结束',
  ],
  [
    'the receiver {id} takes alerts alone, no digests: an Alertmanager would fire again what it tells of',
    '接收方 {id} 只接收告警，不接收摘要：Alertmanager 会再次触发摘要中的告警',
  ],
  [
    'each of its receivers ({list}) takes alerts alone, no digests: an Alertmanager would fire again what it tells of',
    '其接收方（{list}）都只接收告警，不接收摘要：Alertmanager 会再次触发摘要中的告警',
  ],
  ['{field} is no Liquid template: {why}', '{field} 不是 Liquid 模板：{why}'],
  [
    'a window of a {grain} has no {compare} before: it is longer than that',
    '{grain} 窗口没有前一{compare}可比：窗口更长',
  ],
  [
    'the range holds {n} windows of a {grain}; a chart shows at most {most}',
    '此范围有 {n} 个 {grain} 窗口；图表最多显示 {most} 个',
  ],
  ...EXPRESSION_SENTENCES,
  // YAML, the commonest of its parser.
  ['Map keys must be unique', '同一层的键不得重复'],
  [
    'Unresolved alias (the anchor must be set before the alias): {name}',
    '别名 {name} 无法解析（须先有锚点）',
  ],
  [
    '{what} in block collection must be sufficiently indented and end with a {end}',
    '块内的行内集合须有足够缩进，并以 {end} 结束',
  ],
  ['Nested mappings are not allowed in compact mappings', '单行映射中不能再嵌套映射'],
  ['Implicit keys need to be on a single line', '键须写在一行内'],
  ['Implicit map keys need to be followed by map values', '键后须有值'],
  ['All mapping items must start at the same column', '同一层的键须对齐'],
  ['A block sequence may not be used as an implicit map key', '列表不能作为键'],
  ['Missing closing {quote}quote', '缺少闭合的引号'],
  ['Tabs are not allowed as indentation', '不能用制表符缩进'],
  // What would change.
  ['{path} goes: events that still have it are refused', '{path} 被移除：仍带有它的事件将被拒收'],
  ['{id} goes: its values are shown no more', '{id} 被移除：其数值不再显示'],
  ['{path} goes', '{path} 被移除'],
  [
    '{path} becomes {to}: events with the old name are refused',
    '{path} 改名为 {to}：使用旧名的事件将被拒收',
  ],
  [
    '{path} is {to} and no longer {from}: events as before may be refused',
    '{path} 由 {from} 改为 {to}：原样的事件可能被拒收',
  ],
  [
    '{path} has no default: events without it are refused',
    '{path} 没有默认值：不带它的事件将被拒收',
  ],
  ['{id} is no longer kept by {names}', '{id} 不再按 {names} 保存'],
  ['{id} no longer keeps {grain} cells', '{id} 不再保存 {grain} 粒度'],
  [
    'values of {id} are {unit} with {n} places and no longer {old} with {m} places',
    '{id} 的数值由 {old}（{m} 位小数）改为 {unit}（{n} 位小数）',
  ],
  [
    'days of {id} begin at midnight in {zone} and no longer in {old}',
    '{id} 的日界由 {old} 午夜改为 {zone} 午夜',
  ],
  [
    'windows longer than a day of {id} are of the calendar {calendar} as it now is',
    '{id} 长于一天的窗口按日历 {calendar} 的现行规定划分',
  ],
  [
    '{id} is counted anew, as version {version} in place of {old}',
    '{id} 将重新计算，版本 {version} 取代 {old}',
  ],
  // What could go.
  [
    'fewer than {n} closed windows in which both have a value, or one never changes',
    '两者均有数值的已结束窗口不足 {n} 个，或其中之一从不变化',
  ],
  [
    'only the first {n} metrics with shared inputs were compared',
    '只比较了输入相同的前 {n} 个指标',
  ],
  // Last: the widest.
  ['there is no {kind} {id}; did you mean {close}?', '没有{kind} {id}；是否指 {close}？'],
  ['there is no {name}; did you mean {close}?', '没有 {name}；是否指 {close}？'],
  ['there is no {name}; there are {list}', '没有 {name}；可用的有 {list}'],
  ['there is no {kind} {id}', '没有{kind} {id}'],
];
