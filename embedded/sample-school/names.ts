/** Names of invented people, with everything that names in New Zealand have: macrons, apostrophes, hyphens, brackets. */

export const firstNames: readonly string[] = [
  ...['Aroha', 'Māia', 'Tāne', 'Hēmi', 'Ngāio', 'Kahurangi', 'Wiremu', 'Mere', 'Hana', 'Rāwiri', 'Pānia'],
  ...['Anahera', 'Nikau', 'Manaia', 'Tāmati', 'Whetū', 'Ariana', 'Te Ariki (TJ)', 'Hinemoa', 'Kāhu', 'Moana'],
  ...['Olivia', 'Jack', 'Charlotte', 'Oliver', 'Isla', 'Noah', 'Amelia', 'Leo', 'Grace', 'George', 'Ruby'],
  ...['Thomas', 'Sophie', 'Hunter', 'Lucy', 'Samuel', 'Ella', 'James', 'Zoë', 'Liam', 'Anne-Marie', 'Finn'],
  ...['Sione', 'Mele', 'Tevita', 'Losa', 'Ioane', 'Fetu', "Ma'afu", 'Ana', 'Semisi', 'Talia', 'Pita'],
  ...['Wei', 'Jia Hui', 'Hiroshi', 'Yuna', 'Arjun', 'Priya', 'Ananya', 'Rohan', 'Linh', 'Min-jun', 'Fatima'],
  ...['José', 'Chloé', 'Søren', 'Siobhán', 'Björn', 'Łukasz', 'John', 'Ben', 'Eve', 'Jean-Luc', 'Te Awhi'],
];

export const surnames: readonly string[] = [
  ...['Smith', 'Williams', 'Brown', 'Wilson', 'Taylor', 'Jones', 'Anderson', 'Thompson', 'Walker', 'Clark'],
  ...["O'Brien", "O'Connor", "D'Souza", 'McDonald', 'MacKenzie', 'Van der Berg', 'De Silva', 'St John'],
  ...['Tūhoe', 'Ngata', 'Paewai', 'Ngā-Puhi', 'Te Rangi', 'Pōtae', 'Tāwhai', 'Wānoa', 'Rēweti', 'Kāretu'],
  ...['Ngata-Hill', 'Smith-Jones', 'Parata', 'Te Kanawa-Brown', 'Rāpata', 'Hēnare', 'Karaka', 'Mātene'],
  ...['Tuilagi', "Fa'asavalu", 'Latu', 'Taufa', 'Vaipulu', 'Leota', "To'omaga", 'Fonua', 'Tupou', 'Seiuli'],
  ...['Li', 'Chen', 'Wang', 'Kim', 'Nguyễn', 'Patel', 'Singh', 'Kaur', 'Sharma', 'Tanaka', 'Reddy', 'Khan'],
  ...['Müller', 'García', 'Ó Súilleabháin', 'Nowak', 'Kovač', 'Sørensen', 'Young', 'King', 'Scott', 'Hall'],
];

export const titles: readonly string[] = ['Mr', 'Mrs', 'Ms', 'Miss', 'Dr', 'Whaea', 'Matua'];

/** Letters that have no accent to take away. */
const folds: Readonly<Record<string, string>> = { ø: 'o', ł: 'l', đ: 'd', ß: 'ss', æ: 'ae' };

/** A name in the letters that Moodle allows in usernames. */
export function plainLetters(name: string): string {
  return name
    .replace(/\(.*\)/, '')
    .normalize('NFD')
    .toLowerCase()
    .replace(/[øłđßæ]/g, (letter) => folds[letter] ?? '')
    .replace(/[^a-z]/g, '');
}
