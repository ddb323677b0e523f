/** What each finding costs and how to mend it. docs/findings.md is held against this file by a test. */
import type { FindingCode, Severity } from '../../model/finding.js';

export interface FindingDescription {
  /** Every severity it can have; `when` says which applies if there are several. */
  readonly severities: readonly Severity[];
  readonly when?: string;
  /** One sentence for the person who keeps KN. */
  readonly mend: string;
}

export const catalogue: Readonly<Record<FindingCode, FindingDescription>> = {
  NoRows: {
    severities: ['stops-run', 'notice'],
    when: 'A notice where only the teachers or only the classes are none; no student at all stops.',
    mend: 'Export the workbook again from KnowledgeNET and check that its sheets are filled.',
  },
  MissingSheet: {
    severities: ['notice'],
    mend: 'Upload a workbook with all sheets unless this one was left out on purpose.',
  },
  UnknownHeader: {
    severities: ['notice'],
    mend: 'Restore the header as KnowledgeNET exported it, or take the column out.',
  },
  DuplicateHeader: { severities: ['notice'], mend: 'Take one of the two columns out.' },
  MissingExternalId: {
    severities: ['drops-record'],
    mend: 'Give the person or class a Unique External Id in KnowledgeNET.',
  },
  IdCleaned: { severities: ['notice'], mend: 'Correct the id in KnowledgeNET.' },
  IdFromNumber: {
    severities: ['notice', 'drops-value', 'drops-record'],
    when: 'A number is kept as it was written; a date in place of an id says nothing any more and is left out.',
    mend: 'Compare the id with KnowledgeNET; format the column as text before typing ids.',
  },
  DuplicateIdenticalRow: {
    severities: ['notice'],
    mend: 'Nothing has to be done; take one of the rows out.',
  },
  DuplicateExternalId: {
    severities: ['drops-record'],
    mend: 'Give each person and each class a Unique External Id of their own; until then none of them is used.',
  },
  ExternalIdCollation: {
    severities: ['drops-record'],
    mend: 'Make the ids differ by more than capitals, accents or spaces at the end; until then none of them is used.',
  },
  MissingLogin: { severities: ['drops-record'], mend: 'Give the person a User ID in KnowledgeNET.' },
  InvalidLogin: {
    severities: ['drops-record'],
    mend: 'Use only the letters a to z, digits and . _ - @ in the User ID, at most 100 characters.',
  },
  DuplicateLogin: {
    severities: ['drops-record'],
    mend: 'Give each person a User ID of their own; capitals and accents do not make a difference.',
  },
  MissingEmail: {
    severities: ['drops-record', 'notice'],
    when: 'A notice where the settings make accounts without e-mail (users.withoutEmail).',
    mend: 'Enter the e-mail address in KnowledgeNET, or allow accounts without one (users.withoutEmail).',
  },
  InvalidEmail: {
    severities: ['drops-record', 'drops-value'],
    when: 'Drops the value where the settings make accounts without e-mail (users.withoutEmail).',
    mend: 'Correct the e-mail address in KnowledgeNET.',
  },
  DuplicateEmail: {
    severities: ['drops-record', 'drops-value', 'notice'],
    when:
      'Drops the value where the settings make accounts without e-mail (users.withoutEmail); ' +
      'a notice where Moodle allows one address for several accounts.',
    mend: 'Give each person an e-mail address of their own; until then none of them uses it.',
  },
  MissingName: {
    severities: ['drops-record'],
    mend: 'Enter first name and surname in KnowledgeNET; Moodle needs both.',
  },
  ValueTooLong: {
    severities: ['drops-record', 'drops-value'],
    when: "Drops the value where the record can do without it: a class's name, an e-mail address that is not required.",
    mend: 'Shorten the value in KnowledgeNET.',
  },
  YearLevelUnreadable: {
    severities: ['drops-value'],
    mend: 'Enter the year level as a number from 0 to 15.',
  },
  UnknownGroup: {
    severities: ['drops-value'],
    mend: 'Correct the id in Member of Group (capitals count), or add the class to the groups sheet.',
  },
  GroupWithoutType: {
    severities: ['drops-record', 'notice'],
    when: 'A notice where the workbook has no Group Type column at all: the default settings are for every class then.',
    mend: 'Choose a group type for the class in KnowledgeNET: it decides whether and where a course is made.',
  },
  UnknownGroupType: {
    severities: ['drops-record', 'notice'],
    when: 'A notice where the settings name the type (groupTypes.named).',
    mend: 'Write the type as on the Group Types sheet (capitals count), or add it there.',
  },
  MissingGroupName: { severities: ['notice'], mend: 'Enter a name for the class in KnowledgeNET.' },
  ClassWithoutMembers: {
    severities: ['notice'],
    mend: 'Add members in KnowledgeNET, or turn provisioning off for the class.',
  },
  ClassWithoutTeacher: { severities: ['notice'], mend: 'Add the teacher to the class in KnowledgeNET.' },
  OriginUnknown: {
    severities: ['stops-run'],
    mend:
      'Fill the column SMS Controlled, set smsControlledPattern, override the class, ' +
      'or choose an option for its group type that does not ask who made the class.',
  },
  FlagUnreadable: { severities: ['drops-value'], mend: 'Write Y or N.' },
  ProvisioningUnreadable: { severities: ['drops-value'], mend: 'Write Enabled, Disabled, or nothing.' },
  NewIdTaken: {
    severities: ['drops-value', 'drops-record'],
    when: 'Drops the change of the id; the record too where it would make somebody new under the old id.',
    mend: 'Choose a New External Id that nobody has.',
  },
  DeleteUnknown: { severities: ['notice'], mend: 'Take the row out: what it wants deleted is not there.' },
  PasswordsIgnored: {
    severities: ['notice'],
    mend: 'Nothing with single sign-on; to write passwords, configure a password key and upload again.',
  },
  DeletionRequested: {
    severities: ['notice'],
    mend: 'Nothing here; remove the person or class in KnowledgeNET.',
  },
};
