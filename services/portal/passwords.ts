/** Passwords under Argon2id with the parameters of RFC 9106's and OWASP's recommendation. */
import { hash, verify } from '@node-rs/argon2';

/** Algorithm 2 is Argon2id, which the library names by an enum that is erased. */
const PARAMETERS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Of no password: an unknown user name costs the same time as a known one. */
let decoy: Promise<string> | undefined;

export function hashPassword(password: string): Promise<string> {
  return hash(password, PARAMETERS);
}

/** False without a hash, after the time that a comparison takes. */
export async function isPasswordOf(
  password: string,
  passwordHash: string | undefined,
): Promise<boolean> {
  decoy ??= hashPassword(crypto.randomUUID());
  const isEqual = await verify(passwordHash ?? (await decoy), password);
  return isEqual && passwordHash !== undefined;
}
