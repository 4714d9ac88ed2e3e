/** A function's own lines: its body without the functions that stand in it, which are counted by themselves. */
export type FunctionLength = {
  /** Where its signature begins, from 1. */
  readonly line: number;
  readonly own: number;
};

type Open = { readonly indent: number; readonly line: number; nested: number };

/** What opens a block but no function. */
const OTHER_BLOCK =
  /^(\}\s*)?(if|else|for|while|do|switch|try|catch|finally|return \{|class|type)\b/;
const FUNCTION_START =
  /\bfunction\b.*\{$|=>\s*\{$|^\)(:.*)?\s*(=>\s*)?\{$|^(async\s+)?[\w[\].]+\(.*\)(:.*)?\s*\{$/;

/**
 * Lengths of all functions of a source that the formatter has laid out: a block ends at the first line that closes at the
 * column where it began. A factory that closes over its state is as long as its own statements, as a class would be.
 */
export function functionLengths(source: string): readonly FunctionLength[] {
  const found: FunctionLength[] = [];
  const stack: Open[] = [];
  const texts = source.split('\n');
  for (const [index, text] of texts.entries()) {
    const code = text.trim();
    const indent = text.length - text.trimStart().length;
    const top = stack.at(-1);
    if (top && code.startsWith('}') && indent === top.indent) {
      stack.pop();
      const total = index - top.line - 1;
      found.push({ line: signatureStart(texts, top) + 1, own: total - top.nested });
      const outer = stack.at(-1);
      if (outer) outer.nested += total + 2;
    }
    if (FUNCTION_START.test(code) && !OTHER_BLOCK.test(code))
      stack.push({ indent, line: index, nested: 0 });
  }
  return found;
}

/** A signature over several lines begins at the last line before `)` that stands in the same column. */
function signatureStart(texts: readonly string[], { line, indent }: Open): number {
  if (!texts[line]?.trim().startsWith(')')) return line;
  const column = (text: string): number => text.length - text.trimStart().length;
  return texts.findLastIndex(
    (text, index) => index < line && text.trim() !== '' && column(text) === indent,
  );
}
