// The suite of proofs by the libraries that services use.
import type { Suite } from '#libs/proof/suite.ts';
import { verifySm2 } from '#libs/sm/sm2.ts';
import { sm3 } from '#libs/sm/sm3.ts';

export const smSuite: Suite = { sm3, verifySm2 };
