/** Routes of every change that waits for a second person: checked now, executed on approval. */
import type { Payload } from '#libs/approvals/approval.ts';
import type { operations } from '#libs/contracts/generated/registry.ts';
import { registryContract } from '#libs/contracts/generated/registry-contract.ts';
import { type CallContext, type Route, reply, routesOf } from '#libs/http/route.ts';
import { submitForApproval } from '../approvals/approval-rules.ts';
import type { OperationName } from '../approvals/operations.ts';
import { toWireApproval } from './approval-codec.ts';
import { actingContext, type RegistryServices, type RegistryTx } from './services.ts';

const { command } = routesOf<operations, RegistryTx>(registryContract);

export function changeRoutes({ setting }: RegistryServices): Route<RegistryTx>[] {
  const submit = async (
    tx: RegistryTx,
    context: CallContext,
    operation: OperationName,
    payload: Payload,
  ) => {
    const request = { operation, payload };
    const made = await submitForApproval(tx, setting, actingContext(context), request);
    return made.ok ? reply(202, { approval: toWireApproval(made.value) }) : made;
  };
  return [
    command('registerSubject', (tx, { body }, context) =>
      submit(tx, context, 'registerSubject', body),
    ),
    command('addSuitabilityEvidence', (tx, { params, body }, context) =>
      submit(tx, context, 'addSuitabilityEvidence', { ...body, subjectId: params.subjectId }),
    ),
    command('onboardIssuer', (tx, { body }, context) => submit(tx, context, 'onboardIssuer', body)),
    command('openAccounts', (tx, { body }, context) => submit(tx, context, 'openAccounts', body)),
    command('grantHolderExemption', (tx, { params, body }, context) =>
      submit(tx, context, 'grantHolderExemption', { ...body, securityId: params.securityId }),
    ),
    command('setRuleParameter', (tx, { body }, context) =>
      submit(tx, context, 'setRuleParameter', body),
    ),
    command('enterCalendarDays', (tx, { body }, context) =>
      submit(tx, context, 'enterCalendarDays', body),
    ),
    command('openBusinessDay', (tx, { body }, context) =>
      submit(tx, context, 'openBusinessDay', body),
    ),
    command('postRosterImport', (tx, { params, body }, context) =>
      submit(tx, context, 'postRosterImport', { ...body, importId: params.importId }),
    ),
    command('reverseRosterImport', (tx, { params, body }, context) =>
      submit(tx, context, 'reverseRosterImport', { ...body, importId: params.importId }),
    ),
    command('correctObject', (tx, { body }, context) => submit(tx, context, 'correctObject', body)),
  ];
}
