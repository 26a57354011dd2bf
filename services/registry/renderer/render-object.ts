/** Canonical bytes of one object from its facts; the preview and the property tests use it too. */
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import { buildObject } from '#libs/cross-chain-model/build.ts';
import { validateObject } from '#libs/cross-chain-model/validate.ts';
import { err, ok, type Result } from '#libs/result/result.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import type { ObjectFact } from '../domain/object-fact.ts';
import { objectBody } from '../domain/objects/object-body.ts';
import type { PersonalFigures } from '../domain/objects/subject-object.ts';

/** Rises when the same facts would give other bytes than before. */
export const RENDERER_VERSION = 1;

export interface RenderedObject {
  readonly bytes: Uint8Array;
  readonly sm3: Uint8Array;
}

/** Opens the sealed personal figures of a subject's fact. */
export type OpenPersonal = (fact: ObjectFact) => PersonalFigures;

const REASONS_MAX = 3;

/** Errors: why the object breaks its schema, in one line without values. */
export function renderObject(
  fact: ObjectFact,
  openPersonal: OpenPersonal,
): Result<RenderedObject, string> {
  const personal = fact.class === 'subject' ? openPersonal(fact) : undefined;
  const { objectId, version, revision, operation, timestampSeconds, salt, corrects } = fact;
  const object = buildObject(
    {
      class: fact.class,
      objectId,
      version,
      revision,
      operation,
      timestampSeconds,
      salt,
      ...(corrects === undefined ? {} : { corrects }),
    },
    objectBody(fact, personal),
  );
  const valid = validateObject(object);
  if (!valid.ok) {
    const faults = valid.error.slice(0, REASONS_MAX);
    const reasons = faults.map(({ pointer, keyword }) => `${pointer} ${keyword}`);
    return err(`${objectId}/${version} breaks its schema: ${reasons.join('; ')}`);
  }
  const bytes = canonicalBytes(object);
  return ok({ bytes, sm3: sm3(bytes) });
}
