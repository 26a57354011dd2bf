// What is wrong with one regulator object, and where.
export interface ObjectFault {
  /** JSON pointer into the object. */
  pointer: string;
  /** The schema keyword or the semantic rule that failed. */
  keyword: string;
  message: string;
}
