/** Approvals on the wire: personal data in their payloads masked. */
import type { Approval, Payload } from '#libs/approvals/approval.ts';
import type { components } from '#libs/contracts/generated/registry.ts';
import { maskAddress, maskIdentityNumber, maskName, maskPhone } from '#libs/envelope/masking.ts';

type WireApproval = components['schemas']['Approval'];

const masks: Readonly<Record<string, (value: string) => string>> = {
  name: maskName,
  certificateNumber: maskIdentityNumber,
  phone: maskPhone,
  address: maskAddress,
};

export function toWireApproval(approval: Approval): WireApproval {
  const { id, operation, state, payloadHash, maker, madeAt, expiresAt } = approval;
  return {
    id,
    operation,
    state,
    payload: maskPayload(operation, approval.payload),
    payloadHash,
    maker,
    madeAt,
    expiresAt,
    ...given('makerName', approval.makerName),
    ...given('checker', approval.checker),
    ...given('checkerName', approval.checkerName),
    ...given('decidedAt', approval.decidedAt),
    ...given('opinion', approval.opinion),
    // A result is an object that the executor returned.
    ...given('result', approval.result as Record<string, unknown> | null),
  };
}

/** Only the registration of a subject carries a person's particulars. */
function maskPayload(operation: string, payload: Payload): Record<string, unknown> {
  return operation === 'registerSubject' ? maskMembers(payload) : { ...payload };
}

function maskMembers(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([member, inner]) => [member, maskMember(member, inner)]),
  );
}

function maskMember(member: string, value: unknown): unknown {
  if (typeof value === 'string') return masks[member]?.(value) ?? value;
  if (Array.isArray(value)) return value.map((item: unknown) => maskMember(member, item));
  return typeof value === 'object' && value !== null
    ? maskMembers(value as Readonly<Record<string, unknown>>)
    : value;
}

function given<Name extends string, Value>(
  name: Name,
  value: Value | null,
): { readonly [Member in Name]?: Value } {
  // The computed member is exactly the one that the type names.
  return (value === null ? {} : { [name]: value }) as { readonly [Member in Name]?: Value };
}
