import type { LineageEdge } from '../../../kernel/catalog/lineage.ts';
import type { Unjudged } from '../../../kernel/catalog/near-duplicates.ts';
import type { PruneFinding } from '../../../kernel/catalog/prune.ts';
import type { Refusal } from '../../../kernel/errors.ts';
import type { Json } from '../../../kernel/json.ts';
import type { Result } from '../../../kernel/result.ts';
import type { ImpactAnswer, LineageAnswer } from '../catalog-answers.ts';
import type { DocumentAnswer, Findings } from './answers.ts';
import { inChinese } from './chinese/say.ts';
import { CODE_WORDS, EDGE_WORDS, FIELD_WORDS } from './words.ts';

/** A language that answers about the catalogue are given in; English is that of the API. */
export type Language = 'en' | 'zh';

/**
 * The language of a request: the first in `Accept-Language` that is spoken here, English when none. Weights are not looked
 * at, as what is preferred is written first.
 * @see RFC 9110 section 12.5.4
 */
export function languageOf(accepted: string | undefined): Language {
  const asked = (accepted ?? '').toLowerCase().split(',');
  const known = asked.map((part) => /^\s*(en|zh)\b/.exec(part)?.[1]).find((one) => one);
  return known === 'zh' ? 'zh' : 'en';
}

/** An answer by what the request says of its reader's language. */
export const spoken = <T>(
  accepted: string | undefined,
  say: (language: Language, answer: T) => T,
  answer: Result<T, Refusal>,
): Result<T, Refusal> =>
  answer.ok ? { ok: true, value: say(languageOf(accepted), answer.value) } : answer;

/** What was found in a text. Codes and places are the same in every language. */
export function findingsIn<T extends Findings>(language: Language, findings: T): T {
  if (language === 'en') return findings;
  return {
    ...findings,
    faults: findings.faults.map((fault) => {
      const message = inChinese(fault.message);
      return message === undefined ? coded(fault) : { ...fault, message };
    }),
    near: findings.near.map((one) => ({ ...one, reason: nearText(one.differs) })),
    impacts: findings.impacts.map(coded),
  };
}

export const impactIn = (language: Language, answer: ImpactAnswer): ImpactAnswer =>
  language === 'en' ? answer : { ...answer, impacts: answer.impacts.map(coded) };

/** With what fields are called, where that is not how they are written. */
export function documentIn(language: Language, answer: DocumentAnswer): DocumentAnswer {
  if (language === 'en') return answer;
  const { draft, published } = answer;
  return {
    ...answer,
    ...(draft ? { draft: findingsIn(language, draft) } : {}),
    ...(published ? { fieldNames: fieldNames(published.document) } : {}),
  };
}

export function lineageIn(language: Language, answer: LineageAnswer): LineageAnswer {
  if (language === 'en') return answer;
  return { ...answer, edges: answer.edges.map((edge) => ({ ...edge, words: edgeText(edge) })) };
}

type Prunable = {
  readonly findings: readonly PruneFinding[];
  readonly unjudged: readonly Unjudged[];
  readonly warnings: readonly string[];
};
export function pruneIn<T extends Prunable>(language: Language, answer: T): T {
  if (language === 'en') return answer;
  return {
    ...answer,
    findings: answer.findings.map(pruneText),
    unjudged: answer.unjudged.map((one) => ({ ...one, reason: said(one.reason) })),
    warnings: answer.warnings.map(said),
  };
}

const said = (english: string): string => inChinese(english) ?? english;

/** What it is comes first, then what is particular to it: in English where it is of a parser or a package. */
function coded<T extends { readonly code: string; readonly message: string }>(one: T): T {
  const words = CODE_WORDS.get(one.code);
  return words === undefined ? one : { ...one, message: `${words}：${said(one.message)}` };
}

const nearText = (differs: readonly string[]): string => `输入相同，${differText(differs)}`;
const differText = (differs: readonly string[]): string =>
  `区别在于${differs.map(called).join('、') || '文字'}`;

/** `dimension store` and `driver +` are a word and what it is of. */
function edgeText({ as }: Pick<LineageEdge, 'as'>): string {
  if (as in EDGE_WORDS) return EDGE_WORDS[as] ?? as;
  const [word = '', ...rest] = as.split(' ');
  return [EDGE_WORDS[word] ?? word, ...rest].join(' ');
}

function pruneText(finding: PruneFinding): PruneFinding {
  const { metric, evidence } = finding;
  const said = (name: string): string => String(evidence[name]);
  switch (finding.code) {
    case 'near_duplicate': {
      const differs = [evidence['differs'] ?? []].flat().map(String);
      return {
        ...finding,
        reason: `与输入相同的 ${said('of')} 在 ${said('windows')} 个窗口（${called(said('grain'))}）内的相关系数为 ${said('correlation')}；${differText(differs)}`,
        action: `改用 ${said('of')}，补上只有 ${metric} 才有的内容并以 ${metric} 为别名，然后移除 ${metric}`,
      };
    }
    case 'unused': {
      const told =
        evidence['lastRead'] === null
          ? `自 ${said('publishedBy')} 以来无人读取`
          : `上次读取于 ${said('lastRead')}`;
      return {
        ...finding,
        reason: `${told}；没有派生指标、规则、订阅、目标、看板或上级指标使用它`,
        action: `移除 ${metric}，或在用途中说明谁需要它，并用规则或订阅关注它`,
      };
    }
    case 'unowned':
      return {
        ...finding,
        reason: `${said('owner')} 不是目录中的人员，也不是有成员的团队，且没有职责指定他人`,
        action: `为 ${metric} 指定责任人`,
      };
  }
}

const called = (field: string): string => FIELD_WORDS.get(field) ?? field;

/** Of all fields of a document, whatever their depth. */
function fieldNames(document: Json): Readonly<Record<string, string>> {
  if (typeof document !== 'object' || document === null) return {};
  return Object.assign(
    {},
    ...Object.entries(document).map(([name, value]) => {
      const called = Array.isArray(document) ? undefined : FIELD_WORDS.get(name);
      return { ...(called === undefined ? {} : { [name]: called }), ...fieldNames(value ?? null) };
    }),
  ) as Readonly<Record<string, string>>;
}
