// The run's own Kafka broker, or the reason why there is none.
import { askRunServices } from './ask-run-services.ts';

export type TestBroker =
  | { readonly ok: true; readonly brokers: string }
  | { readonly ok: false; readonly reason: string };

let broker: Promise<TestBroker> | undefined;

/**
 * `KAFKA_BROKERS` when set, else a broker of this run. A test that gets a reason hands it to
 * `ctx.skip(reason)`: the skip is counted, and with CI=true it fails the run.
 */
export function testKafka(): Promise<TestBroker> {
  broker ??= findBroker();
  return broker;
}

async function findBroker(): Promise<TestBroker> {
  const given = process.env['KAFKA_BROKERS'];
  if (given) return { ok: true, brokers: given };
  const answer = await askRunServices('kafka');
  if (answer['brokers'] !== undefined) return { ok: true, brokers: answer['brokers'] };
  return { ok: false, reason: answer['unavailable'] ?? 'no broker, and no reason given' };
}
