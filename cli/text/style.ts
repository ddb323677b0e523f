/** Emphasis on terminals that can show it; plain text everywhere else. */

export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  careful(text: string): string;
  bad(text: string): string;
}

const plain = (text: string): string => text;

function coded(on: number, off: number): (text: string) => string {
  return (text) => `\u001b[${on}m${text}\u001b[${off}m`;
}

/** With or without colours. Colours only repeat what the words say. */
export function createStyle(colour: boolean): Style {
  if (!colour) return { bold: plain, dim: plain, good: plain, careful: plain, bad: plain };
  return {
    bold: coded(1, 22),
    dim: coded(2, 22),
    good: coded(32, 39),
    careful: coded(33, 39),
    bad: coded(31, 39),
  };
}
