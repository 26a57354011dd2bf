/** The kafkajs client with every setting that delivery rests on passed explicitly. */
import { Kafka, logLevel } from 'kafkajs';
import type { Admin, LogEntry } from 'kafkajs';
import type { Logger } from '#libs/log/log.ts';

export interface KafkaClientOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly log: Logger;
}

/** Bounded: the callers above try again for as long as they live. */
export const RETRY = { retries: 4, initialRetryTime: 100, maxRetryTime: 1_000 };

export function createKafkaClient(options: KafkaClientOptions): Kafka {
  return new Kafka({
    brokers: [...options.brokers],
    clientId: options.clientId,
    connectionTimeout: 2_000,
    requestTimeout: 10_000,
    enforceRequestTimeout: true,
    retry: RETRY,
    logLevel: logLevel.INFO,
    logCreator: () => (entry) => writeLog(options.log, entry),
  });
}

/** kafkajs calls errors what it goes on to retry; a lasting fault reaches us as a rejection. */
function writeLog(log: Logger, { namespace, level, log: entry }: LogEntry): void {
  const { message, error, broker, groupId } = entry;
  const fields = { reason: error, nodeId: broker, consumer: groupId };
  const text = `Kafka client, ${namespace}: ${message}`;
  if (level === logLevel.ERROR || level === logLevel.WARN) log.warn(text, fields);
  else log.debug(text, fields);
}

export type WithAdmin = <T>(use: (admin: Admin) => Promise<T>) => Promise<T>;

/** One admin connection, made when first needed and made anew after a fault. */
export function createAdminAccess(kafka: Kafka): { use: WithAdmin; close(): Promise<void> } {
  let connected: Promise<Admin> | undefined;
  const connect = async (): Promise<Admin> => {
    const admin = kafka.admin({ retry: RETRY });
    await admin.connect();
    return admin;
  };
  const drop = async (): Promise<void> => {
    const old = connected;
    connected = undefined;
    await old?.then((admin) => admin.disconnect()).catch(() => undefined);
  };
  return {
    use: async (use) => {
      connected ??= connect();
      try {
        return await use(await connected);
      } catch (error) {
        await drop();
        throw error;
      }
    },
    close: drop,
  };
}
