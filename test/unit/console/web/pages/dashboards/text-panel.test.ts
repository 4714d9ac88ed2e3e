import { expect, test } from 'vitest';
import { parseMarkdown } from '../../../../../../services/console/web/pages/dashboards/markdown.ts';
import { withRanks } from '../../../../../../services/console/web/pages/dashboards/text-panel.ts';

const ranksOf = (text: string, first: number): readonly number[] =>
  withRanks(parseMarkdown(text), first).flatMap((block) =>
    block.kind === 'heading' ? [block.rank] : [],
  );

test.each([
  ['## Service\n\nwords\n\n## Quality', 2, [2, 2]],
  ['## Service', 3, [3]],
  ['# One\n\n## Two\n\n### Three', 2, [2, 3, 4]],
  ['# One\n\n### Three\n\n# One', 3, [3, 4, 3]],
  ['words alone', 2, []],
])('headings of %j leave out no rank from %i on', (text, first, ranks) => {
  expect(ranksOf(text, first)).toEqual(ranks);
});
