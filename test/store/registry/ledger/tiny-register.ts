// A register small enough to be seen to be right: what the ledger must agree with, step by step.
export type InstructionState = 'reserved' | 'committed' | 'delivered' | 'reversed' | 'returned';

export interface TinyInstruction {
  readonly seller: number;
  readonly buyer: number;
  readonly quantity: bigint;
  state: InstructionState;
  /** Lots of the seller that are reserved, oldest first. */
  lots: { readonly lot: string; readonly quantity: bigint }[];
}

/** Shares of one nature of one security, by holder and lot; lots by the order of their making. */
export class TinyRegister {
  readonly free: Map<string, bigint>[];
  readonly instructions = new Map<string, TinyInstruction>();
  readonly #order: string[];

  constructor(quantities: readonly bigint[], lot: string) {
    this.free = quantities.map((quantity) => new Map(quantity === 0n ? [] : [[lot, quantity]]));
    this.#order = [lot];
  }

  freeOf(holder: number): bigint {
    return sum(this.free[holder]?.values() ?? []);
  }

  reservedOf(holder: number): bigint {
    const open = [...this.instructions.values()].filter(
      ({ seller, state }) => seller === holder && (state === 'reserved' || state === 'committed'),
    );
    return sum(open.map(({ quantity }) => quantity));
  }

  totalOf(holder: number): bigint {
    return this.freeOf(holder) + this.reservedOf(holder);
  }

  holders(): number[] {
    return this.free.map((_, holder) => holder).filter((holder) => this.totalOf(holder) > 0n);
  }

  awaited(): number[] {
    return [...this.instructions.values()]
      .filter(({ state }) => state === 'committed')
      .map(({ buyer }) => buyer);
  }

  /** False: not enough free shares. */
  reserve(id: string, seller: number, buyer: number, quantity: bigint): boolean {
    if (this.freeOf(seller) < quantity) return false;
    const lots: { lot: string; quantity: bigint }[] = [];
    let wanted = quantity;
    for (const lot of this.#order) {
      const found = this.free[seller]?.get(lot) ?? 0n;
      const taken = found < wanted ? found : wanted;
      if (taken === 0n) continue;
      lots.push({ lot, quantity: taken });
      this.#add(seller, lot, -taken);
      wanted -= taken;
    }
    this.instructions.set(id, { seller, buyer, quantity, state: 'reserved', lots });
    return true;
  }

  giveBack(id: string): void {
    const instruction = this.#get(id);
    for (const { lot, quantity } of instruction.lots) this.#add(instruction.seller, lot, quantity);
    instruction.state = 'returned';
  }

  deliver(id: string, lot: string): void {
    const instruction = this.#get(id);
    this.#order.push(lot);
    this.#add(instruction.buyer, lot, instruction.quantity);
    instruction.state = 'delivered';
  }

  canReverse(id: string, lot: string): boolean {
    const { buyer, quantity, state } = this.#get(id);
    return state === 'delivered' && this.free[buyer]?.get(lot) === quantity;
  }

  reverse(id: string, lot: string): void {
    const instruction = this.#get(id);
    this.#add(instruction.buyer, lot, -instruction.quantity);
    for (const part of instruction.lots) this.#add(instruction.seller, part.lot, part.quantity);
    instruction.state = 'reversed';
  }

  /** Each holder's free lots, as `lot=quantity`, in the order of the lots. */
  slicesOf(holder: number): string[] {
    const lots = this.free[holder] ?? new Map<string, bigint>();
    return this.#order
      .filter((lot) => (lots.get(lot) ?? 0n) > 0n)
      .map((lot) => `${lot}=${lots.get(lot) ?? 0n}`);
  }

  #get(id: string): TinyInstruction {
    const instruction = this.instructions.get(id);
    if (instruction === undefined) throw new Error(`no instruction ${id}`);
    return instruction;
  }

  #add(holder: number, lot: string, quantity: bigint): void {
    const lots = this.free[holder];
    if (lots === undefined) throw new Error(`no holder ${holder}`);
    const left = (lots.get(lot) ?? 0n) + quantity;
    if (left === 0n) lots.delete(lot);
    else lots.set(lot, left);
  }
}

export function sum(values: Iterable<bigint>): bigint {
  let total = 0n;
  for (const value of values) total += value;
  return total;
}
