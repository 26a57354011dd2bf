/** Which service stores where: databases, schemas, roles, and the folder of its migrations. */

export interface StorePlan {
  /** The service's name, as in its keys and tokens. */
  readonly service: string;
  readonly database: string;
  readonly schema: string;
  /** Migrates; owns every object of the schema. */
  readonly ownerRole: string;
  /** Read and write by the grants that the migrations give; nothing more. */
  readonly serviceRoles: readonly string[];
  /** Folder under migrations/. */
  readonly migrations: string;
}

/** Reads everything, writes nothing. */
export const AUDITOR_ROLE = 'auditor';

function store(service: string, at: string, role: string, migrations = service): StorePlan {
  const [database = '', schema = ''] = at.split('.');
  return {
    service,
    database,
    schema,
    ownerRole: `${role}_owner`,
    serviceRoles: [role],
    migrations,
  };
}

export const STORES: readonly StorePlan[] = [
  store('registry', 'quanji.registry', 'registry'),
  store('settlement', 'quanji.settlement', 'settlement'),
  store('regulator-link', 'quanji.link', 'link'),
  store('portal', 'quanji.portal', 'portal'),
  store('chain-sequencer', 'quanji_chain_sequencer.chain', 'chain_sequencer', 'chain'),
  store('chain-follower', 'quanji_chain_follower.chain', 'chain_follower', 'chain'),
  store('supervisory-chain', 'quanji_supervisory.supervisory', 'supervisory'),
  {
    ...store('bus', 'quanji_bus.bus', 'bus'),
    serviceRoles: ['bus_market', 'bus_supervisory'],
  },
];

export function storeOf(service: string): StorePlan {
  const found = STORES.find((plan) => plan.service === service);
  if (found === undefined) throw new TypeError(`no store is planned for ${service}`);
  return found;
}
