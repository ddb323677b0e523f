/** What people are told about a run, and what Moodle's people see after it. Types only; safe in workflow code. */
import type { Gate } from './gate.js';

/** gate-waiting: a reminder of a gate that has been open for a day or more. */
export const noticeEvents = ['gate-opened', 'gate-waiting', 'run-failed', 'run-ended'] as const;
export type NoticeEvent = (typeof noticeEvents)[number];

/** Something to tell. Ids of ours, counts and codes only. */
export interface Notice {
  readonly school: string;
  readonly runId: number;
  readonly workflowId: string;
  readonly event: NoticeEvent;
  readonly gate?: Gate;
  readonly opening?: number;
  /** Numbers shown with the gate; absent: those that the journal keeps with the opening. */
  readonly counts?: Readonly<Record<string, number>>;
  /** The failure's code (run-failed) or the run's outcome (run-ended). */
  readonly code?: string;
  /** ISO time at which the gate opened. */
  readonly openedAt?: string;
  /** Which reminder of this opening, from 1. Absent: by the days since `openedAt`. */
  readonly reminder?: number;
}

/** Channels by name: "webhook", "mail 2 of 3"; never an address. */
export interface Told {
  readonly sent: readonly string[];
  readonly failed: readonly string[];
}

/** Why people do not see new categories and courses at once. */
export const lateReasons = ['no-web-service', 'web-service-refused', 'web-service-unreachable'] as const;
export type LateReason = (typeof lateReasons)[number];
