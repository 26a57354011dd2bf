/** What the access tokens say of a person or program. */
import type { Person } from '../domain/login.ts';
import type { Program } from '../repositories/program-repository.ts';

export const ACCESS_TOKEN_SECONDS = 300;
export const ACCESS_TOKEN_SCOPE = 'quanji';
/** What clients ask for as `resource`; it is granted by default. */
export const RESOURCE = 'urn:quanji:api';

type Claims = Readonly<Record<string, unknown>>;

export function personClaims(person: Person): Claims {
  return {
    name: person.name,
    preferred_username: person.username,
    roles: [...person.roles],
    ...(person.subjectId === undefined ? {} : { subject_id: person.subjectId }),
  };
}

export function programClaims(program: Program): Claims {
  return { name: program.name, roles: [...program.roles] };
}
