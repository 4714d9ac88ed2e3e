/** Members come from events: neither line ends nor marks that turn the direction of writing get into a message. */
export const oneLine = (text: string): string =>
  text.replaceAll(/[\p{Cc}\u2028-\u202e\u2066-\u2069]+/gu, ' ').trim();
