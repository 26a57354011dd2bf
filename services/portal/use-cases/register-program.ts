/** A program: its public key and roles, registered when a second person approves. */
import { createPublicKey } from 'node:crypto';
import type { Tx } from '#libs/db/database.ts';
import type { DB } from '#libs/db/generated/portal.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import type { Instant } from '#libs/time/instant.ts';
import { insertProgram } from '../repositories/program-repository.ts';

export interface NewProgram {
  readonly name: string;
  readonly roles: readonly string[];
  readonly publicKeyPem: string;
}

type Jwk = Readonly<Record<string, unknown>>;

/** The key as a JWK. Errors: program-key-invalid, for anything but a public key on P-256. */
export function readProgramKey(pem: string): Result<Jwk, Refusal<'program-key-invalid'>> {
  if (!pem.startsWith('-----BEGIN PUBLIC KEY-----')) return refuse('program-key-invalid');
  try {
    const key = createPublicKey({ key: pem, format: 'pem', type: 'spki' });
    const { kty, crv, x, y } = key.export({ format: 'jwk' });
    return kty === 'EC' && crv === 'P-256'
      ? ok({ kty, crv, x, y, alg: 'ES256', use: 'sig' })
      : refuse('program-key-invalid');
  } catch {
    return refuse('program-key-invalid');
  }
}

/** Errors: program-key-invalid. */
export async function registerProgram(
  tx: Tx<DB>,
  now: Instant,
  program: NewProgram,
): Promise<Result<{ clientId: string }, Refusal<'program-key-invalid'>>> {
  const publicKey = readProgramKey(program.publicKeyPem);
  if (!publicKey.ok) return publicKey;
  const { name, roles } = program;
  const id = newUuid();
  await insertProgram(tx, { id, name, roles, publicKey: publicKey.value }, now);
  return ok({ clientId: id });
}
