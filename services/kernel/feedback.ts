/** What somebody who knows says of an alert, for the review of its rule. */
export const FEEDBACKS = ['real', 'expected', 'false-alarm', 'new-normal'] as const;
export type Feedback = (typeof FEEDBACKS)[number];

/** `real`: it was worth telling; `expected`: planned, such as a stocktaking; `new-normal`: the level is here to stay. */
export type GivenFeedback = { readonly verdict: Feedback; readonly cause: string | null };

/** Longest cause that is kept, in characters. */
export const CAUSE_MAX = 200;

/** As the reason of a record on `alerts` of kind `feedback`: the verdict, and after a colon the cause. */
export const feedbackReason = ({ verdict, cause }: GivenFeedback): string =>
  cause === null ? verdict : `${verdict}: ${cause.slice(0, CAUSE_MAX)}`;

/** Law: `parseFeedback(feedbackReason(f))` equals f for causes within the bound. @returns undefined for any other text */
export function parseFeedback(reason: string): GivenFeedback | undefined {
  const cut = reason.indexOf(': ');
  const verdict = FEEDBACKS.find((one) => one === (cut === -1 ? reason : reason.slice(0, cut)));
  return verdict && { verdict, cause: cut === -1 ? null : reason.slice(cut + 2) };
}
