/** The services behind the proxy, each by its contract. */
import type { Operation } from '#libs/contracts/contract.ts';
import { chainNodeContract } from '#libs/contracts/generated/chain-node-contract.ts';
import { portalContract } from '#libs/contracts/generated/portal-contract.ts';
import { registryContract } from '#libs/contracts/generated/registry-contract.ts';
import { regulatorLinkContract } from '#libs/contracts/generated/regulator-link-contract.ts';
import { settlementContract } from '#libs/contracts/generated/settlement-contract.ts';
import { supervisoryChainContract } from '#libs/contracts/generated/supervisory-chain-contract.ts';

export interface DocumentedContract {
  /** In the address of the documentation and of the proxy. */
  readonly name: string;
  readonly documentFile: URL;
  /** Where its operations are called from outside. */
  readonly basePath: string;
}

export interface Upstream extends DocumentedContract {
  readonly baseUrl: string;
  readonly operations: readonly Operation[];
}

export interface UpstreamUrls {
  readonly registry: string;
  readonly settlement: string;
  readonly regulatorLink: string;
  readonly supervisoryChain: string;
  /** Sequencer first, then followers. */
  readonly chainNodes: readonly string[];
}

interface AnyContract {
  readonly documentFile: URL;
  readonly operations: object;
}

export function upstreamsOf(urls: UpstreamUrls): Upstream[] {
  const nodes = urls.chainNodes.map((url, at) => {
    const name = at === 0 ? 'chain-sequencer' : `chain-follower${at === 1 ? '' : `-${at}`}`;
    return upstream(name, url, chainNodeContract);
  });
  return [
    upstream('registry', urls.registry, registryContract),
    upstream('settlement', urls.settlement, settlementContract),
    upstream('regulator-link', urls.regulatorLink, regulatorLinkContract),
    upstream('supervisory-chain', urls.supervisoryChain, supervisoryChainContract),
    ...nodes,
  ];
}

export const portalDocument: DocumentedContract = {
  name: 'portal',
  documentFile: portalContract.documentFile,
  basePath: '/',
};

function upstream(name: string, baseUrl: string, contract: AnyContract): Upstream {
  const operations: Operation[] = Object.values(contract.operations);
  const { documentFile } = contract;
  return { name, baseUrl, documentFile, operations, basePath: `/api/${name}` };
}
