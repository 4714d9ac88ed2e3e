import type { Names } from '../alert/names.ts';

/** Who was asked before, and until when he is away. */
export type PassedOver = readonly {
  readonly who: string;
  readonly reason: string;
  readonly until: string | null;
}[];

/** The frozen body of contract section 7, as far as texts are made of it. Every member may be absent: older bodies are told too. */
export type AlertBody = {
  readonly type: string;
  readonly timestamp?: string;
  readonly data: {
    readonly alert?: {
      readonly id?: string;
      readonly episode?: string;
      readonly rule?: string;
      readonly severity?: string;
      readonly severities?: readonly string[];
      readonly state?: string;
      readonly reason?: string;
      readonly startedAt?: string | null;
      readonly endedAt?: string | null;
      readonly outcome?: string | null;
      /** It was so before its rule was. */
      readonly alreadyBreached?: boolean;
    };
    /** While nobody hears of the series: the start of the first window without events, and how many have closed. */
    readonly noData?: { readonly since?: string; readonly windows?: number };
    readonly metric?: { readonly id?: string; readonly name?: Name; readonly unit?: string };
    readonly labels?: Readonly<Record<string, string>>;
    /** What the reader calls the ids in it; of bodies of before there are none. */
    readonly names?: Partial<Names>;
    readonly window?: {
      readonly start?: string;
      readonly end?: string;
      readonly state?: string;
      readonly revision?: number;
    };
    readonly condition?: string;
    readonly value?: string | null;
    readonly previous?: string | null;
    readonly threshold?: string | null;
    readonly target?: string | null;
    readonly breached?: string | null;
    readonly worst?: string | null;
    readonly recovered?: string | null;
    /** Metrics below this one that burn too and explain it; `share` 1 is all of its deviation. */
    readonly drivers?: readonly { readonly metric?: string; readonly share?: number }[];
    readonly owner?: {
      readonly accountable?: string | null;
      readonly deputy?: string | null;
      readonly via?: string | null;
      readonly passedOver?: PassedOver;
    };
    readonly evidence?: {
      readonly watermark?: string;
      readonly completeness?: number;
      /** Sources that are silent: what is shown may lack their events. */
      readonly lacking?: readonly string[];
      readonly cursors?: readonly {
        readonly topic: string;
        readonly partition: number;
        readonly offset: number | string;
      }[];
    };
    /** Of assigned: who is to see to it, by whom, what was said to it, and who is told in fact. */
    readonly assignment?: {
      readonly to?: string;
      readonly by?: string;
      readonly note?: string | null;
      readonly answering?: { readonly who: string; readonly as: string } | null;
      readonly passedOver?: PassedOver;
    };
    /** Of escalated: whom this step names, how many seconds after the beginning, and who is told in fact. */
    readonly escalation?: {
      readonly to?: string;
      readonly after?: number;
      readonly answering?: { readonly who: string; readonly as: string } | null;
      readonly passedOver?: PassedOver;
    };
    readonly links?: Readonly<Record<string, string | null | undefined>>;
    /** Of a message to somebody who follows. */
    readonly subscription?: { readonly id: string };
    /** Of `receiver.test`. */
    readonly receiver?: string;
    readonly askedBy?: string;
    /** Of `alert.digest`: what each of the messages says, worst first. */
    readonly alerts?: readonly AlertBody[];
    /** Of a digest that tells of one incident: what makes it one. */
    readonly incident?: string;
    /** Of a scheduled digest. */
    readonly digest?: {
      readonly every: string;
      readonly date: string;
      readonly firing: number;
      readonly ended: number;
    };
    readonly values?: readonly {
      readonly metric: { readonly name: Name; readonly unit: string };
      readonly labels: Readonly<Record<string, string>>;
      readonly value: string | null;
      readonly previous: string | null;
    }[];
  };
};
export type Name = string | { readonly en: string; readonly zh?: string };

/** What a message of this type is about: `firing` of `alert.firing`, `test` of `receiver.test`. */
export const kindOf = ({ type }: AlertBody): string => type.slice(type.lastIndexOf('.') + 1);

/** @throws SyntaxError for a text that is no body: ours are frozen by `bodyOf` */
export const parseBody = (body: string): AlertBody => {
  const parsed = JSON.parse(body) as AlertBody;
  return { ...parsed, data: parsed.data ?? {} };
};
