// The part of id-validator that tests compare with.
declare module 'id-validator' {
  export default class IdValidator {
    isValid(number: string): boolean;
  }
}
