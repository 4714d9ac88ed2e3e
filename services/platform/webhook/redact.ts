const SHOWN = '***';
/** Shorter parts are no secrets, and would blank words. */
const PART_CHARACTERS_MIN = 8;

/**
 * A text without these secrets, for what others wrote (an answer may repeat what it was asked): the secret itself, and of a
 * URL also its path, the parts of the path, and the values of its query, as they are and encoded.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const parts = secrets.flatMap((secret) =>
    URL.canParse(secret) ? partsOf(secret) : [secret, encodeURIComponent(secret)],
  );
  const hidden = [...new Set(parts)].filter((part) => part.length >= PART_CHARACTERS_MIN);
  return hidden
    .toSorted((a, b) => b.length - a.length)
    .reduce((shown, part) => shown.replaceAll(part, SHOWN), text);
}

function partsOf(secret: string): readonly string[] {
  const url = new URL(secret);
  const pieces = [...url.pathname.split('/'), ...url.searchParams.values()];
  return [
    secret,
    url.href,
    encodeURIComponent(secret),
    `${url.pathname}${url.search}`,
    ...pieces.flatMap((piece) => [piece, encodeURIComponent(piece)]),
  ];
}
