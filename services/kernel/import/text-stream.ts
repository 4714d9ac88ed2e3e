import type { FileSource } from './row.ts';

const SAMPLE_BYTES = 64 * 1024;

/** The first bytes of a file, at most 64 KiB. */
export async function sampleOf(source: FileSource): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of source.read(0, Math.min(source.sizeBytes, SAMPLE_BYTES))) {
    parts.push(part);
    length += part.length;
  }
  const sample = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    sample.set(part, at);
    at += part.length;
  }
  return sample;
}

/**
 * UTF-8 where the bytes are some, else what spreadsheets of China (GB 18030) or of Western Europe write. A guess: it may be
 * overruled.
 */
export function guessEncoding(sample: Uint8Array): string {
  if (sample[0] === 0xff && sample[1] === 0xfe) return 'utf-16le';
  if (sample[0] === 0xfe && sample[1] === 0xff) return 'utf-16be';
  // A character that the sample cuts is no fault.
  return decodes('utf-8', sample) ? 'utf-8' : isGb18030(sample) ? 'gb18030' : 'windows-1252';
}

function decodes(encoding: string, bytes: Uint8Array): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Nearly any bytes are GB 18030: only where most of what is not ASCII is common Chinese is it taken for such. */
function isGb18030(sample: Uint8Array): boolean {
  if (!decodes('gb18030', sample)) return false;
  const text = new TextDecoder('gb18030').decode(sample);
  const beyond = text.match(/\P{ASCII}/gu)?.length ?? 0;
  const han = text.match(/[\u4e00-\u9fa5\u3000-\u303f\uff00-\uffef]/g)?.length ?? 0;
  return beyond > 0 && han >= beyond * 0.9;
}

export type TextPart = {
  readonly text: string;
  /** Bytes that were read up to here. */ readonly bytes: number;
};

/** The file as text. Bytes that the encoding does not have become U+FFFD. */
export async function* textOf(source: FileSource, encoding: string): AsyncIterable<TextPart> {
  const decoder = new TextDecoder(encoding);
  let bytes = 0;
  for await (const part of source.read(0, source.sizeBytes)) {
    bytes += part.length;
    yield { text: decoder.decode(part, { stream: true }), bytes };
  }
  yield { text: decoder.decode(), bytes };
}
