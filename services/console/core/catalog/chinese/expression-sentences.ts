/** What is wrong with an expression or a formula, in Chinese; as in `SENTENCES`. */
export const EXPRESSION_SENTENCES: readonly (readonly [english: string, chinese: string])[] = [
  ['an expression has at most {n} characters', '表达式最多 {n} 个字符'],
  ['a formula has at most {n} characters', '公式最多 {n} 个字符'],
  [
    'a formula has no {token}; it has numbers, metrics, + - * / and parentheses',
    '公式中不能有 {token}；只能有数字、指标、+ - * / 和括号',
  ],
  ['a formula is nested at most {n} levels deep', '公式最多嵌套 {n} 层'],
  ['the formula ends too early', '公式不完整'],
  ['a parenthesis is not closed', '括号没有闭合'],
  ['{text} cannot stand here', '{text} 不能出现在此处'],
  ['{metric} is no input of this formula', '{metric} 不是此公式的输入'],
  [
    'division is not exact, so only the formula of a derived metric divides',
    '除法不精确，因此只有派生指标的公式可以相除',
  ],
  ['there is no function {name}; there are {list}', '没有函数 {name}；可用的有 {list}'],
  [
    '{name} takes {n} arguments, the receiver included, not {found}',
    '{name} 需要 {n} 个参数（含接收者），而不是 {found} 个',
  ],
  ['{a} and {b} cannot stand for one another', '{a}与{b}不能互相替代'],
  ['{type} is not one value', '{type}不是单个值'],
  ['{type} has no order for {operator}', '{type}没有次序，不能用 {operator}'],
  ['{operator} cannot compare {a} with {b}', '{operator} 不能比较{a}与{b}'],
  ['in needs a list, not {type}', 'in 需要列表，而不是{type}'],
  [
    'has needs one field, such as has(data.customer_id)',
    'has 需要一个字段，如 has(data.customer_id)',
  ],
  ['only variables have fields', '只有变量才有字段'],
  ['{name} is {type} and has no fields', '{name} 是{type}，没有字段'],
  [
    '{name} has no field {field}; did you mean {close}?',
    '{name} 没有字段 {field}；是否指 {close}？',
  ],
  ['{name} has no field {field}; there are {list}', '{name} 没有字段 {field}；可用的有 {list}'],
  [
    '{name} is an Avro {type}, which is not exact: declare it as decimal',
    '{name} 是 Avro {type}，不精确：请声明为 decimal',
  ],
  [
    '{name} is an Avro {type}, which expressions cannot read',
    '{name} 是 Avro {type}，表达式无法读取',
  ],
  ['{name} is bytes, which expressions cannot read', '{name} 是字节串，表达式无法读取'],
  [
    '{name} is a recursive type, which expressions cannot read',
    '{name} 是递归类型，表达式无法读取',
  ],
  [
    '{name} is a union of several types, which expressions cannot read',
    '{name} 是多种类型的联合，表达式无法读取',
  ],
  ['matches needs its pattern as a string literal', 'matches 的模式须为文本字面量'],
  ['the pattern is not RE2: {why}', '模式不是 RE2：{why}'],
  ['size needs a string, list or map, not {type}', 'size 需要文本、列表或映射，而不是{type}'],
  ['string cannot show {type}', 'string 不能表示{type}'],
  ['int cannot read {type}', 'int 不能读取{type}'],
  [
    'timestamp needs an RFC 3339 literal such as {example}',
    'timestamp 需要 RFC 3339 字面量，如 {example}',
  ],
  ['{what} needs a number, not {type}', '{what} 需要数字，而不是{type}'],
  ['{what} needs a {kind}, not {type}', '{what} 需要{kind}，而不是{type}'],
  [
    'the result would have {n} decimal places; at most {most} are kept',
    '结果会有 {n} 位小数；最多保留 {most} 位',
  ],
  ['only a string literal may stand in brackets', '方括号中只能是文本字面量'],
  ['{operator} is not available in expressions here', '此处的表达式不能用 {operator}'],
  ['{text} is no number or text that expressions know', '{text} 不是表达式能识别的数字或文本'],
];
