/** The personal part of a subject's facts: sealed into them, opened for rendering. */
import assert from 'node:assert/strict';
import type { NewObjectFact } from '../domain/object-fact.ts';
import type { PersonalFigures } from '../domain/objects/subject-object.ts';
import type { PersonalCipher } from './personal-cipher.ts';

/** Base64 of the sealed figures. */
export function sealPersonal(
  cipher: PersonalCipher,
  subjectId: string,
  { name, certificateNumber, phone, address }: PersonalFigures,
): string {
  const text = JSON.stringify({ name, certificateNumber, phone, address });
  return cipher.seal(placeOf(subjectId), text).toString('base64');
}

/** Errors: throws where the text was altered or belongs to another subject. */
export function openPersonal(
  cipher: PersonalCipher,
  subjectId: string,
  sealed: string,
): PersonalFigures {
  const text = cipher.open(placeOf(subjectId), Buffer.from(sealed, 'base64'));
  // Written by sealPersonal alone, and authenticated.
  return JSON.parse(text) as PersonalFigures;
}

export function openPersonalOf(cipher: PersonalCipher): (fact: NewObjectFact) => PersonalFigures {
  return ({ keyOwner, figures }) => {
    const sealed = figures['personal'];
    assert(typeof sealed === 'string', 'a personal fact without its figures');
    return openPersonal(cipher, keyOwner.id, sealed);
  };
}

/** Bound to the subject, not to a version: the ledger carries it on into the issuer's versions. */
function placeOf(subjectId: string) {
  return { table: 'object_fact', column: 'figures', rowId: subjectId };
}
