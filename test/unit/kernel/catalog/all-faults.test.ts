import { expect, test } from 'vitest';
import {
  checkFiles,
  derived,
  metric,
  other,
  rule,
  SOUND,
} from '../../../support/catalog-folder.ts';

/** What is said of `rule.yaml` beside a metric `m` in a file of its own. */
async function saidOfRule(metricText: string, ruleText: string): Promise<readonly string[]> {
  const { lines } = await checkFiles({
    'a.yaml': SOUND,
    'm.yaml': metricText,
    'rule.yaml': ruleText,
  });
  return lines.filter((line) => line.startsWith('rule.yaml'));
}
const MISSPELT = `type: simple, event: shop.order, aggregation: count, dimensions: { store: data.store }`;
const byStore = (spec: string) => rule(`metric: m, by: [store], window: day, ${spec}`);

test('a rule is checked against its metric though a field of the metric is misspelt', async () => {
  const text = metric(`${MISSPELT}, breakdwns: [[], [store]], grain: [hour, day]`);
  const lines = await saidOfRule(text, rule('metric: m, by: [shop], window: minute, when: 1 < 2'));
  expect(lines.map((line) => line.replace(/:.*? /, ' '))).toEqual([
    'rule.yaml breakdown_unavailable m is kept by [] [store], not by [shop]',
    'rule.yaml grain_unavailable m keeps hour, day; this window needs minute',
  ]);
});

test('what is right beside the misspelt field, as it was meant, is not at fault', async () => {
  const text = metric(`${MISSPELT}, breakdwns: [[], [store]]`);
  expect(await saidOfRule(text, byStore('when: value > 1'))).toEqual([]);
});

test('nobody guesses what a field without a near name was to be: nothing is checked against its document', async () => {
  const text = metric(`${MISSPELT}, splits: [[], [store]]`);
  expect(await saidOfRule(text, byStore('when: value > 1'))).toEqual([]);
});

test('an owner who is not there keeps no rule from being checked against the metric', async () => {
  const text = metric(MISSPELT, 'id: m, name: M, owner: person:nobody');
  expect(await saidOfRule(text, byStore('when: value > 1'))).toEqual([
    expect.stringContaining('breakdown_unavailable m is kept by [], not by [store]') as string,
  ]);
});

test('a condition is read though its metric has faults, or is not there', async () => {
  const faulty = metric(`${MISSPELT}, maxSeries: none`);
  for (const when of ['vale > 1', 'value >']) {
    const [line = '', ...further] = await saidOfRule(faulty, byStore(`when: ${when}`));
    expect(line).toMatch(/^rule\.yaml:5:\d+ expression_invalid /);
    expect(further).toEqual([]);
  }
  expect(await saidOfRule('', byStore('when: vale > 1, clear: valu < 1'))).toHaveLength(3);
});

test('a misspelt field does not hide what else is wrong with its document, each at its place, once', async () => {
  const text = derived('formla: net / nett, brakdowns: [[shop]]');
  const { lines } = await checkFiles({ 'a.yaml': SOUND, 'm.yaml': text });
  expect(lines).toEqual([
    'm.yaml:5:1 field_missing spec.formula is missing',
    'm.yaml:5:47 field_unknown there is no field formla here; did you mean formula?',
    'm.yaml:5:61 reference_unknown there is no Metric nett; did you mean net?',
    'm.yaml:5:67 field_unknown there is no field brakdowns here; did you mean breakdowns?',
  ]);
});

test('a guess that has not the form of what it stands for is no second fault', async () => {
  const { lines } = await checkFiles({
    'a.yaml': SOUND,
    'm.yaml': metric(`${MISSPELT}, grainz: hour`),
  });
  expect(lines.map((line) => line.split(' ')[1])).toEqual(['field_unknown']);
});

test('what names a document that is no YAML, or one that this swallowed, is not at fault', async () => {
  const torn = metric('type: simple, unit: [').trim();
  const swallowed = metric('type: simple', 'id: n, name: "N, owner: person:anna').trim();
  const { lines } = await checkFiles({
    'a.yaml': SOUND,
    'm.yaml': `${torn}\n---\n${swallowed}\n---\n${other('Team', '{ members: ["person:anna"] }', 'late').trim()}`,
    'p.yaml': other(
      'Responsibility',
      '[{ metric: m, accountable: team:late }, { metric: n, accountable: team:lat }]',
    ),
  });
  expect(lines.filter((line) => line.startsWith('p.yaml'))).toEqual([
    expect.stringContaining('reference_unknown there is no Team lat; did you mean late?') as string,
  ]);
  expect(lines.some((line) => /^m\.yaml:\d+:\d+ not_parseable/.test(line))).toBe(true);
});
