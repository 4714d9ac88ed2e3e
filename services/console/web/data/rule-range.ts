/** Days as a date field has them, `2026-11-30`, in the browser's own zone. */

const two = (value: number): string => String(value).padStart(2, '0');
const written = (date: Date): string =>
  `${String(date.getFullYear())}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;

/** The day that holds the instant, or one so many days away from it. */
export function localDay(atMs: number, days: number): string {
  const date = new Date(atMs);
  date.setDate(date.getDate() + days);
  return written(date);
}

/** RFC 3339 of the day's first instant. */
export const startOfDay = (day: string): string => new Date(`${day}T00:00:00`).toISOString();

export const dayAfter = (day: string): string => localDay(Date.parse(`${day}T00:00:00`), 1);
