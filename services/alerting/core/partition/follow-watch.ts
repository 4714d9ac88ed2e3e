import type { Following } from '../people/unsubscribed.ts';
import { FOLLOWINGS } from './partition-fields.ts';

/** What people said last about following, and who follows no more by it (core/people/unsubscribed.ts). A structure that changes in place. */
export class FollowWatch {
  readonly unsubscribed = new Set<string>();
  readonly #said = new Map<string, Following>();
  readonly #changed: (field: string) => void;

  constructor(changed: (field: string) => void) {
    this.#changed = changed;
  }

  said(key: string): Following | undefined {
    return this.#said.get(key);
  }
  set(key: string, following: Following): void {
    this.#keep(key, following);
    for (const kind of Object.keys(FOLLOWINGS)) this.#changed(`${kind}|${key}`);
  }
  #keep(key: string, following: Following): void {
    this.#said.set(key, following);
    if (following.kind === 'unsubscribe') this.unsubscribed.add(key);
    else this.unsubscribed.delete(key);
  }

  /** One field per way of following: who changes what was said empties the other. */
  encode(field: string): string | null {
    const [kind, key] = [field[0] as keyof typeof FOLLOWINGS, field.slice(2)];
    const following = this.#said.get(key);
    return following?.kind === FOLLOWINGS[kind] ? String(following.offset) : null;
  }
  restore(field: string, text: string): void {
    const kind = FOLLOWINGS[field[0] as keyof typeof FOLLOWINGS];
    this.#keep(field.slice(2), { kind, offset: Number(text) });
  }
}
