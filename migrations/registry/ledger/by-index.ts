/** Frozen settings of the ledger's entry functions; the functions that they call inherit them. */
import { sql } from 'kysely';

/**
 * Every join goes from a bounded array to rows by their key. One plan for every call, and by index
 * whatever the tables hold: planning each call costs a single transfer more than posting it, and a
 * plan made for empty tables would scan full ones.
 */
export const byIndex = sql.raw(`
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off`);
