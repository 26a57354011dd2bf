// Public reads: proofs that hold, and the eight calls of JR/T 0314 byte-equal on two full nodes.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { components } from '#libs/contracts/generated/chain-node.ts';
import { decodeHeader } from '#libs/proof/header.ts';
import { leafHash, verifyConsistency, verifyInclusion } from '#libs/proof/tree.ts';
import { fromHex, toHex } from '#libs/sm/hex.ts';
import { type ChainNodes, startChainNodes } from '../../support/chain-nodes.ts';
import { createRecordWriter } from '../../support/chain-records.ts';
import { smSuite } from '../../support/sm-suite.ts';

type Wire = components['schemas'];

let nodes: ChainNodes;
let height = '0';
const subject = `SUB-${randomUUID()}`;
const appended: Uint8Array[] = [];

beforeAll(async () => {
  nodes = await startChainNodes();
  const write = createRecordWriter('zhejiang');
  appended.push(
    write.object({ objectId: subject }),
    write.object({ objectId: `REG-${randomUUID()}`, class: 'registration' }),
    write.object({ objectId: subject, version: 1 }),
    write.object({ objectId: subject, version: 1, revision: 1, operation: 'overwrite' }),
    write.results(smSuite.sm3()),
  );
  const ticket = await nodes.engine.append({ records: appended, idempotencyKey: randomUUID() });
  if (!ticket.ok) throw new Error(JSON.stringify(ticket.error));
  const places = await nodes.engine.awaitFinal(ticket.value, AbortSignal.timeout(30_000));
  height = (places[0]?.height ?? 0n).toString();
  // The follower has it first; the sequencer when the cosignature has come in.
  await nodes.client('follower').call('listHeaders', { query: { from: height, waitMs: 10_000 } });
});
afterAll(() => nodes.close());

async function get<T>(
  role: 'sequencer' | 'follower',
  path: string,
): Promise<{ status: number; text: string; body: T }> {
  const response = await fetch(`${nodes.url(role)}${path}`);
  const text = await response.text();
  return { status: response.status, text, body: JSON.parse(text) as T };
}

async function code(path: string): Promise<string> {
  const { body } = await get<{ code: string }>('sequencer', path);
  return body.code;
}

const network = '/rpc/v1/networks/zhejiang';

describe('listHeaders, getRecord, getInclusionProof, getConsistencyProof, getValidatorSet', () => {
  test('listHeaders gives final headers without a gap and answers empty above them', async () => {
    const { body } = await get<Wire['HeaderPage']>('follower', '/v1/headers?from=0');
    expect(body.headers.map((header) => header.height)).toEqual(
      Array.from({ length: Number.parseInt(height, 10) + 1 }, (_, index) => index.toString()),
    );
    expect(body.headers.at(-1)?.certificate.map((entry) => entry.keyId)).toEqual(
      [nodes.keys.operator.keyId, nodes.keys.witness.keyId].sort(),
    );
    const above = await get<Wire['HeaderPage']>('follower', '/v1/headers?from=99&waitMs=50');
    expect(above.body.headers).toEqual([]);
  });

  test('getRecord gives the bytes, getInclusionProof the path to the root', async () => {
    const { body: page } = await get<Wire['HeaderPage']>('follower', `/v1/headers?from=${height}`);
    const bytes = Buffer.from(page.headers[0]?.header ?? '', 'base64');
    const header = decodeHeader(bytes);
    if (!header.ok) throw new Error(header.error);
    const { treeRoot, treeSize } = header.value;
    const { body } = await get<Wire['ChainRecord']>('follower', '/v1/records/2');
    expect(new Uint8Array(Buffer.from(body.record, 'base64'))).toEqual(appended[2]);
    const proof = await get<Wire['InclusionProof']>(
      'follower',
      `/v1/inclusion-proofs?leafIndex=2&treeSize=${treeSize}`,
    );
    const path = proof.body.path.map(fromHex);
    const hash = leafHash(smSuite, appended[2] ?? new Uint8Array());
    const claim = { leafHash: hash, leafIndex: 2n, treeSize, path, root: treeRoot };
    expect(verifyInclusion(smSuite, claim)).toBe(true);
  });

  test('getConsistencyProof shows the tree to grow', async () => {
    const { body } = await get<Wire['ConsistencyProof']>(
      'sequencer',
      '/v1/consistency-proofs?from=3&to=5',
    );
    const roots = [3, 5].map((size) => smallRoot(appended.slice(0, size)));
    const [fromRoot, toRoot] = roots;
    if (fromRoot === undefined || toRoot === undefined) throw new Error('two roots');
    const path = body.path.map(fromHex);
    const claim = { fromSize: 3n, toSize: 5n, fromRoot, toRoot, path };
    expect(verifyConsistency(smSuite, claim)).toBe(true);
  });

  test('getValidatorSet names the operator and the witness', async () => {
    const { body } = await get<Wire['ValidatorSetAnswer']>(
      'follower',
      `/v1/validator-sets/${height}`,
    );
    expect(body.validators.map((member) => member.keyId)).toEqual([nodes.keys.operator.keyId]);
    expect(body.witnesses.map((key) => key.keyId)).toEqual([nodes.keys.witness.keyId]);
    expect(body.quorumWeight).toBe('1');
  });

  test('what is not there is not-found, or proof-outside-tree', async () => {
    expect(await code('/v1/records/5')).toBe('not-found');
    expect(await code('/v1/validator-sets/99')).toBe('not-found');
    expect(await code('/v1/inclusion-proofs?leafIndex=5&treeSize=5')).toBe('proof-outside-tree');
    expect(await code('/v1/inclusion-proofs?leafIndex=0&treeSize=6')).toBe('proof-outside-tree');
    expect(await code('/v1/consistency-proofs?from=3&to=2')).toBe('proof-outside-tree');
    expect(await code('/v1/consistency-proofs?from=3&to=6')).toBe('proof-outside-tree');
  });

  test('what is malformed is refused, edges included', async () => {
    const paths = [
      '/v1/records/-1',
      '/v1/records/01',
      '/v1/records/9223372036854775808',
      '/v1/headers',
      '/v1/headers?from=0&limit=0',
      '/v1/headers?from=0&limit=201',
      '/v1/headers?from=0&waitMs=10001',
      '/v1/headers?from=0&other=1',
      '/v1/inclusion-proofs?leafIndex=x&treeSize=1',
      `${network}/blocks/x`,
      `${network}/blocks/${height}/transactions/zz`,
      `${network}/blocks/${height}/objects/%20`,
    ];
    for (const path of paths) expect(await code(path), path).toBe('malformed-request');
    expect(await code('/v1/records/999999999999999999')).toBe('not-found');
  });
});

