// Takes what the supervisory side tells to have refused. Nobody has signed it: kept, not acted on.
import type { Executor } from '#libs/db/database.ts';
import type { BusBatch } from '#libs/event-bus/event-bus.ts';
import { isMessage, type MessageSchemas } from '#libs/lane-messages/schemas.ts';
import { fromHex } from '#libs/sm/hex.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import { keepEvidence, MESSAGE_REFUSED } from '../repositories/evidence-repository.ts';
import type { ReceivingDeps } from './receive-receipts.ts';

/** The effect of one batch from the topic of refused input. */
export async function receiveRejects(
  tx: Executor,
  batch: BusBatch,
  deps: ReceivingDeps,
): Promise<void> {
  const now = deps.clock.now();
  for (const { offset, value } of batch.messages) {
    const origin = `${batch.topic}/${batch.partition}@${offset}`;
    const told = parse(value);
    if (told === undefined) {
      deps.alarm('reject-malformed', { topic: origin });
      const kept = { origin, sm3: sm3(value), code: 'malformed-reject', detail: '' };
      await keepEvidence(tx, now, kept);
      continue;
    }
    const detail = `${told.topic}/${told.partition}@${told.offset}: ${told.code}`;
    deps.alarm(MESSAGE_REFUSED, { reason: detail, topic: origin });
    const refused = { origin, sm3: fromHex(told.sm3), code: MESSAGE_REFUSED, detail };
    await keepEvidence(tx, now, refused);
  }
}

function parse(bytes: Uint8Array): MessageSchemas['RejectedInput'] | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isMessage('RejectedInput', value) ? value : undefined;
  } catch {
    return undefined;
  }
}
