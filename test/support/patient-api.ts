// A caller who repeats a call with the same key until it is answered, as a real client must.
import { setTimeout as sleep } from 'node:timers/promises';
import { newUuid } from '#libs/ids/uuid.ts';
import { type Answer, Api, type Call } from '../../services/demo/api.ts';
import type { Runtime } from '../../services/launcher/runtime-file.ts';

const patienceMs = 180_000;
/** What Retry-After asks for; longer each time, so that those who wait are no load of their own. */
const firstPauseMs = 1_000;
const longestPauseMs = 4_000;
/** Answers that say nothing of the effect: the call is made again. */
const passing = new Set([429, 502, 503, 504]);

export class PatientApi extends Api {
  /** How often each passing answer or lost connection was met. */
  readonly met = new Map<string, number>();

  constructor(runtime: Runtime) {
    super(runtime);
  }

  override async ask(user: string, path: string, call: Call = {}): Promise<Answer> {
    const idempotencyKey = call.idempotencyKey ?? newUuid();
    const deadline = performance.now() + patienceMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const answer = await this.#once(user, path, { ...call, idempotencyKey });
      if (typeof answer !== 'string') return answer;
      this.met.set(answer, (this.met.get(answer) ?? 0) + 1);
      if (performance.now() > deadline) throw new Error(`${path}: never answered: ${answer}`);
      await sleep(pauseMs);
    }
  }

  async #once(user: string, path: string, call: Call): Promise<Answer | string> {
    try {
      const answer = await super.ask(user, path, call);
      const isInFlight = answer.body['code'] === 'idempotency-key-in-flight';
      return passing.has(answer.status) || isInFlight ? String(answer.status) : answer;
    } catch (error) {
      return error instanceof Error ? error.name : 'fault';
    }
  }
}
