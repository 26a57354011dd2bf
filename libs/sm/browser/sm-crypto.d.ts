/** The two functions of sm-crypto 0.5.8 that we use; the package ships no types. */
declare module 'sm-crypto' {
  export interface VerifyOptions {
    readonly der: boolean;
    readonly hash: boolean;
    readonly userId: string;
  }

  interface SmCrypto {
    readonly sm2: {
      verifyPublicKey(publicKeyHex: string): boolean;
      doVerifySignature(
        message: Uint8Array,
        signatureHex: string,
        publicKeyHex: string,
        options: VerifyOptions,
      ): boolean;
    };
    sm3(message: readonly number[]): string;
  }

  const smCrypto: SmCrypto;
  export default smCrypto;
}
