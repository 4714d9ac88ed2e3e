import { ok } from '../../../../services/kernel/result.ts';

/** Stands in every object's name. */
export const CANARY = 'canary';
export const NOW = Date.parse('2026-01-31T08:01:00Z');
/** What every part says: an object, and a list that holds it. */
export const told = { id: CANARY, list: [CANARY] };
export const answer = () => Promise.resolve(ok(told as never));
