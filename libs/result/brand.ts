/** Nominal typing for plain values: a branded value can only come from its checked constructor. */

declare const brand: unique symbol;

export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
