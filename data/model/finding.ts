/** What a finding costs. */
export type Severity = 'stops-run' | 'drops-record' | 'drops-value' | 'notice';

/** Every kind of dirt we can name. Stable: tests, docs and filters use them. */
export const findingCodes = {
  NoRows: 'The reading holds no person at all.',
  MissingSheet: 'A sheet is missing; nothing is said about its records.',
  UnknownHeader: "A column header is not one of KnowledgeNET's.",
  DuplicateHeader: 'Two columns are read as the same field; the first one counts.',
  MissingExternalId: 'A row has no Unique External Id.',
  IdCleaned: 'An id had spaces or invisible characters around or in it; they were taken away.',
  IdFromNumber:
    'An id stood in a cell as a number or a date; leading zeros may have been lost before we saw it.',
  DuplicateIdenticalRow: 'The same person or class stands there twice, with equal values.',
  DuplicateExternalId: 'Two different persons or classes share one External ID.',
  ExternalIdCollation:
    "Two External IDs differ only in a way that Moodle's database does not see (case, accents, trailing spaces).",
  MissingLogin: 'A person has no User ID.',
  InvalidLogin: 'Moodle does not accept this User ID.',
  DuplicateLogin: 'Two persons share one User ID, as Moodle sees it.',
  MissingEmail: 'A person has no e-mail address.',
  InvalidEmail: 'This is not an e-mail address.',
  DuplicateEmail: 'Two persons share one e-mail address, as Moodle sees it.',
  MissingName: 'A person has no first name or no surname.',
  ValueTooLong: "A value is longer than Moodle's column.",
  YearLevelUnreadable: 'This is not a year level.',
  UnknownGroup: 'A membership names a class that is not there.',
  GroupWithoutType: 'A class has no group type.',
  UnknownGroupType: 'A class names a group type that is not on the Group Types sheet.',
  MissingGroupName: 'A class has no name; its External ID is used.',
  ClassWithoutMembers: 'A provisioned class has no members.',
  ClassWithoutTeacher: 'A provisioned class has no teacher.',
  OriginUnknown:
    "Whether the SMS controls this class is not known, and its group type's option depends on it.",
  FlagUnreadable: 'A Y/N cell holds something else.',
  ProvisioningUnreadable:
    'A Moodle Provisioning cell holds something other than Enabled, Disabled or nothing.',
  NewIdTaken: 'The New External Id already belongs to somebody else.',
  DeleteUnknown: 'A row asks to delete something that is not there.',
  PasswordsIgnored: 'The workbook has passwords; no key is configured, so they were left out.',
  DeletionRequested:
    'A row asks for deletion; it is left out of the reading. What of it is ours in Moodle is suspended or hidden where the settings allow.',
} as const;
export type FindingCode = keyof typeof findingCodes;

/** One problem of one record. Holds personal data: journal and a person's screen only, never logs or histories. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly sheet?: string;
  readonly row?: number;
  readonly column?: string;
  /** The offending value as the source gave it, at most 200 characters; never a password. */
  readonly value?: string;
  /** External ID of the person or class concerned, where known. */
  readonly subject?: string;
  /** How to mend it, one sentence. */
  readonly mend: string;
}
