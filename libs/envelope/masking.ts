/** Masked forms of personal data for every view that has no logged purpose to show them whole. */

const STAR = '*';

/** `110105********002X`: region and last four; other certificates keep their ends only. */
export function maskIdentityNumber(value: string): string {
  const length = [...value].length;
  return length >= 15 ? keepEnds(value, 6, 4) : keepThird(value);
}

/** `138****8000`; shorter numbers keep their last digits only. */
export function maskPhone(value: string): string {
  const length = [...value].length;
  return length >= 11 ? keepEnds(value, 3, 4) : keepThird(value);
}

/** `张*`, `欧***`: the first character; blanks and the middle dot stay. */
export function maskName(value: string): string {
  const [first, ...rest] = [...value];
  if (first === undefined) return '';
  return first + rest.map((character) => (/[\s·]/u.test(character) ? character : STAR)).join('');
}

/** `6222***********1234`: issuer digits and last four. */
export function maskBankAccount(value: string): string {
  const length = [...value].length;
  return length >= 12 ? keepEnds(value, 4, 4) : keepThird(value);
}

/** The first six characters, about a province and a city; the rest is one fixed-length mask. */
export function maskAddress(value: string): string {
  const characters = [...value];
  const shown = characters.length >= 12 ? 6 : Math.floor(characters.length / 3);
  return characters.slice(0, shown).join('') + STAR.repeat(6);
}

function keepEnds(value: string, head: number, tail: number): string {
  const characters = [...value];
  const hidden = characters.length - head - tail;
  return (
    characters.slice(0, head).join('') +
    STAR.repeat(hidden) +
    characters.slice(characters.length - tail).join('')
  );
}

/** At most a third of a short value, at its end. */
function keepThird(value: string): string {
  return keepEnds(value, 0, Math.floor([...value].length / 3));
}
