/** What a second person's approval executes in the portal. */
import { DEFAULT_LIFETIME_MS, type ApprovalRules } from '#libs/approvals/approvals.ts';
import { type Payload, plainPayloads } from '#libs/approvals/approval.ts';
import { recordAudit } from '#libs/audit/record-audit.ts';
import type { DB } from '#libs/db/generated/portal.ts';
import type { Refusal } from '#libs/result/refusal.ts';
import { assert } from '#libs/result/result.ts';
import {
  type InvestorLoginRefusal,
  type NewInvestorLogin,
  registerInvestorLogin,
} from './use-cases/register-investor-login.ts';
import { type NewProgram, registerProgram } from './use-cases/register-program.ts';

export type PortalRefusal = InvestorLoginRefusal | Refusal<'program-key-invalid'>;

/** Payloads hold user names, program names and public keys: nothing to be sealed. */
export const approvalRules: ApprovalRules<DB, PortalRefusal> = {
  cipher: plainPayloads,
  lifetimeMs: DEFAULT_LIFETIME_MS,
  executors: {
    registerInvestorLogin: async (tx, context, payload) => {
      const made = await registerInvestorLogin(tx, context.now, toInvestorLogin(payload));
      if (!made.ok) return made;
      const target = `person:${made.value.personId}`;
      await recordAudit(tx, context, { action: 'investor-login-registered', target });
      return made;
    },
    registerProgram: async (tx, context, payload) => {
      const made = await registerProgram(tx, context.now, toProgram(payload));
      if (!made.ok) return made;
      const target = `program:${made.value.clientId}`;
      await recordAudit(tx, context, { action: 'program-registered', target });
      return made;
    },
  },
};

/** A stored payload is what the contract admitted when the request was made. */
function toInvestorLogin({ subjectId, username }: Payload): NewInvestorLogin {
  assert(typeof subjectId === 'string' && typeof username === 'string', 'a login payload');
  return { subjectId, username };
}

function toProgram({ name, roles, publicKeyPem }: Payload): NewProgram {
  assert(typeof name === 'string' && typeof publicKeyPem === 'string', 'a program payload');
  assert(Array.isArray(roles), 'a program payload has roles');
  return { name, publicKeyPem, roles: roles.filter((role) => typeof role === 'string') };
}
