/** The reading against the last applied snapshot: the numbers that tell whether it is believable. */
export interface YearLevelCounts {
  /** '' = no year level. */
  readonly yearLevel: string;
  readonly before: number;
  readonly now: number;
  readonly joiners: number;
  readonly leavers: number;
  /** Came from another year level. */
  readonly movedIn: number;
}

export interface GroupTypeCounts {
  /** '' = no type. */
  readonly groupType: string;
  readonly before: number;
  readonly now: number;
  readonly newClasses: number;
  readonly goneClasses: number;
  readonly membershipsBefore: number;
  readonly membershipsNow: number;
  /** Memberships new or gone in classes that exist in both. */
  readonly membershipsJoined: number;
  readonly membershipsLeft: number;
}

export interface Comparison {
  /** Null when nothing was ever applied. */
  readonly baseSnapshotId: number | null;
  readonly people: {
    readonly before: number;
    readonly now: number;
    readonly joiners: number;
    readonly leavers: number;
  };
  readonly yearLevels: readonly YearLevelCounts[];
  readonly teachers: {
    readonly before: number;
    readonly now: number;
    readonly joiners: number;
    readonly leavers: number;
  };
  readonly groupTypes: readonly GroupTypeCounts[];
  /** Students whose set of classes changed though they and at least one class stayed. */
  readonly movedBetweenClasses: number;
}
