import { expect, it } from 'vitest';
import { minifyStyle } from '../../../../services/platform/style/minify.ts';

it('a style without what only its readers need means the same', () => {
  expect(
    minifyStyle(
      "/* Why. */\n.a :hover,\n.b > c {\n  width: calc(1rem + 2px);\n  content: '← ';\n}\n",
    ),
  ).toBe(".a :hover,.b > c{width:calc(1rem + 2px);content:'← '}");
});