/** The two smallest shapes written out: ((0 1) 2) and (((0 1) (2 3)) 4). */
function smallRoot(records: readonly Uint8Array[]): Uint8Array {
  const hashes = records.map((record) => smSuite.sm3(Uint8Array.of(0), record));
  const node = (left?: Uint8Array, right?: Uint8Array) =>
    smSuite.sm3(Uint8Array.of(1), left ?? new Uint8Array(), right ?? new Uint8Array());
  const [a, b, c, d, e] = hashes;
  return records.length === 3 ? node(node(a, b), c) : node(node(node(a, b), node(c, d)), e);
}

describe('the calls of JR/T 0314', () => {
  test('listNetworks names the chain, getNetworkOptions what may happen on it', async () => {
    const networks = await get<Wire['Networks']>('follower', '/rpc/v1/networks');
    expect(networks.body.networks.map((each) => each.networkId)).toEqual(['zhejiang']);
    const options = await get<Wire['NetworkOptions']>('follower', `${network}/options`);
    expect(options.body.operations).toEqual(['create', 'update', 'overwrite', 'delete']);
    expect(options.body.blockBytesMax).toBeLessThanOrEqual(16_000_000);
  });

  test('getNetworkStatus tells height, hash and time, and the node that answers', async () => {
    const { body } = await get<Wire['NetworkStatus']>('follower', `${network}/status`);
    expect(body.height).toBe(height);
    expect(body.treeSize).toBe('5');
    expect(body.node).toEqual({
      nodeId: 'chain-follower',
      role: 'follower',
      localHeight: height,
      waitingRecords: '0',
    });
  });

  test('getBlock lists the transactions, getTransaction shows each', async () => {
    const block = await get<Wire['Block']>('follower', `${network}/blocks/${height}`);
    expect(block.body.transactionIds).toEqual(
      appended.map((record) => toHex(leafHash(smSuite, record))),
    );
    expect(block.body.previousHeight).toBe((BigInt(height) - 1n).toString());
    const at = `${network}/blocks/${height}/transactions`;
    const overwrite = await get<Wire['Transaction']>(
      'follower',
      `${at}/${block.body.transactionIds[3]}`,
    );
    expect(overwrite.body.operations[0]).toMatchObject({
      type: 'overwrite',
      objectId: subject,
      version: 1,
      revision: 1,
      contentType: 'subject',
    });
    const results = await get<Wire['Transaction']>(
      'follower',
      `${at}/${block.body.transactionIds[4]}`,
    );
    expect(results.body).toMatchObject({ kind: 'results', operations: [], result: 'success' });
  });

  test('getConsensusState gives roots, validators and the votes over the header hash', async () => {
    const { body } = await get<Wire['ConsensusState']>(
      'follower',
      `${network}/blocks/${height}/consensus-state`,
    );
    expect(body.votes).toHaveLength(2);
    const keys = [...body.validators, ...body.witnesses];
    for (const { keyId, signature } of body.votes) {
      const key = keys.find((each) => each.keyId === keyId);
      const der = new Uint8Array(Buffer.from(signature, 'base64'));
      const publicKey = fromHex(key?.publicKey ?? '');
      expect(smSuite.verifySm2(publicKey, fromHex(body.signedData), der)).toBe(true);
    }
    expect(body.transactionRoot).toBe(toHex(smallRoot(appended)));
  });

  test('listObjectIds names each object once, getObject proves each of its records', async () => {
    const ids = await get<Wire['ObjectIds']>('follower', `${network}/blocks/${height}/object-ids`);
    expect(ids.body.objectIds).toHaveLength(2);
    expect(ids.body.objectIds[0]).toBe(subject);
    const object = await get<Wire['ObjectReferences']>(
      'follower',
      `${network}/blocks/${height}/objects/${subject}`,
    );
    const { references } = object.body;
    expect(references.map((each) => each.uri)).toEqual([
      `${subject}/0`,
      `${subject}/1`,
      `${subject}/1`,
    ]);
    for (const reference of references) {
      const record = new Uint8Array(Buffer.from(reference.record, 'base64'));
      const claim = {
        leafHash: leafHash(smSuite, record),
        leafIndex: BigInt(reference.proof.leafIndex),
        treeSize: BigInt(reference.proof.treeSize),
        path: reference.proof.path.map(fromHex),
        root: smallRoot(appended),
      };
      expect(verifyInclusion(smSuite, claim)).toBe(true);
    }
  });

  test('at one height both nodes answer byte for byte alike', async () => {
    const block = await get<Wire['Block']>('sequencer', `${network}/blocks/${height}`);
    const paths = [
      '/rpc/v1/networks',
      `${network}/options`,
      `${network}/blocks/0`,
      `${network}/blocks/${height}`,
      ...block.body.transactionIds.map((id) => `${network}/blocks/${height}/transactions/${id}`),
      `${network}/blocks/0/consensus-state`,
      `${network}/blocks/${height}/consensus-state`,
      `${network}/blocks/${height}/object-ids`,
      `${network}/blocks/${height}/objects/${subject}`,
    ];
    for (const path of paths) {
      const [one, two] = await Promise.all([get('sequencer', path), get('follower', path)]);
      expect(one.status, path).toBe(200);
      expect(two.text, path).toBe(one.text);
    }
    const [one, two] = await Promise.all(
      (['sequencer', 'follower'] as const).map((role) =>
        get<Wire['NetworkStatus']>(role, `${network}/status`),
      ),
    );
    expect({ ...one?.body, node: null }).toEqual({ ...two?.body, node: null });
  });

  test('another network, a block to come and an object elsewhere are not-found', async () => {
    const other = '/rpc/v1/networks/jiangsu';
    const paths = [
      `${other}/options`,
      `${other}/status`,
      `${other}/blocks/${height}`,
      `${other}/blocks/${height}/transactions/${'00'.repeat(32)}`,
      `${other}/blocks/${height}/consensus-state`,
      `${other}/blocks/${height}/object-ids`,
      `${other}/blocks/${height}/objects/${subject}`,
      `${network}/blocks/99`,
      `${network}/blocks/99/consensus-state`,
      `${network}/blocks/99/object-ids`,
      `${network}/blocks/99/objects/${subject}`,
      `${network}/blocks/99/transactions/${'00'.repeat(32)}`,
      `${network}/blocks/${height}/transactions/${'00'.repeat(32)}`,
      `${network}/blocks/${height}/objects/SUB-none`,
    ];
    for (const path of paths) expect(await code(path), path).toBe('not-found');
  });

  test('with the sequencer stopped, the follower still answers', async () => {
    await nodes.stop('sequencer');
    const path = `${network}/blocks/${height}/objects/${subject}`;
    expect((await get('follower', path)).status).toBe(200);
    expect((await get('follower', `${network}/status`)).status).toBe(200);
    expect((await get('follower', '/readyz')).status).toBe(200);
    await nodes.start('sequencer');
  });
});
