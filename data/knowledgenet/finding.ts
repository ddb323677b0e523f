/** Findings of cells, rows and sheets; those of whole records are made by data/rules/findings. */
import type { Finding, FindingCode, Severity } from '../model/finding.js';
import { catalogue } from '../rules/findings/catalogue.js';
import { excerpt } from '../rules/findings/draft.js';

interface Place {
  readonly sheet?: string;
  readonly row?: number;
  readonly column?: string;
  readonly value?: string;
  readonly subject?: string;
  /** Where the catalogue's way out does not fit. */
  readonly mend?: string;
}

/** One finding; values are cut to 200 characters. */
export function findingOf(code: FindingCode, severity: Severity, place: Place): Finding {
  return {
    code,
    severity,
    ...(place.sheet === undefined ? {} : { sheet: place.sheet }),
    ...(place.row === undefined ? {} : { row: place.row }),
    ...(place.column === undefined ? {} : { column: excerpt(place.column) }),
    ...(place.value === undefined ? {} : { value: excerpt(place.value) }),
    ...(place.subject === undefined || place.subject === '' ? {} : { subject: excerpt(place.subject) }),
    mend: place.mend ?? catalogue[code].mend,
  };
}
