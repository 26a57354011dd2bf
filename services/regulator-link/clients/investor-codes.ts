// The registry's idempotent order that gives a subject its investor code.
import { err, ok } from '#libs/result/result.ts';
import type { InvestorCodes } from '../ports.ts';
import { reasonOf, type RegistryClient } from './pack-source.ts';

/** Refusals that time can mend are told as unreachable: the order is repeated. */
const PASSING = new Set(['idempotency-key-in-flight', 'service-unavailable', 'too-many-requests']);

export function registryInvestorCodes(client: RegistryClient): InvestorCodes {
  return {
    async record({ objectId, version, investorCode, resultHash }, idempotencyKey) {
      const body = {
        subjectObjectId: objectId,
        subjectVersion: version.toString(),
        investorCode,
        resultHash,
      };
      const answer = await client.call('recordInvestorCode', { body, idempotencyKey });
      if (answer.ok) return ok(answer.value.body.version);
      const { error } = answer;
      if (error.kind === 'problem' && error.problem.status < 500) {
        const { code } = error.problem;
        if (!PASSING.has(code)) return err({ kind: 'refused', code });
      }
      return err({ kind: 'unreachable', reason: reasonOf(error) });
    },
  };
}
