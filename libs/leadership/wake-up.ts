/** Waiting for a PostgreSQL notification, or for a time to pass. */
import type { ClientBase } from 'pg';

export interface WakeUp {
  /** Resolves at the next notification, one that came since the last wait, the time, or abort. */
  wait(timeoutMs: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** Listens on the channel; a payload filter keeps others' notifications from waking us. */
export async function listenFor(
  client: ClientBase,
  channel: string,
  wanted: (payload: string) => boolean,
): Promise<WakeUp> {
  let pending = false;
  let wake = (): void => undefined;
  const onNotification = (notice: { channel: string; payload?: string | undefined }): void => {
    if (notice.channel !== channel || !wanted(notice.payload ?? '')) return;
    pending = true;
    wake();
  };
  client.on('notification', onNotification);
  await client.query(`listen ${client.escapeIdentifier(channel)}`);
  return {
    wait: async (timeoutMs, signal) => {
      if (!pending && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const done = (): void => {
            clearTimeout(timer);
            signal.removeEventListener('abort', done);
            wake = () => undefined;
            resolve();
          };
          const timer = setTimeout(done, timeoutMs);
          signal.addEventListener('abort', done, { once: true });
          wake = done;
        });
      }
      pending = false;
    },
    close: () => {
      client.off('notification', onNotification);
    },
  };
}
