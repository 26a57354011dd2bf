/** The access token that the portal itself presents for a person who is signed in by session. */
import { SignJWT } from 'jose';
import { accessTokenAudience } from '#libs/http/authenticate.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { type Instant, toUnixSeconds } from '#libs/time/instant.ts';
import type { Person } from '../domain/login.ts';
import { ACCESS_TOKEN_SECONDS, personClaims } from './claims.ts';
import type { SigningKey } from './signing-key.ts';

export async function sessionToken(
  person: Person,
  from: { readonly issuer: string; readonly key: SigningKey; readonly now: Instant },
): Promise<string> {
  const issuedAt = toUnixSeconds(from.now);
  return await new SignJWT({ ...personClaims(person), client_id: 'quanji-portal' })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: from.key.keyId })
    .setIssuer(from.issuer)
    .setAudience(accessTokenAudience)
    .setSubject(person.id)
    .setJti(newUuid())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ACCESS_TOKEN_SECONDS)
    .sign(from.key.privateKey);
}
