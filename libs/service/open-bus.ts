/** The event bus that the configuration names: Kafka, or PostgreSQL where there is no broker. */
import { createPool } from '#libs/db/pool.ts';
import type { EventBus } from '#libs/event-bus/event-bus.ts';
import { createKafkaBus } from '#libs/event-bus/kafka/kafka-bus.ts';
import { createPostgresBus } from '#libs/event-bus/postgres/postgres-bus.ts';
import { ConfigurationError } from '#libs/http/config.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import type { Logger } from '#libs/log/log.ts';

export interface BusSettings {
  readonly EVENT_BUS: 'kafka' | 'postgres';
  readonly KAFKA_BROKERS: readonly string[];
  readonly BUS_DATABASE_URL_FILE?: string | undefined;
}

export interface OpenBus {
  readonly bus: EventBus;
  close(): Promise<void>;
}

const connectionsMax = 12;

/** Errors (thrown): ConfigurationError where the chosen bus is not configured. */
export function openBus(service: string, settings: BusSettings, log: Logger): OpenBus {
  if (settings.EVENT_BUS === 'kafka') {
    if (settings.KAFKA_BROKERS.length === 0) {
      throw new ConfigurationError('configuration: KAFKA_BROKERS is not set');
    }
    const bus = createKafkaBus({
      brokers: settings.KAFKA_BROKERS,
      clientId: service,
      bootId: newUuid(),
      log,
    });
    return { bus, close: () => bus.close() };
  }
  const connectionString = settings.BUS_DATABASE_URL_FILE;
  if (connectionString === undefined) {
    throw new ConfigurationError('configuration: BUS_DATABASE_URL_FILE is not set');
  }
  const pool = createPool({
    connectionString,
    schema: 'bus',
    applicationName: service,
    connectionsMax,
  });
  const bus = createPostgresBus({ pool, log });
  return {
    bus,
    close: async () => {
      await bus.close();
      await pool.end();
    },
  };
}
