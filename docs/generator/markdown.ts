/** A table cell: one line, with what would end the cell escaped. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

export const table = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string =>
  [head, head.map(() => '---'), ...rows.map((row) => row.map(cell))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

export const code = (text: string): string => (text === '' ? '' : `\`${text}\``);

/** A page of the reference: a title, what it was made from, and its parts. */
export const page = (title: string, source: string, parts: readonly string[]): string =>
  `${[`# ${title}`, `Made from ${source} by \`npm run docs\`; do not edit.`, ...parts].join('\n\n')}\n`;
