// Takes events exactly once in effect: the fact, what it announced, and the order to fetch it.
import type { Executor } from '#libs/db/database.ts';
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { BusinessEvent } from '../lanes/business-events.ts';
import { keepEvidence } from '../repositories/evidence-repository.ts';
import { insertFacts } from '../repositories/fact-repository.ts';
import { wake } from '../repositories/wake.ts';

/** The inbox has put the events into the order of their books and taken repetitions out. */
export async function receiveEvents(
  tx: Executor,
  events: readonly BusinessEvent[],
  now: Instant,
): Promise<void> {
  const repeated = await insertFacts(tx, events, now);
  if (repeated > 0) {
    // Two events that announce one revision: the second fact will wait until people have looked.
    const [first] = events;
    await keepEvidence(tx, now, {
      origin: `event ${first?.id ?? ''}`,
      sm3: sm3(canonicalBytes(events)),
      code: 'object-announced-twice',
      detail: `${repeated} revisions`,
    });
  }
  await wake(tx, 'fetch');
}
