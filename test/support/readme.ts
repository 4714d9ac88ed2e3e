/** A block of a page that is to be run: its commands, and what they must print. */
export type Block = {
  readonly line: number;
  readonly commands: string;
  /** once; again until the output fits; or running on while the rest is done. */
  readonly mode: 'once' | 'again' | 'background';
  readonly expected: string | undefined;
};
/** What the background must have printed when the page comes to this line. */
export type BackgroundCheck = { readonly line: number; readonly expected: string };
export type Step =
  | { readonly kind: 'block'; readonly block: Block }
  | { readonly kind: 'background'; readonly check: BackgroundCheck };

const STEP =
  /<!-- (run|run, again until it fits|run in the background) -->\n```sh\n([\s\S]*?)\n```\n(?:```text\n([\s\S]*?)\n```\n)?|<!-- the background prints -->\n```text\n([\s\S]*?)\n```/g;
const MODES = {
  run: 'once',
  'run, again until it fits': 'again',
  'run in the background': 'background',
} as const;

/** The marked blocks of a Markdown page, in order. */
export function stepsOf(page: string): readonly Step[] {
  return [...page.matchAll(STEP)].map((match): Step => {
    const [, mode, commands = '', expected, printed] = match;
    const line = page.slice(0, match.index).split('\n').length;
    if (printed !== undefined) return { kind: 'background', check: { line, expected: printed } };
    return {
      kind: 'block',
      block: { line, commands, mode: MODES[mode as keyof typeof MODES], expected },
    };
  });
}

/** Whether the output is what the page shows: line by line, blanks however wide, `…` for anything within a line. */
export function fits(expected: string, output: string): boolean {
  const lines = output.trim().split('\n').map(squeeze);
  const patterns = expected.trim().split('\n').map(patternOf);
  return (
    lines.length === patterns.length && patterns.every((pattern, i) => pattern.test(lines[i] ?? ''))
  );
}

const squeeze = (line: string): string => line.trim().replaceAll(/\s+/g, ' ');

const patternOf = (line: string): RegExp =>
  new RegExp(`^${squeeze(line).split('…').map(RegExp.escape).join('.*?')}$`);
