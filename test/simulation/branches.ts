/**
 * Branches that are rarely taken: each must have been seen in a campaign, else its runs prove less than they seem to.
 * What is told of them is seen from outside, through the ports.
 */
export const BRANCHES = [
  'a flush refused by its cursor',
  'a flush refused by its generation',
  'a flush refused where the projection is missing',
  'a flush of a worker that no longer owns the partition is refused',
  'a reply lost, and the cursors read again',
  'a late command refused',
  'a late command applied',
  'a rollback found',
  'a rebuild after loss',
  'a cursor beyond the end, and a rebuild',
  'a stray batch',
  'a partition that gives another offset, opened again',
  'a late event',
  'a conflict',
  'an event of the future',
  'an unreadable record',
  'a duplicate found again on reading again',
  'a historical event in a final window',
  'a window revised',
  'a window past its retention',
  'an overflow that halts',
  'a retention hole noted',
  'a hole in the log',
  'a publication sent again',
  'a mark kept since the cell moved on',
  'a projection that is being rebuilt is shown as such',
  'a registry that blocks',
  'a broker that refuses notes, and what was gathered dropped',
  'a consumer that crashed is run again',
  'a consumer that fell silent is run again',
  'a metric added while others go on',
  'a metric removed',
  'a projection filled beside the live lane',
  'a projection parked',
  'an alert that fired',
  'an alert that was resolved',
  'a message withheld by what somebody said',
  'a mute that ended, and was told',
  'a message that waited for the end of quiet hours',
  'an alert inhibited by a graver one',
  'a source that fell silent',
  'a silent source that came back',
  'a watchdog that was heard',
  'an alert that was acknowledged',
  'an escalation',
  'a message told again under its id',
  'the state of alerts lost',
] as const;

export type Branch = (typeof BRANCHES)[number];

/** How often each branch was taken. */
export type Seen = {
  readonly see: (branch: Branch, times?: number) => void;
  readonly counts: ReadonlyMap<Branch, number>;
};

export function createSeen(): Seen {
  const counts = new Map<Branch, number>();
  return {
    counts,
    see(branch, times = 1) {
      counts.set(branch, (counts.get(branch) ?? 0) + times);
    },
  };
}
