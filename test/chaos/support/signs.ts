import type { Passing } from './fault-proxy.ts';
import { API } from './kafka-frames.ts';

/** Whether something that passes on a line is the moment that is waited for. */
export type Sign = (passing: Passing) => boolean;

/** A client calls this script: its digest, or where the server has forgotten it the beginning of its text. */
export const callsScript =
  (digest: string, text: string): Sign =>
  ({ from, bytes }) =>
    from === 'client' &&
    [digest, text.slice(0, text.indexOf('\n'))].some((sign) => bytes.includes(sign));

/** The first thing that the server says after the client did this: its answer, or one before it on the same line. */
export const answerOf = (isAsked: Sign): Sign => {
  let asked = false;
  return (passing) => {
    if (passing.from === 'server') return asked;
    asked ||= isAsked(passing);
    return false;
  };
};

export const writes =
  (topic: string): Sign =>
  ({ from, api, bytes }) =>
    from === 'client' && api === API.produce && bytes.includes(topic);

export const written =
  (topic: string): Sign =>
  ({ from, api, request }) =>
    from === 'server' && api === API.produce && request?.includes(topic) === true;

export const fetches =
  (topic: string): Sign =>
  ({ from, api, bytes }) =>
    from === 'client' && api === API.fetch && bytes.includes(topic);

/** An answer that carries records: larger than one that says that there are none. */
export const fetched: Sign = ({ from, api, bytes }) =>
  from === 'server' && api === API.fetch && bytes.length > 1_000;

/** An answer with records that hold this text. */
export const fetchedWith =
  (text: string): Sign =>
  ({ from, api, bytes }) =>
    from === 'server' && api === API.fetch && bytes.includes(text);
