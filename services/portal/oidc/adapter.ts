/** What oidc-provider stores, on PostgreSQL; programs are its clients beside the built-in ones. */
import type { Adapter } from 'oidc-provider';
import type { Database } from '#libs/db/database.ts';
import type { DB } from '#libs/db/generated/portal.ts';
import { isUuid } from '#libs/ids/uuid.ts';
import type { Clock } from '#libs/time/clock.ts';
import { addMilliseconds } from '#libs/time/instant.ts';
import {
  consumeOidcRecord,
  deleteOidcGrant,
  deleteOidcRecord,
  findOidcRecord,
  type OidcPayload,
  upsertOidcRecord,
} from '../repositories/oidc-record-repository.ts';
import { findProgram } from '../repositories/program-repository.ts';

export function adapterFactory(db: Database<DB>, clock: Clock): (model: string) => Adapter {
  return (model) => {
    const records = recordAdapter(db, clock, model);
    return model === 'Client' ? { ...records, find: (id) => findProgramClient(db, id) } : records;
  };
}

function recordAdapter(db: Database<DB>, clock: Clock, model: string): Adapter {
  return {
    upsert: async (id, payload, expiresIn) => {
      const expiresAt =
        expiresIn === undefined ? undefined : addMilliseconds(clock.now(), expiresIn * 1_000);
      await upsertOidcRecord(db, { model, id, payload, expiresAt });
    },
    find: (id) => findOidcRecord(db, { model, id }, clock.now()),
    findByUid: (uid) => findOidcRecord(db, { model, uid }, clock.now()),
    // Only the device flow asks by user code, and it is off.
    findByUserCode: () => Promise.resolve(undefined),
    consume: (id) => consumeOidcRecord(db, { model, id }, clock.now()),
    destroy: (id) => deleteOidcRecord(db, { model, id }),
    revokeByGrantId: (grantId) => deleteOidcGrant(db, grantId),
  };
}

async function findProgramClient(db: Database<DB>, id: string): Promise<OidcPayload | undefined> {
  const program = isUuid(id) ? await findProgram(db, id) : undefined;
  if (program === undefined) return undefined;
  return {
    client_id: program.id,
    client_name: program.name,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    jwks: { keys: [program.publicKey] },
  };
}
