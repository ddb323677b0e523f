/** A file system's refusal in words, to stand behind the file's name. */

const words: Readonly<Record<string, string>> = {
  ENOENT: 'is not there: neither file nor folder of that name',
  EEXIST: 'is there already, and nothing is written over it: name another file',
  EISDIR: 'is a folder; a file is wanted',
  ENOTDIR: 'lies below something that is no folder',
  EACCES: 'may not be used by this account',
  EPERM: 'may not be used by this account',
  EROFS: 'lies where nothing can be written',
  ENOSPC: 'does not fit: the disk is full',
};

/** What Node says in an error code; codes without words are named, for whoever is asked about them. */
export function refusalOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  return words[code] ?? `cannot be used (${code})`;
}
