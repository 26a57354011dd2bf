/** The audit record: who did what to what, hashed as it was written, personal data masked. */
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import type { Actor } from '#libs/http/actor.ts';
import { isUuid, newUuid, type Uuid } from '#libs/ids/uuid.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import type { Instant } from '#libs/time/instant.ts';

/** What every use case is handed, whoever started it. */
export interface ActingContext {
  readonly actor: Actor;
  readonly now: Instant;
  readonly traceId: string;
}

export interface AuditEntry {
  /** Verb and object in the past tense, as in `transfer-agreement-approved`. */
  readonly action: string;
  /** Class and id of what was acted on, as in `approval:0192…`. */
  readonly target: string;
  /** JSON of plain values; never a whole request body. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface AuditRecord {
  readonly id: Uuid;
  readonly at: Instant;
  readonly actorKind: Actor['kind'];
  readonly actorId: string;
  readonly actorName: string | null;
  readonly actorRoles: readonly string[];
  readonly onBehalfOf: string | null;
  readonly action: string;
  readonly target: string;
  readonly traceId: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export function toAuditRecord(context: ActingContext, entry: AuditEntry): AuditRecord {
  return {
    id: newUuid(),
    at: context.now,
    ...actorColumns(context.actor),
    action: entry.action,
    target: entry.target,
    traceId: context.traceId,
    detail: maskDetail(entry.detail ?? {}),
  };
}

/** SM3 over the canonical record under a label of its own. */
export function auditHash(record: AuditRecord): Uint8Array {
  const { actorName, onBehalfOf, ...rest } = record;
  return sm3(canonicalBytes({ label: 'QJ-AUDIT-1', ...rest, actorName, onBehalfOf }));
}

function actorColumns(
  actor: Actor,
): Pick<AuditRecord, 'actorKind' | 'actorId' | 'actorName' | 'actorRoles' | 'onBehalfOf'> {
  switch (actor.kind) {
    case 'person':
      return {
        actorKind: 'person',
        actorId: actor.id,
        actorName: actor.name,
        actorRoles: [...actor.roles],
        onBehalfOf: null,
      };
    case 'service':
      return {
        actorKind: 'service',
        actorId: actor.name,
        actorName: null,
        actorRoles: [],
        onBehalfOf: actor.onBehalfOf ?? null,
      };
    case 'public':
      return {
        actorKind: 'public',
        actorId: 'public',
        actorName: null,
        actorRoles: [],
        onBehalfOf: null,
      };
  }
}

/** Identity card, mobile, long number (bank account) and e-mail, wherever they stand in a text. */
const PERSONAL = [
  /(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])/g,
  /(?<![0-9A-Za-z])1[3-9][0-9]{9}(?![0-9A-Za-z])/g,
  /(?<![0-9A-Za-z])[1-9][0-9]{14,18}(?![0-9A-Za-z])/g,
  /[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}/g,
] as const;

/** Members that hold personal data by their name, whatever their form. */
const PERSONAL_MEMBER =
  /^(?:name|fullName|holderName|contactName|idNumber|identityNumber|certificateNumber|phone|mobile|email|address|bankAccount|bankAccountNumber)$/;

/** Keeps enough of a masked text to recognise it beside the paper, never enough to copy it. */
export function maskText(text: string): string {
  const characters = [...text];
  if (characters.length <= 2) return '*'.repeat(characters.length);
  const kept = characters.length >= 15 ? 4 : 1;
  const hidden = '*'.repeat(characters.length - 2 * kept);
  return [...characters.slice(0, kept), hidden, ...characters.slice(-kept)].join('');
}

/** Members whose digits are figures, not a person's numbers. */
const FIGURE_MEMBER = /(?:quantity|shares|fen|amount|total|price|sequence|height)$/i;

/** What jsonb or canonical JSON cannot hold. */
const UNSTORABLE = /\u0000|\p{Surrogate}/gu;

/** Also makes the detail storable: bigints become text, absent members go. */
export function maskDetail(
  detail: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(detail)
      .filter(([, value]) => value !== undefined)
      .map(([member, value]) => [member, maskMember(member, value)]),
  );
}

function maskMember(member: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string') {
    const text = value.replace(UNSTORABLE, '\uFFFD');
    if (FIGURE_MEMBER.test(member) || isUuid(text)) return text;
    return PERSONAL_MEMBER.test(member) ? maskText(text) : maskPatterns(text);
  }
  if (Array.isArray(value)) return value.map((item: unknown) => maskMember(member, item));
  if (typeof value === 'object' && value !== null) {
    return maskDetail(value as Readonly<Record<string, unknown>>);
  }
  return value;
}

function maskPatterns(text: string): string {
  return PERSONAL.reduce((masked, pattern) => masked.replace(pattern, maskText), text);
}
