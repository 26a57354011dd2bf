// Generated from openapi/portal.yaml by `npm run generate`; do not edit.

import type { Contract } from '../contract.ts';
import type { operations } from './portal.ts';

export const portalContract: Contract<operations> = {
  name: 'portal',
  documentFile: new URL('./portal.openapi.json', import.meta.url),
  operations: {
    getMe: {"method":"get","path":"/v1/me","kind":"read","public":false,"admission":{"person":[]},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
    registerInvestorLogin: {"method":"post","path":"/v1/investor-logins","kind":"write","public":false,"admission":{"person":["registrar.maker"]},"takesIdempotencyKey":true,"takesIfMatch":false,"problems":["username-taken","subject-has-login","subject-unknown"],"requestMediaType":"application/json"},
    issueActivationCode: {"method":"post","path":"/v1/logins/{personId}/activation-codes","kind":"write","public":false,"admission":{"person":["registrar.maker"]},"takesIdempotencyKey":true,"takesIfMatch":false,"problems":["login-not-for-activation"]},
    activateLogin: {"method":"post","path":"/v1/login-activations","kind":"write","public":true,"admission":{},"takesIdempotencyKey":true,"takesIfMatch":false,"problems":["activation-code-invalid","password-too-weak","too-many-requests"],"requestMediaType":"application/json"},
    registerProgram: {"method":"post","path":"/v1/programs","kind":"write","public":false,"admission":{"person":["operator"]},"takesIdempotencyKey":true,"takesIfMatch":false,"problems":["program-key-invalid"],"requestMediaType":"application/json"},
    listApprovals: {"method":"get","path":"/v1/approvals","kind":"read","public":false,"admission":{"person":["registrar.maker","registrar.checker","operator","auditor"]},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
    getApproval: {"method":"get","path":"/v1/approvals/{approvalId}","kind":"read","public":false,"admission":{"person":["registrar.maker","registrar.checker","operator","auditor"]},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
    decideApproval: {"method":"post","path":"/v1/approvals/{approvalId}/decisions","kind":"write","public":false,"admission":{"person":["registrar.checker"]},"takesIdempotencyKey":true,"takesIfMatch":false,"problems":["approval-same-person","approval-payload-changed","approval-expired","approval-already-decided","username-taken","subject-has-login"],"requestMediaType":"application/json"},
  },
};
