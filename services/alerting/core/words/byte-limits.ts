/** Limits of chat services are mostly in bytes of UTF-8, of which Chinese takes three a character. */

const encoder = new TextEncoder();
export const utf8Bytes = (text: string): number => encoder.encode(text).length;

const ELLIPSIS = '…';

/** The text, cut at the end of a whole character (as people see them) and marked with `…` where it is too long. */
export const trimBytes = (text: string, bytesMax: number): string =>
  trimmed(text, bytesMax, utf8Bytes);
/** As `trimBytes`, counted in UTF-16 units as Slack counts. */
export const trimCharacters = (text: string, charactersMax: number): string =>
  trimmed(text, charactersMax, (part) => part.length);

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

function trimmed(text: string, most: number, sizeOf: (text: string) => number): string {
  if (sizeOf(text) <= most) return text;
  const room = most - sizeOf(ELLIPSIS);
  let size = 0;
  let end = 0;
  for (const { segment, index } of characters.segment(text)) {
    size += sizeOf(segment);
    if (size > room) break;
    end = index + segment.length;
  }
  return room < 0 ? '' : `${text.slice(0, end)}${ELLIPSIS}`;
}
