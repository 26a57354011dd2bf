// The bus of a running installation, as either side of it: what stands on a topic, from offset 0.
import type { BusMessage, EventBus } from '#libs/event-bus/event-bus.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { createLogger } from '#libs/log/log.ts';
import { type OpenBus, openBus } from '#libs/service/open-bus.ts';
import type { Runtime } from '../../../services/launcher/runtime-file.ts';

const readTimeoutMs = 120_000;

export function openLiveBus(runtime: Runtime, side: 'market' | 'supervisory'): OpenBus {
  const settings = {
    EVENT_BUS: runtime.eventBus,
    KAFKA_BROKERS: runtime.kafkaBrokers?.split(',') ?? [],
    BUS_DATABASE_URL_FILE: runtime.databases[`bus_${side}`],
  };
  return openBus('acceptance', settings, createLogger({ service: 'acceptance', level: 'silent' }));
}

/** Every message that stood on the topic when it was asked. Errors: after two minutes. */
export async function readTopic(bus: EventBus, topic: string): Promise<readonly BusMessage[]> {
  const ends = await bus.endOffsets(topic);
  const waiting = new Map([...ends].filter(([, end]) => end > 0n));
  const found: BusMessage[] = [];
  if (waiting.size === 0) return found;
  let finish: (error?: Error) => void = () => undefined;
  const whole = new Promise<void>((resolve, reject) => {
    finish = (error) => (error === undefined ? resolve() : reject(error));
  });
  const timer = setTimeout(() => finish(new Error(`${topic} is not read`)), readTimeoutMs);
  const subscription = await bus.subscribe({
    consumer: `acceptance-${newUuid()}`,
    topics: [topic],
    nextOffsets: () => Promise.resolve(new Map()),
    maxBatch: 500,
    handle: ({ partition, messages }) => {
      const end = ends.get(partition) ?? 0n;
      found.push(...messages.filter(({ offset }) => offset < end));
      if ((messages.at(-1)?.offset ?? 0n) + 1n >= end) waiting.delete(partition);
      if (waiting.size === 0) finish();
      return Promise.resolve();
    },
  });
  try {
    await whole;
  } finally {
    clearTimeout(timer);
    await subscription.stop();
  }
  return found;
}
