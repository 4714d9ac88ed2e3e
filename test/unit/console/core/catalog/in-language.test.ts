import { describe, expect, it } from 'vitest';
import { CATALOG_FAULTS } from '../../../../../services/kernel/catalog/fault.ts';
import { IMPACT_CODES } from '../../../../../services/kernel/catalog/impact.ts';
import { similarityOf } from '../../../../../services/kernel/catalog/near-duplicates.ts';
import type { SimpleMetric } from '../../../../../services/kernel/definitions.ts';
import type {
  DocumentAnswer,
  Findings,
} from '../../../../../services/console/core/catalog/answers.ts';
import {
  documentIn,
  findingsIn,
  languageOf,
  lineageIn,
  pruneIn,
  spoken,
} from '../../../../../services/console/core/catalog/in-language.ts';
import { CODE_WORDS } from '../../../../../services/console/core/catalog/words.ts';

const FINDINGS: Findings = {
  faults: [{ line: 1, column: 2, path: 'spec.unit', code: 'field_missing', message: 'no unit' }],
  duplicates: [],
  near: [{ metric: 'orders', reason: 'made of the same events', differs: ['where', 'value'] }],
  impacts: [
    {
      code: 'unit_changed',
      subject: 'Metric/sales',
      message: 'values of sales are EUR with 2 places and no longer GBP with 0 places',
      isBreaking: true,
      affects: ['readers'],
    },
  ],
};

describe('the language of an answer', () => {
  it.each([
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    ['en-GB, zh;q=0.5', 'en'],
    ['fr, zh', 'zh'],
    ['zhuang', 'en'],
    ['*', 'en'],
    ['', 'en'],
    [undefined, 'en'],
  ])('asked for by %j is %s', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });

  it('is nobody’s matter where there is none', () => {
    const refused = { ok: false, error: { code: 'not_found', detail: 'x' } } as const;
    expect(spoken('zh', findingsIn<Findings>, refused)).toBe(refused);
  });
});

describe('what is found in a text', () => {
  it('is said as it is in English', () => {
    expect(findingsIn('en', FINDINGS)).toBe(FINDINGS);
  });

  it('is named in Chinese, with the same codes and places', () => {
    const { faults, near, impacts } = findingsIn('zh', FINDINGS);
    expect(faults).toEqual([{ ...FINDINGS.faults[0], message: '缺少必填字段：no unit' }]);
    expect(near[0]?.reason).toBe('输入相同，区别在于筛选条件、取值');
    expect(impacts[0]).toEqual({
      ...FINDINGS.impacts[0],
      message: '指标的单位或小数位数改变：sales 的数值由 GBP（0 位小数）改为 EUR（2 位小数）',
    });
  });

  it('says what a package found as that did, after what it is', () => {
    const [fault] = findingsIn('zh', FINDINGS).faults;
    expect(fault?.message).toBe('缺少必填字段：no unit');
    const known = { ...FINDINGS.faults[0], message: 'spec.unit is missing' };
    const said = findingsIn('zh', { ...FINDINGS, faults: [known] as Findings['faults'] });
    expect(said.faults).toEqual([{ ...known, message: 'spec.unit 缺失' }]);
  });

  it('has words for every code', () => {
    for (const code of [...Object.keys(CATALOG_FAULTS), ...Object.keys(IMPACT_CODES)])
      expect(CODE_WORDS.get(code), code).toMatch(/\p{Script=Han}/u);
  });
});

describe('a document', () => {
  const answer: DocumentAnswer = {
    kind: 'Metric',
    id: 'sales',
    reviews: [],
    published: {
      text: '',
      document: {
        metadata: { purpose: 'To know' },
        spec: { unit: { code: 'GBP', x: 1 }, drivers: [{ metric: 'a' }] },
      },
      origin: 'file',
      author: 'ann',
      at: '2026-11-30T00:00:00.000Z',
      version: null,
    },
  };

  it('says what its fields are called, at every depth', () => {
    expect(documentIn('zh', answer).fieldNames).toEqual({
      purpose: '用途',
      unit: '单位',
      code: '编码',
      drivers: '驱动因素',
      metric: '指标',
    });
    expect(documentIn('en', answer)).toBe(answer);
  });
});

describe('a lineage', () => {
  it('says what each is for the other', () => {
    const edge = (as: string) => ({ from: 'Metric/a', to: 'Metric/b', as });
    const edges = [
      'formula',
      'dimension store',
      'driver +',
      'answers for',
      'compared by',
      'other',
    ].map(edge);
    const said = lineageIn('zh', { metric: 'a', nodes: [], edges }).edges;
    expect(said.map(({ words }) => words)).toEqual([
      '公式',
      '维度 store',
      '驱动因素 +',
      '负责',
      '对比',
      'other',
    ]);
    expect(said.map(({ as }) => as)).toEqual(edges.map(({ as }) => as));
  });
});

describe('what could go', () => {
  it('says why and what to do, with its figures', () => {
    const finding = {
      metric: 'sales',
      code: 'near_duplicate',
      reason: '',
      action: '',
      evidence: { of: 'net', correlation: '0.99', windows: 60, grain: 'hour', differs: ['where'] },
    } as const;
    const answer = { findings: [finding], unjudged: [], warnings: [] };
    const [said] = pruneIn('zh', answer).findings;
    expect(said?.reason).toBe(
      '与输入相同的 net 在 60 个窗口（小时）内的相关系数为 0.99；区别在于筛选条件',
    );
    expect(said?.action).toContain('改用 net');
    expect(said?.evidence).toBe(finding.evidence);
  });

  it('says what was not compared, and why', () => {
    const group = ['a', 'b'].map((id) => ({ id, grains: ['day'] }) as unknown as SimpleMetric);
    const { unjudged } = similarityOf(
      group,
      () => undefined,
      () => [],
    );
    const warnings = ['only the first 1000 metrics with shared inputs were compared'];
    const said = pruneIn('zh', { findings: [], unjudged, warnings });
    expect(said.unjudged).toEqual([
      { metric: 'b', of: 'a', reason: '两者均有数值的已结束窗口不足 30 个，或其中之一从不变化' },
    ]);
    expect(said.warnings).toEqual(['只比较了输入相同的前 1000 个指标']);
  });
});
