/** What every use case of a node works with. */
import type { Genesis } from '#libs/proof/genesis.ts';
import type { Suite } from '#libs/proof/suite.ts';
import type { Clock } from '#libs/time/clock.ts';
import type { ChainDatabase } from '../repositories/writer-session.ts';

export interface NodeContext {
  /** For reading; writes go through the writer session alone. */
  readonly db: ChainDatabase;
  readonly suite: Suite;
  readonly genesis: Genesis;
  readonly clock: Clock;
  /** Dies here when a fault test has armed the name; see libs/crash-points. */
  readonly crashPoint: (name: string) => void;
}
