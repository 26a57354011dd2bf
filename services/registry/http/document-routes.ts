/** Routes of stored documents. */
import type { operations } from '#libs/contracts/generated/registry.ts';
import { registryContract } from '#libs/contracts/generated/registry-contract.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import { type Route, reply, routesOf } from '#libs/http/route.ts';
import { refuse } from '#libs/result/refusal.ts';
import { ok } from '#libs/result/result.ts';
import { documentBytes } from '../repositories/document-repository.ts';
import { audit } from '../use-cases/act.ts';
import { storeDocument } from '../use-cases/store-document.ts';
import { actOf, type RegistryServices, type RegistryTx } from './services.ts';

const { query, command } = routesOf<operations, RegistryTx>(registryContract);

export function documentRoutes({ db, setting }: RegistryServices): Route<RegistryTx>[] {
  return [
    command('uploadDocument', async (tx, { query: { fileName }, body }, context) => {
      const stored = await storeDocument(tx, setting, actOf(context), { fileName, bytes: body });
      return stored.ok ? reply(201, stored.value) : stored;
    }),
    query('getDocument', async ({ params: { documentId } }, context) =>
      inTransaction(db, 'read committed', async (tx) => {
        const bytes = await documentBytes(tx, setting.cipher, documentId);
        if (bytes === undefined) return refuse('not-found');
        const target = `document:${documentId}`;
        await audit(tx, actOf(context), { action: 'document-read', target });
        const mediaType = 'application/octet-stream' as const;
        return ok({ status: 200 as const, bytes, mediaType });
      }),
    ),
  ];
}
